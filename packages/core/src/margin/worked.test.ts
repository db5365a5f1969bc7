import { blackPrice } from "@plimsoll/core/math";
import { quoteKey } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { boundaries, liquidationPrices } from "./boundaries.ts";
import { evaluate, gradient } from "./evaluate.ts";
import { type FormBuilder, formBuilder } from "./form-builder.ts";
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
