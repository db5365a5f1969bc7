import { blackPrice, covariance, findRoot } from "@plimsoll/core/math";
import { quoteKey } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { boundaries, liquidationPrices } from "./boundaries.ts";
import { evaluate, gradient } from "./evaluate.ts";
import { type FormBuilder, formBuilder } from "./form-builder.ts";
import { jointMove, linearDistance } from "./joint-move.ts";
import { sampleCurve } from "./sample-curve.ts";
import { screen } from "./screen.ts";
import { type Tier, inverseTierCurve, slopedBend, tierCurve } from "./tiers.ts";

// The worked examples: figures were computed apart from this code (prototype in another program), words are in the names.

const facts = {
  line: "maintenance",
  unit: "USD",
  atZero: "safe",
  error: { absolute: 0, relative: 0 },
  compiledAtMs: 0,
} as const;
const [BTC, ETH] = [quoteKey("x:BTC:mark"), quoteKey("x:ETH:mark")];
/** 0.4 % from 0, 0.5 % from 300,000, 0.65 % from 800,000. */
const tiers: readonly Tier[] = [
  { from: 0, rate: 0.004, deduct: 0 },
  { from: 300_000, rate: 0.005, deduct: 300 },
  { from: 800_000, rate: 0.0065, deduct: 1_500 },
];
const digits = (value: number | undefined) => Number(value?.toPrecision(10));

const position = (form: FormBuilder, price: number, side: 1 | -1, size: number, entry: number, table = tiers) => {
  form.have.add(-side * size * entry).line(price, side * size);
  form.need.curve(price, tierCurve(table, size));
};

function crossExample() {
  const form = formBuilder();
  form.have.add(40_000);
  position(form, form.price(BTC), 1, 5, 100_000);
  position(form, form.price(ETH), -1, 40, 4_000);
  return { form: form.build(facts), quotes: [102_000, 3_900] };
}

test("1: USD-M cross, long BTC and short ETH", () => {
  const { form, quotes } = crossExample();
  const { have, need, surplus } = evaluate(form, quotes);
  expect(digits(have)).toBe(54_000);
  expect(digits(need)).toBe(2_874);
  expect(digits(surplus())).toBe(51_126);
  expect(form.concave).toBe(true);
  const btc = liquidationPrices(form, quotes, 0);
  expect(digits(btc.down)).toBe(91_723.41709);
  expect(btc.up).toBeUndefined();
  const eth = liquidationPrices(form, quotes, 1);
  expect(digits(eth.up)).toBe(5_173.057769);
  expect(eth.down).toBeUndefined();
  expect(digits(boundaries(form, quotes, [0, 1]).down)).toBe(0.8542696379);
  expect(digits(liquidationPrices(form, quotes, 0, 2).down)).toBe(92_252.12121);
  expect(digits(liquidationPrices(form, quotes, 0, 2 / 3).down)).toBe(91_548.3612);
  const slopes = gradient(form, quotes);
  expect(digits(slopes[0])).toBe(507_450);
  expect(digits(slopes[1])).toBe(-156_624);
  const cov = covariance(
    [0.03, 0.04],
    [
      [1, 0.8],
      [0.8, 1],
    ],
  );
  const move = jointMove(form, quotes, cov);
  if (move === "none") throw new Error("no joint move");
  expect(digits(move.distance)).toBe(5.066275606);
  expect([...move.quotes].map((price) => price.toFixed(2))).toEqual(["88523.05", "3503.54"]);
  expect(move.settled).toBe(true);
  expect(linearDistance(form, quotes, cov).toFixed(6)).toBe("4.698468");
});

test("2: hedge mode, two tier curves on one price", () => {
  const hedge = (short: number) => {
    const form = formBuilder();
    form.have.add(12_000);
    position(form, form.price(BTC), 1, 3, 90_000);
    position(form, form.price(BTC), -1, short, 95_000);
    return form.build(facts);
  };
  expect(digits(evaluate(hedge(2), [94_000]).surplus())).toBe(24_120);
  const net = liquidationPrices(hedge(2), [94_000], 0);
  expect(digits(net.down)).toBe(69_387.7551);
  expect(net.up).toBeUndefined();
  const even = liquidationPrices(hedge(3), [94_000], 0);
  expect(even.down).toBeUndefined();
  expect(digits(even.up)).toBe(769_230.7692);
});

test("3: COIN-M in its quote currency, tiers in coins", () => {
  const coins: readonly Tier[] = [
    { from: 0, rate: 0.004, deduct: 0 },
    { from: 5, rate: 0.005, deduct: 0.005 },
    { from: 10, rate: 0.01, deduct: 0.055 },
    { from: 20, rate: 0.025, deduct: 0.355 },
  ];
  const inverse = (balance: number, side: 1 | -1) => {
    const form = formBuilder();
    const price = form.price(BTC);
    form.have.add(-side * 900_000).line(price, balance + (side * 900_000) / 60_000);
    form.need.curve(price, inverseTierCurve(coins, 900_000));
    return form.build(facts);
  };
  const long = inverse(6, 1);
  expect(digits(evaluate(long, [60_000]).surplus())).toBe(354_300);
  expect(digits(liquidationPrices(long, [60_000], 0).down)).toBe(43_198.31421);
  expect(digits(liquidationPrices(inverse(4, -1), [60_000], 0).up)).toBe(81_407.03518);
  const none = liquidationPrices(inverse(16, -1), [60_000], 0);
  expect([none.down, none.up]).toEqual([undefined, undefined]);
});

test("4: lending, one asset on both sides", () => {
  const form = formBuilder();
  const [eth, btc, usdc] = [form.price(ETH), form.price(BTC), form.price(quoteKey("x:USDC:oracle"))];
  form.have.line(eth, 10 * 0.83).line(btc, 0.2 * 0.78);
  form.need.line(usdc, 20_000).line(eth, 2);
  const loan = form.build(facts);
  const quotes = [3_000, 100_000, 1];
  const { have, need, health } = evaluate(loan, quotes);
  expect(digits(have)).toBe(40_500);
  expect(digits(need)).toBe(26_000);
  expect(digits(health)).toBe(1.557692308);
  expect(digits(liquidationPrices(loan, quotes, 0).down)).toBe(698.4126984);
  expect(digits(liquidationPrices(loan, quotes, 1).down)).toBe(7_051.282051);
  expect(digits(liquidationPrices(loan, quotes, 2).up)).toBe(1.725);
  expect(digits(boundaries(loan, quotes, [0, 1]).down)).toBe(0.5797101449);
  expect(digits(liquidationPrices(loan, quotes, 0, 1.1).down)).toBe(1_049.180328);
});

test("5: multi-currency pools with discounts and liabilities", () => {
  const form = formBuilder();
  const mark = quoteKey("x:BTCUSDT:mark");
  const [usdt, coin] = [form.price(quoteKey("x:USDT:index")), form.price(quoteKey("x:BTC:index"))];
  const contract = form.factor([mark, 1], [quoteKey("x:USDT:index"), 1]);
  form
    .pool(
      slopedBend({ into: "have", from: [-Infinity], slopes: [1] }),
      slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-0.03, 0] }),
    )
    .line(usdt, 30_000 - 5 * 100_000)
    .line(contract, 5);
  form
    .pool(
      slopedBend({ into: "have", from: [-Infinity, 0, 100_000], slopes: [1, 0.98, 0.9] }),
      slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-0.04, 0] }),
    )
    .line(coin, 2);
  form.need.line(contract, 5 * 0.0055);
  const account = form.build(facts);
  const at = (btcMark: number, btc: number) =>
    account.quotes.map((key) => (key === mark ? btcMark : key === "x:BTC:index" ? btc : 1));
  const [now, lower] = [evaluate(account, at(100_000, 100_000)), evaluate(account, at(90_000, 90_000))];
  expect(digits(now.have)).toBe(218_000);
  expect(digits(now.need)).toBe(2_750);
  expect(digits(lower.have)).toBe(150_000);
  expect(digits(lower.need)).toBe(3_075);
  const [markAt, coinAt] = [account.quotes.indexOf(mark), account.quotes.indexOf(quoteKey("x:BTC:index"))];
  expect(digits(liquidationPrices(account, at(100_000, 100_000), markAt).down)).toBe(57_803.80673);
  expect(digits(boundaries(account, at(100_000, 100_000), [markAt, coinAt]).down! * 100_000)).toBe(68_775.73131);
});

test("6: Deribit standard margin with a size slope has two roots on a short", () => {
  const [m, k, notional] = [0.01, 0.00005, 10_000_000];
  const inverse = (side: 1 | -1) => {
    const form = formBuilder();
    const price = form.price(BTC);
    form.have.add(-side * notional).line(price, 20 + (side * notional) / 100_000);
    form.need.curve(price, {
      kind: "pieces",
      knots: Float64Array.of(0),
      a: Float64Array.of(m * notional),
      b: Float64Array.of(0),
      r: Float64Array.of(k * notional * notional),
    });
    return form.build(facts);
  };
  expect(digits(evaluate(inverse(1), [100_000]).surplus() / 100_000)).toBe(18.5);
  expect(digits(liquidationPrices(inverse(1), [100_000], 0).down)).toBe(84_658.83816);
  const short = liquidationPrices(inverse(-1), [100_000], 0);
  expect(digits(short.up)).toBe(123_242.8713);
  expect(digits(short.down)).toBe(507.1287236);
});

test("7: Morpho, one factor of two quotes", () => {
  const form = formBuilder();
  const ratio = form.factor([ETH, 1], [quoteKey("x:USDC:oracle"), -1]);
  form.have.line(ratio, 10 * 0.86);
  form.need.add(22_000);
  const loan = form.build(facts);
  expect(digits(evaluate(loan, [3_000, 1]).health)).toBe(1.172727273);
  expect(digits(liquidationPrices(loan, [3_000, 1], 0).down)).toBe(2_558.139535);
  const move = jointMove(
    loan,
    [3_000, 1],
    covariance(
      [0.04, 0.001],
      [
        [1, 0],
        [0, 1],
      ],
    ),
  );
  if (move === "none") throw new Error("no joint move");
  expect(digits(move.distance)).toBe(3.982056766);
  expect(move.distance).toBeCloseTo(Math.log(25_800 / 22_000) / Math.sqrt(0.0016 + 0.000001), 9);
});

test("8: Deribit standard margin, short options by root search", () => {
  const years = { expiryMs: 0.1 * 365 * 86_400_000, vol: 0.6 };
  const short = (type: "call" | "put", strike: number) => {
    const form = formBuilder();
    const price = form.price(BTC);
    form.have.line(price, 2).curve(price, { kind: "black", quantity: -5, type, strike, ...years });
    form.need.curve(price, { kind: "black", quantity: 5, type, strike, ...years });
    return { form, price };
  };
  const calls = short("call", 120_000);
  calls.form.need.line(calls.price, 5 * 0.075);
  const call = calls.form.build(facts);
  expect(digits(evaluate(call, [100_000]).surplus())).toBe(143_908.0452);
  expect(digits(liquidationPrices(call, [100_000], 0).up)).toBe(139_794.8794);
  const puts = short("put", 80_000);
  // max(0.075 p, 0.075 V) has its own piece where the put is worth more than the coin: samples, a straight line above
  const knots = Float64Array.from({ length: 2_001 }, (_, i) => 20_000 + 100 * i);
  const margin = (x: number) =>
    0.075 * Math.max(x, blackPrice({ type: "put", forward: x, strike: 80_000, years: 0.1, vol: 0.6 }));
  puts.form.need.curve(puts.price, { kind: "sampled", knots, values: knots.map((x) => 5 * margin(x)), error: 0 });
  const put = puts.form.build(facts);
  expect(digits(evaluate(put, [100_000]).surplus())).toBe(152_532.3284);
  expect(digits(liquidationPrices(put, [100_000], 0).down)).toBe(70_720.54739);
});

test("9: a tie is left to the engine", () => {
  const form = formBuilder();
  const price = form.price(BTC);
  form.have.add(-900).line(price, 0.1);
  form.need.line(price, 0.1 * 0.1);
  const tie = form.build(facts);
  expect(screen(tie, [10_000])).toBe("undecided");
  expect(screen(tie, [10_001])).toBe("above");
  expect(screen(tie, [9_999])).toBe("below");
});

test("10: two collaterals against a constant debt: the liquidation set is convex in logarithms", () => {
  const form = formBuilder();
  form.have.line(form.price(BTC), 10 * 0.8).line(form.price(ETH), 100 * 0.8);
  form.need.add(20_000);
  const loan = form.build(facts);
  const quotes = [2_000, 150];
  expect(digits(evaluate(loan, quotes).surplus())).toBe(8_000);
  const cov = [
    [0.0025, 0.0018],
    [0.0018, 0.0036],
  ];
  const move = jointMove(loan, quotes, cov);
  if (move === "none") throw new Error("no joint move");
  // stationary point of the distance along the line, 30 digits, mpmath
  expect(digits(move.distance)).toBe(6.933884532);
  expect([...move.quotes].map(digits)).toEqual([1_458.37418, 104.162582]);
  expect(digits(linearDistance(loan, quotes, cov))).toBe(5.882352941);
  expect(digits(boundaries(loan, quotes, [0, 1]).down)).toBe(0.7142857143);
});

test("11: portfolio margin of one underlying as samples of the worst scenario", () => {
  const years = { years: 0.1 };
  const week = (30 / 36.5) ** 0.13;
  const vols = [0.6, Math.max(0.6 * (1 + 0.5 * week), 0.5), 0.6 * (1 - 0.25 * week)];
  const call = (forward: number, vol: number) => blackPrice({ type: "call", forward, strike: 110_000, vol, ...years });
  const put = (forward: number, vol: number) => blackPrice({ type: "put", forward, strike: 90_000, vol, ...years });
  const future = 1_000_000;
  // profits in coin: the inverse future, the options at their price in coin; the roll charge is 1 % of the future's coins
  const coins = (p: number, from: number, vol: number) =>
    future / from - future / p + (5 * put(p, vol) - 10 * call(p, vol)) / p;
  const need = (p: number) => {
    const moves = Array.from({ length: 9 }, (_, i) => 1 + ((i - 4) / 4) * 0.16);
    const losses = moves.flatMap((move) => vols.map((vol) => coins(p, p, 0.6) - coins(p * move, p, vol)));
    return 0.8 * p * (Math.max(0, ...losses) + (0.01 * future) / p);
  };
  const form = formBuilder();
  const price = form.price(BTC);
  const option = { kind: "black", vol: 0.6, expiryMs: 0.1 * 365 * 86_400_000 } as const;
  form.have.add(-future).line(price, 5 + future / 100_000);
  form.have.curve(price, { ...option, quantity: -10, type: "call", strike: 110_000 });
  form.have.curve(price, { ...option, quantity: 5, type: "put", strike: 90_000 });
  form.need.curve(price, sampleCurve(need, [100_000 / 3, 60_000, 100_000, 300_000], 0.1));
  const account = form.build(facts);
  const now = evaluate(account, [100_000]);
  expect(digits(now.have)).toBe(477_147.3331);
  expect(digits(now.need)).toBe(103_217.6711);
  expect(digits(evaluate(account, [60_000]).need)).toBe(92_110.39485);
  const { down } = liquidationPrices(account, [100_000], 0);
  expect(Math.abs(down! / 64_161.47283 - 1)).toBeLessThan(1e-6);
  const exact = findRoot((p) => evaluate(account, [p]).have - need(p), 60_000, 70_000);
  expect(digits(exact)).toBe(64_161.47283);
});
