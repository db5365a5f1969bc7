import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averageVariance } from "./average-variance.ts";
import { type OptionType, blackGreeks, blackPrice } from "./black.ts";
import { coinPrice, netDelta } from "./coin-option.ts";
import { erfcx } from "./erfcx.ts";
import { impliedVol } from "./implied-vol.ts";
import { normalisedValue } from "./normalised-option.ts";

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) };
const relative = (actual: number, figure: number) => Math.abs(actual / figure - 1);
const years = (days: number) => days / 365;

// source: exp(x^2) erfc(x) with 40 digits, mpmath
// oxfmt-ignore
test.each([
  [-20, 1.0442939379528289e+174], [-5, 144009798674.66104], [-1, 5.008980080762283], [0.1, 0.8964569799691267], [0.7,
  0.525930337349441], [3.75, 0.14558972127503855], [26, 0.021683584850562907], [10000.0, 5.641895807268084e-05],
])("erfcx(%d) = %d", (x, figure) => {
  expect(relative(erfcx(x), figure)).toBeLessThan(2e-15);
});

// source: exp(x/2) Phi(x/s + s/2) - exp(-x/2) Phi(x/s - s/2) with 500 digits, mpmath
// oxfmt-ignore
test.each([
  [0, 1e-06, 3.98942280401416e-07],
  [0, 0.2, 0.07965567455405796],
  [0, 1.3, 0.48430777838827055],
  [0, 50, 1.0],
  [-1e-07, 1e-06, 3.5093533120469827e-07],
  [-0.0001, 0.0001, 8.331547052157995e-06],
  [-0.01, 0.003, 3.3623332281481136e-07],
  [-0.1, 0.01, 7.474468572496729e-27],
  [-0.5, 0.03, 2.04632508853868e-65],
  [-0.5, 1.3, 0.27774815577785783],
  [-1, 0.03, 5.7061602972737865e-247],
  [-1, 1.4, 0.17015490628822563],
  [-2, 2, 0.12209845031594004],
  [-5, 0.2, 2.4254749210153427e-140],
  [-5, 3, 0.02621728202255927],
  [-10, 0.5, 6.640328034550321e-91],
  [-10, 8, 0.0067065827501868215],
  [-30, 1, 1.4405938487063513e-199],
  [-30, 5, 4.0173011076432776e-11],
  [-30, 8, 1.68125737417931e-07],
  [-30, 30, 3.059023205018258e-07],
])("value of an option with x = %d, s = %d is %d of the bound", (x, s, figure) => {
  expect(relative(normalisedValue(x, s), figure)).toBeLessThan(1e-13);
});

describe("price and greeks", () => {
  // source: the formulas with 40 digits, mpmath; the first three prices also stand in the reference computation of another program
  // oxfmt-ignore
  test.each<[OptionType, forward: number, strike: number, days: number, vol: number, price: number, delta: number, gamma: number, vega: number, theta: number]>([
    ["put", 60_000, 55_000, 14, 0.58, 831.7119959925203, -0.20531123738124116, 4.172583655991008e-05, 33.41725080326826, -69.22144809248425],
    ["put", 100, 60, 3, 0.5, 2.8608360169446535e-30, -7.207283967309093e-30, 1.8092155281162908e-29, 7.435132307327222e-30, -6.195943589439352e-29],
    ["call", 1, 1, 30, 0.5, 0.05713767509099935, 0.5285688375454997, 2.7759419753225005, 0.0011407980720503426, -0.0009506650600419523],
    ["call", 75797.57, 66_000, 1, 0.72, 9797.647361172145, 0.9998885536021984, 1.534221092734776e-07, 0.017387540185670434, -0.6259514466841356],
  ])("%s on %d, strike %d, %d days, vol %d", (type, forward, strike, days, vol, price, ...greeks) => {
    const option = { type, forward, strike, years: years(days), vol };
    expect(relative(blackPrice(option), price)).toBeLessThan(1e-13);
    const { delta, gamma, vega, theta } = blackGreeks(option);
    for (const [i, ours] of [delta, gamma, vega, theta].entries()) {
      expect(relative(ours, greeks[i]!)).toBeLessThan(1e-11);
    }
  });
  test("in coin: the price over the forward, and the delta less that price", () => {
    const put = { type: "put", forward: 60_000, strike: 55_000, years: years(14), vol: 0.58 } as const;
    expect(relative(coinPrice(put), 0.0138618665998753)).toBeLessThan(1e-13);
    expect(relative(netDelta(put), -0.219173103981117)).toBeLessThan(1e-13);
  });
  test("theta is at most what the rest of the life takes", () => {
    const option = { type: "call", forward: 100, strike: 100, vol: 0.5 } as const;
    const [hour, day] = [years(1 / 24), years(1)];
    const perYear = (life: number) => blackGreeks({ ...option, years: life }).theta / Math.min(life, day);
    expect(perYear(hour) / perYear(day)).toBeCloseTo(Math.sqrt(24), 3);
  });
  test("no time or no vol left: limits, never NaN", () => {
    for (const [left, vol] of [[0, 0.5] as const, [1, 0] as const, [-1, 0.5] as const]) {
      for (const strike of [90, 100, 110]) {
        const greeks = blackGreeks({ type: "call", forward: 100, strike, years: left, vol });
        expect(greeks).toEqual({ delta: strike < 100 ? 1 : 0, gamma: 0, vega: 0, theta: 0 });
      }
    }
  });
  test("a strike of 0 or less is certain: the forward less the strike, and nothing for the put", () => {
    const option = { forward: 100, strike: -20, years: 1, vol: 0.5 };
    expect([blackPrice({ ...option, type: "call" }), blackPrice({ ...option, type: "put" })]).toEqual([120, 0]);
    expect(blackGreeks({ ...option, type: "call" })).toEqual({ delta: 1, gamma: 0, vega: 0, theta: 0 });
    expect(blackGreeks({ ...option, strike: 0, type: "put" })).toEqual({ delta: 0, gamma: 0, vega: 0, theta: 0 });
  });
  test("a number everywhere, rising with the deviation, from 0 to the bound", () => {
    for (let x = 0; x >= -30; x -= 0.25) {
      let before = 0;
      for (let power = -6; power <= Math.log10(50); power += 0.05) {
        const value = normalisedValue(x, 10 ** power);
        expect(value).toBeGreaterThanOrEqual(before * (1 - 1e-14));
        expect(value).toBeLessThanOrEqual(Math.exp(x / 2));
        before = value;
      }
    }
  });
});

describe("implied vol", () => {
  const option = fc.record({
    type: fc.constantFrom<OptionType>("call", "put"),
    forward: fc.constant(100),
    strike: fc.double({ min: -3, max: 3, noNaN: true }).map((x) => 100 * Math.exp(x)),
    years: fc.constant(1),
    vol: fc.double({ min: -3, max: 0.7, noNaN: true }).map((power) => 10 ** power),
  });
  test("it comes back from the price as exactly as the price allows", () => {
    let asked = 0;
    fc.assert(
      fc.property(option, ({ vol, ...rest }) => {
        const price = blackPrice({ ...rest, vol });
        const vegaOfOne = blackGreeks({ ...rest, vol }).vega * 100;
        const allowed = Math.max(1e-13, (4 * Number.EPSILON * price) / (vegaOfOne * vol));
        const payoff = Math.max(0, (rest.type === "call" ? 1 : -1) * (rest.forward - rest.strike));
        // in the money most of the digits are the payoff's: where fewer than three remain nothing is promised
        fc.pre(price - payoff > 1e-300 && allowed < 1e-3);
        asked++;
        const read = impliedVol(rest, price);
        expect("vol" in read ? relative(read.vol, vol) : read).toBeLessThan(allowed);
      }),
      runs,
    );
    expect(asked).toBeGreaterThan(runs.numRuns / 2);
  });
  test("a price far below the smallest tick still has one", () => {
    const read = impliedVol({ type: "put", forward: 100, strike: 60, years: years(3) }, 2.86083601694465e-30);
    expect("vol" in read && relative(read.vol, 0.5)).toBeLessThan(1e-13);
  });
  // oxfmt-ignore
  test.each([
    ["at the payoff it is 0",            "call", 100, 90,  1, 10,      { vol: 0 }],
    ["below the payoff",                 "call", 100, 90,  1, 9.99,    { none: "below-payoff" }],
    ["a call worth its forward",         "call", 100, 90,  1, 100,     { none: "at-or-above-bound" }],
    ["a put worth its strike",           "put",  100, 90,  1, 90,      { none: "at-or-above-bound" }],
    ["more than the payoff, no time",    "put",  100, 110, 0, 11,      { none: "no-time-left" }],
    ["no number",                        "put",  100, 110, 1, Number.NaN, { none: "not-a-price" }],
    ["no forward",                       "put",  0,   110, 1, 1,       { none: "not-a-price" }],
  ] as const)("%s", (_case, type, forward, strike, left, price, answer) => {
    expect(impliedVol({ type, forward, strike, years: left }, price)).toEqual(answer);
  });
});

// recorded: the whole BTC option chain of Deribit at 2026-05-26 19:27:44 UTC, mark price in coin and mark vol in percent
const chain = join(process.env["PLIMSOLL_DATA"] ?? "../shared/data", "options/deribit-BTC-chain-2026-05-26.csv");
describe.skipIf(!existsSync(chain))(`the recorded chain (skipped without ${chain})`, () => {
  const rows = () =>
    readFileSync(chain, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","))
      .map(([at, , letter, strike, expiry, , , mark, iv, , , forward]) => ({
        mark: Number(mark),
        option: {
          type: letter === "C" ? ("call" as const) : ("put" as const),
          forward: Number(forward),
          strike: Number(strike),
          years: (Number(expiry) - Number(at)) / (365 * 86_400_000),
          vol: Number(iv) / 100,
        },
      }));
  test("of what expires next morning the marks are those of the last price, not of the half hour's average", () => {
    const [first] = rows().map(({ option }) => option.years);
    const halfHour = { count: 450, step: 4 / 86_400 / 365 };
    const near = rows().filter(({ option }) => option.years === first);
    const errorOf = (price: (option: (typeof near)[number]["option"]) => number) =>
      near.reduce((sum, { mark, option }) => sum + Math.abs(price(option) - mark), 0) / near.length;
    const averaged = (option: (typeof near)[number]["option"]) => {
      const readings = { ...halfHour, first: option.years - 449 * halfHour.step };
      return coinPrice({ ...option, vol: Math.sqrt(averageVariance(option.vol, readings) / option.years) });
    };
    expect(near.length).toBeGreaterThan(30);
    expect(errorOf(coinPrice)).toBeLessThan(7.5e-6);
    expect(errorOf(averaged)).toBeGreaterThan(2 * errorOf(coinPrice));
  });
  test("mark prices follow from mark vols, within the clock and the digits of the recording", () => {
    const errors = rows()
      .map(({ mark, option }) => Math.abs(coinPrice(option) - mark))
      .toSorted((a, b) => a - b);
    expect(errors).toHaveLength(878);
    expect(errors[439]).toBeLessThan(1.4e-5);
    expect(errors[Math.floor(0.95 * 878)]).toBeLessThan(9.2e-5);
    expect(errors.at(-1)).toBeLessThan(2e-4);
  });
  test("vols come back from our price, and from the mark as far as its price is the model's", () => {
    let [fromOurs, fromMark] = [0, 0];
    for (const { mark, option } of rows()) {
      const { vol, ...rest } = option;
      const { vega } = blackGreeks(option);
      const [ours, theirs] = [impliedVol(rest, blackPrice(option)), impliedVol(rest, mark * option.forward)];
      const slack = (4 * Number.EPSILON * blackPrice(option)) / (100 * vega * vol);
      if ("vol" in ours && slack < 1e-3) {
        fromOurs++;
        expect(relative(ours.vol, vol)).toBeLessThan(Math.max(1e-13, slack));
      }
      // where 2e-4 coin is less than five points of vol
      if ("vol" in theirs && 2e-4 * option.forward < 5 * vega) {
        fromMark++;
        expect(Math.abs(theirs.vol - vol)).toBeLessThan(0.06);
      }
    }
    expect(fromOurs).toBeGreaterThan(800);
    expect(fromMark).toBeGreaterThan(500);
  });
});
