import { type Compiled, type MarginForm, evaluate, liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { accountKey, dec, invariant, ms, text, toNumber } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import type { Body } from "./holding.ts";
import { shockedVol } from "./matrix-legs.ts";
import { margin } from "./margin.ts";
import { accountOf } from "./accounts.ts";
import { totalsOf } from "./totals.ts";
import { EXPIRY, SHIPPED, bodyOf, position, sceneOf, termsWith, withMatrix } from "./testing.ts";

const BTC = accountKey("BTC");
const [perpetual, dated] = ["BTC-PERPETUAL", `BTC-${EXPIRY}`];
const digits = (value: number | undefined) => (value === undefined ? undefined : Number(value.toPrecision(10)));
const at = (price: string, vols: Readonly<Record<string, string>> = {}) => ({
  "btc_usd:index": price,
  [`${perpetual}:basis`]: "1",
  [`${dated}:basis`]: "1",
  ...vols,
});
const formIn = (compiled: Compiled): MarginForm => {
  invariant("form" in compiled, `no form: ${JSON.stringify(compiled)}`);
  return compiled.form;
};
type SceneOf = ReturnType<typeof sceneOf>;
function pricesOf(body: Body, scene: SceneOf) {
  const form = formIn(margin.compile(body, BTC, scene, "maintenance"));
  const quotes = readQuotes(form, scene);
  invariant(quotes.ok, "quotes are there");
  return { form, quotes: quotes.value, ...liquidationPrices(form, quotes.value, 0) };
}
const maintenanceIn = (body: Body, scene: SceneOf) => {
  const line = margin.assess(body, BTC, scene).lines.find(({ name }) => name === "maintenance");
  invariant(line !== undefined, "there is a line");
  return line;
};

// source: reference computation with 40 digits; a short has a second, lower price because its size in coin grows as the price falls
describe("futures with a size slope", () => {
  const long = bodyOf({ BTC: "20" }, [position(perpetual, "10000000", "100000")]);
  const short = bodyOf({ BTC: "20" }, [position(perpetual, "-10000000", "100000")]);
  test("long: surplus and price", () => {
    expect(text(maintenanceIn(long, sceneOf(at("100000"))).surplus)).toMatch(/^18\.50*$/);
    const { down, up } = pricesOf(long, sceneOf(at("100000")));
    expect([digits(down), up]).toEqual([84_658.83816, undefined]);
  });
  test("short: a price on both sides", () => {
    const { down, up } = pricesOf(short, sceneOf(at("100000")));
    expect([digits(down), digits(up)]).toEqual([507.1287236, 123_242.8713]);
  });
  test("a small long, and the engine turns at that price", () => {
    const body = bodyOf({ BTC: "0.5" }, [position(perpetual, "300000", "60000")]);
    expect(pricesOf(body, sceneOf(at("60000"))).down).toBeCloseTo(55_105.7565745304, 8);
    expect(maintenanceIn(body, sceneOf(at("55105.75658"))).crossed).toBe(false);
    expect(maintenanceIn(body, sceneOf(at("55105.75657"))).crossed).toBe(true);
  });
  test("the same without the size slope", () => {
    const body = bodyOf({ BTC: "0.5" }, [position(perpetual, "300000", "60000")]);
    const futures = { ...SHIPPED.pairs["btc_usd"]!.futures!, slope: dec("0") };
    expect(pricesOf(body, sceneOf(at("60000"), termsWith({ futures }))).down).toBeCloseTo(55_090.909, 3);
  });
  test("a short that is covered one to one has no price above without a slope", () => {
    const body = bodyOf({ BTC: "5.1" }, [position(perpetual, "-300000", "60000")]);
    const futures = { ...SHIPPED.pairs["btc_usd"]!.futures!, slope: dec("0") };
    const { down, up } = pricesOf(body, sceneOf(at("60000"), termsWith({ futures })));
    expect([down, up]).toEqual([undefined, undefined]);
  });
});

// source: reference computation with 40 digits, which marks the shorts in the balance too
describe("short options under standard margin, shorts counted in the balance", () => {
  const terms = termsWith({}, { optionsInBalance: "shorts" });
  // oxfmt-ignore
  test.each([
    ["calls", `${dated}-120000-C`, 143_908.0452, undefined,    139_794.8794],
    ["puts",  `${dated}-80000-P`,  152_532.3284, 70_720.54739, undefined],
  ] as const)("five short %s", (_case, option, surplus, down, up) => {
    const body = bodyOf({ BTC: "2" }, [position(option, "-5", "0.01")]);
    const scene = sceneOf(at("100000", { [`${option}:iv`]: "0.6" }), terms);
    const found = pricesOf(body, scene);
    expect(digits(evaluate(found.form, found.quotes).surplus())).toBe(surplus);
    expect([digits(found.down), digits(found.up)]).toEqual([down, up]);
    expect(toNumber(maintenanceIn(body, scene).surplus) * 100_000).toBeCloseTo(surplus, 3);
  });
  test("left out of the balance, as in the recorded summary, the mark is charged once", () => {
    const option = `${dated}-120000-C`;
    const body = bodyOf({ BTC: "2" }, [position(option, "-5", "0.01")]);
    const quotes = at("100000", { [`${option}:iv`]: "0.6" });
    const [once, twice] = [sceneOf(quotes), sceneOf(quotes, terms)].map((scene) => maintenanceIn(body, scene));
    const mark = toNumber(once!.required) - 5 * 0.075;
    expect(toNumber(once!.surplus) - toNumber(twice!.surplus)).toBeCloseTo(mark, 8);
  });
});

// the venue's shares of linear options are not known: these stand for an account's own, the figures are by hand at a vol of nothing
describe("linear options under standard margin, by rules of the account's own", () => {
  const terms = {
    ...SHIPPED,
    pairs: {
      ...SHIPPED.pairs,
      sol_usdc: { ...SHIPPED.pairs["sol_usdc"]!, options: SHIPPED.pairs["btc_usd"]!.options! },
    },
  };
  const [usdc, name] = [accountKey("USDC"), `SOL_USDC-${EXPIRY}`];
  const lineOf = (instrument: string, line: string, index = "100") => {
    const body = bodyOf({ USDC: "5000" }, [position(instrument, "-10", "1")]);
    const quotes = { "sol_usdc:index": index, [`${name}:basis`]: "1", [`${instrument}:iv`]: "0.0001" };
    const found = margin.assess(body, usdc, sceneOf(quotes, terms)).lines.find((each) => each.name === line);
    return toNumber(found!.required);
  };
  // oxfmt-ignore
  test.each([
    ["call 4 % out of the money",  "104-C", "initial",     110],
    ["call at the money",          "100-C", "maintenance", 75],
    ["call in the money",          "80-C",  "maintenance", 275],
    ["call far out",               "150-C", "initial",     100],
    ["put 4 % out of the money",   "96-P",  "initial",     110],
    ["put in the money",           "130-P", "initial",     450],
    ["put worth more than a coin", "300-P", "maintenance", 2_150],
  ] as const)("ten coins of a %s", (_case, option, line, required) => {
    expect(lineOf(`${name}-${option}`, line)).toBeCloseTo(required, 1);
  });
  test("a cross pool has no form for them, but is assessed", () => {
    const body = bodyOf({ USDC: "5000" }, [position(`${name}-100-C`, "-10", "1")], "cross_sm");
    const quotes = {
      "sol_usdc:index": "100",
      "usdc_usd:index": "1",
      [`${name}:basis`]: "1",
      [`${name}-100-C:iv`]: "0.5",
    };
    const scene = sceneOf(quotes, { ...terms, haircuts: { USDC: dec("0") } });
    expect(margin.assess(body, accountKey("cross"), scene).equity.is).toBe("known");
    expect(margin.compile(body, accountKey("cross"), scene, "maintenance")).toHaveProperty("unknown");
  });
  test("the fee of a trade in them is at most an eighth of the price", () => {
    const body = bodyOf({ USDC: "5000" }, [position(`${name}-100-C`, "-10", "1")]);
    const order = {
      do: "order",
      instrument: `${name}-100-C`,
      side: "buy",
      size: dec("10"),
      limit: dec("2"),
      reduceOnly: true,
    } as const;
    const after = margin.apply(body, order, sceneOf({}, terms));
    expect(after.ok && text(after.value.wallets[0]!.balance)).toBe("4977.50000000");
  });
});

describe("portfolio margin", () => {
  const [call, put] = [`${dated}-110000-C`, `${dated}-90000-P`];
  const body = bodyOf(
    { BTC: "5" },
    [position(perpetual, "1000000", "100000"), position(call, "-10", "0.03"), position(put, "5", "0.03")],
    "segregated_pm",
  );
  const vols = { [`${call}:iv`]: "0.6", [`${put}:iv`]: "0.6" };
  // the reference computation has no extended table, and charges 1 % of the future alone for rolling: 0.8 * 0.01 * 1,000,000
  const terms = withMatrix({ extendedMoves: [], annualisedMoveRisk: 0, minAnnualisedMove: 0 });
  const rolled = 8_000;
  test("worst of 27 scenarios, source: reference computation", () => {
    const line = maintenanceIn(body, sceneOf(at("100000", vols), terms));
    expect(toNumber(line.required) * 100_000 + rolled).toBeCloseTo(103_217.6711, 3);
    expect((toNumber(line.surplus) + toNumber(line.required)) * 100_000).toBeCloseTo(477_147.3331, 3);
    const low = maintenanceIn(body, sceneOf(at("60000", vols), terms));
    expect(toNumber(low.required) * 60_000 + rolled).toBeCloseTo(92_110.39485, 3);
  });
  test("the price below, where the engine has to turn with the reference's roll charge", () => {
    const surplus = (price: string) =>
      toNumber(maintenanceIn(body, sceneOf(at(price, vols), terms)).surplus) * Number(price);
    expect(surplus("64161.48")).toBeGreaterThan(rolled);
    expect(surplus("64161.46")).toBeLessThan(rolled);
  });
  const matrixOf = (holding: Body, quotes: Record<string, string>, change = {}) => {
    const account = accountOf(holding, BTC);
    const totals = account === undefined ? undefined : totalsOf(account, sceneOf(quotes, withMatrix(change)));
    invariant(totals?.ok === true && totals.value.matrices[0] !== undefined, "there is a matrix");
    return totals.value.matrices[0].matrix;
  };
  test("the venue's own vector: 2 BTC of the inverse perpetual, range 16 %, from pme/simulate", () => {
    const two = bodyOf({ BTC: "1" }, [position(perpetual, "200000", "100000")], "segregated_pm");
    const { main, roll } = matrixOf(two, at("100000"));
    expect(main).toHaveLength(27);
    expect(main.filter((_, i) => i % 3 === 0).map((profit) => profit.toFixed(6))).toEqual(
      [-0.380952, -0.272727, -0.173913, -0.083333, 0, 0.076923, 0.148148, 0.214286, 0.275862].map((p) => p.toFixed(6)),
    );
    expect(roll).toBeCloseTo(0.02, 12);
  });
  test("of a future the extended table is the edge of the main one, before the dampener", () => {
    const two = bodyOf({ BTC: "1" }, [position(perpetual, "200000", "100000")], "segregated_pm");
    const { main, extended } = matrixOf(two, at("100000"), { extendedDampener: 0 });
    for (const value of extended.slice(0, 2)) expect(value).toBeCloseTo(main[0]!, 12);
    for (const value of extended.slice(2)) expect(value).toBeCloseTo(main.at(-1)!, 12);
  });
  test("vol shock of a week, source: reference computation", () => {
    const rules = SHIPPED.pairs["btc_usd"]!.matrix!;
    expect(shockedVol({ vol: 0.6, years: 7 / 365 }, rules, "up")).toBeCloseTo(1.06422467316324, 13);
    expect(shockedVol({ vol: 0.1, years: 60 / 365 }, rules, "up")).toBe(0.5);
    expect(shockedVol({ vol: 0.6, years: 0 }, rules, "down")).toBe(
      shockedVol({ vol: 0.6, years: 1 / 365 }, rules, "down"),
    );
  });
  test("a calendar spread is charged for rolling on both legs", () => {
    const spread = bodyOf(
      { BTC: "1" },
      [position(perpetual, "100000", "100000"), position(dated, "-100000", "100000")],
      "segregated_pm",
    );
    const { worst, roll, delta } = matrixOf(spread, at("100000"));
    expect([worst, delta]).toEqual([0, 0]);
    expect(roll).toBeCloseTo(2 * 0.01, 12);
  });
  // 100,000 dollars a coin: the threshold of 20 million is 200 coins, each further one costs 0.005 % of all, at most 10 %
  // oxfmt-ignore
  test.each([
    ["at the threshold nothing",       "20000000",  0],
    ["400 coins: 1 % of them",         "40000000",  4],
    ["a short pays the same",          "-40000000", 4],
    ["3,000 coins: the most, 10 %",    "300000000", 300],
  ] as const)("delta shock, %s", (_case, size, shock) => {
    const large = bodyOf({ BTC: "1000" }, [position(perpetual, size, "100000")], "segregated_pm");
    expect(matrixOf(large, at("100000")).deltaShock).toBeCloseTo(shock, 10);
  });
  test("the account's delta counts an inverse option less its price, source: reference computation", () => {
    const option = `${dated}-55000-P`;
    const put = bodyOf({ BTC: "1" }, [position(option, "1", "0.01")], "segregated_pm");
    const account = accountOf(put, BTC)!;
    const quotes = { ...at("60000"), [`${option}:iv`]: "0.58" };
    const now = ms(Date.UTC(2026, 11, 25, 8) - 14 * 86_400_000);
    const totals = totalsOf(account, { ...sceneOf(quotes), now });
    invariant(totals.ok, "there are totals");
    expect(totals.value.matrices[0]!.matrix.delta).toBeCloseTo(-0.219173103981117, 13);
  });
});

describe("portfolio margin of a cross pool", () => {
  const cross = accountKey("cross");
  const terms = { ...SHIPPED, haircuts: { BTC: dec("0"), ETH: dec("0"), USDC: dec("0"), SOL: dec("0") } };
  const quotes = {
    ...at("100000"),
    "eth_usd:index": "4000",
    "ETH-PERPETUAL:basis": "1",
    "btc_usdc:index": "100000",
    "BTC_USDC-PERPETUAL:basis": "1",
    "usdc_usd:index": "1",
    "sol_usd:index": "150",
  };
  const maintenanceOf = (wallets: Record<string, string>, ...positions: Body["positions"][number][]) => {
    const { equity, lines } = margin.assess(bodyOf(wallets, positions, "cross_pm"), cross, sceneOf(quotes, terms));
    return equity.is === "known" ? toNumber(lines.find(({ name }) => name === "maintenance")!.required) : equity;
  };
  // by hand: 0.8 of 16 % of what moves with BTC and 18 % of what moves with ETH, and of 1 % and 0.5 % of each future
  // oxfmt-ignore
  test.each([
    ["a coin alone",                              { BTC: "1" },             [],                                                                        12_800],
    ["coins of two kinds add up",                 { BTC: "1", ETH: "10" },  [],                                                                        18_560],
    ["a coin sold forward is charged for rolling", { BTC: "1" },            [position(perpetual, "-100000", "100000")],                                   800],
    ["sold against dollars too",                  { BTC: "1", USDC: "0" },  [position("BTC_USDC-PERPETUAL", "-1", "100000")],                              800],
    ["two futures against each other",            { BTC: "0", USDC: "5" },  [position(perpetual, "100000", "100000"), position("BTC_USDC-PERPETUAL", "-1", "100000")], 1_600],
    ["a debt of coins moves as well",             { BTC: "-1", USDC: "9" }, [],                                                                        12_800],
  ] as const)("%s", (_case, wallets, positions, required) => {
    expect(maintenanceOf(wallets, ...positions)).toBeCloseTo(required, 6);
  });
  test("a coin without a matrix is unknown, not free", () => {
    expect(maintenanceOf({ SOL: "1" })).toMatchObject({
      why: { code: "deribit/no-matrix", facts: { pair: "sol_usd" } },
    });
  });
});
