import {
  type Assessment,
  type Bend,
  type MarginEngine,
  type Scene,
  type Tier,
  evaluate,
  formBuilder,
  liquidationPrices,
  readQuotes,
  slopedBend,
} from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  fail,
  fromNumber,
  isNegative,
  known,
  magnitude,
  multiply,
  ok,
  quoteKey,
  subtract,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { MissingQuote, boundTo, holdingOf, integer, lineOf, quoteIn, runGroups, sceneOf } from "./probe.ts";

// Binance portfolio margin over two coins: haircuts act on a coin's equity; contracts earn and are tiered in USDT or in coins
// at their mark, but count in USD at another price: such tiers are a pool's bend measured in quantity, not a curve.

/** Balances: USDT in millionths, BTC in 1e-8; USDⓈ-M in thousandths of a coin and cents; COIN-M in dollars and cents. */
const Body = z.object({ usdt: integer, btc: integer, um: integer, umEntry: integer, cm: integer, cmEntry: integer });
type Body = z.infer<typeof Body>;
interface Terms {
  readonly collateralRate: Exact;
  readonly umTiers: readonly Tier[];
  readonly cmTiers: readonly Tier[];
}
const terms: Terms = {
  collateralRate: dec("0.95"),
  umTiers: [
    { from: 0, rate: 0.004, deduct: 0 },
    { from: 300_000, rate: 0.005, deduct: 300 },
  ],
  cmTiers: [
    { from: 0, rate: 0.004, deduct: 0 },
    { from: 5, rate: 0.005, deduct: 0.005 },
    { from: 10, rate: 0.01, deduct: 0.055 },
  ],
};
const keys = {
  umMark: "binance:BTCUSDT:mark",
  cmMark: "binance:BTCUSD_PERP:mark",
  usdt: "binance:USDT:index",
  btc: "binance:BTC:index",
} as const;
const account = accountKey("portfolio");

/** Maintenance in the unit of the notional; the tables are the venue's decimals. */
function maintenance(tiers: readonly Tier[], notional: Exact): Exact {
  const tier = tiers.findLast(({ from }) => toNumber(notional) >= from)!;
  return subtract(multiply(notional, fromNumber(tier.rate)), fromNumber(tier.deduct));
}
/** The one quotient of this account, at 40 decimals: coins of a dollar amount. */
const coinsOf = (dollars: bigint, price: Exact): Exact =>
  exact((dollars * 10n ** BigInt(40 + price.scale)) / price.digits, 40);

function sums(body: Body, scene: Scene<Terms>): { have: Exact; need: Exact } {
  const [umMark, cmMark] = [quoteIn(scene, keys.umMark), quoteIn(scene, keys.cmMark)];
  const [usdt, btc] = [quoteIn(scene, keys.usdt), quoteIn(scene, keys.btc)];
  const umGain = multiply(exact(body.um, 3), subtract(umMark, exact(body.umEntry, 2)));
  const cmGain = subtract(coinsOf(body.cm, exact(body.cmEntry, 2)), coinsOf(body.cm, cmMark));
  const usdtEquity = multiply(add(exact(body.usdt, 6), umGain), usdt);
  const btcEquity = multiply(add(exact(body.btc, 8), cmGain), btc);
  const { collateralRate, umTiers, cmTiers } = scene.terms.body;
  const counted = isNegative(btcEquity) ? btcEquity : multiply(btcEquity, collateralRate);
  const um = multiply(maintenance(umTiers, magnitude(multiply(exact(body.um, 3), umMark))), usdt);
  const cm = multiply(maintenance(cmTiers, magnitude(coinsOf(body.cm, cmMark))), btc);
  return { have: add(usdtEquity, counted), need: add(um, cm) };
}

/** Tiers in coins (or USDT) as a bend of their value in USD: the tier is chosen on value / price, the deduction is in coins. */
const unitTiers = (tiers: readonly Tier[], by: number): Bend => ({
  into: "need",
  by,
  measure: "quantity",
  from: Float64Array.from(tiers, ({ from }, i) => (i === 0 ? -Infinity : from)),
  a: new Float64Array(tiers.length),
  b: Float64Array.from(tiers, ({ rate }) => rate),
  g: Float64Array.from(tiers, ({ deduct }) => -deduct),
});

const engine: MarginEngine<Body, Terms> = {
  accounts: () => [account],
  advance: (body) => body,
  assess: (body, of, scene): Assessment => {
    const frame = { account: of, unit: assetId("USD"), explain: { name: "uniMMR", value: "" } };
    try {
      const { have, need } = sums(body, scene);
      const line = lineOf("maintenance", have, need, "the account is taken over");
      return { ...frame, equity: known(have, scene.now), free: known(line.surplus, scene.now), lines: [line] };
    } catch (error) {
      if (!(error instanceof MissingQuote)) throw error;
      const missing = unknown(why("quote-missing", { quote: error.message }));
      return { ...frame, equity: missing, free: missing, lines: [] };
    }
  },
  compile: (body, _of, scene, line) => {
    const missing = Object.values(keys).find((key) => !scene.quotes.has(quoteKey(key)));
    if (missing !== undefined) return { unknown: missing };
    const { collateralRate, umTiers, cmTiers } = scene.terms.body;
    const form = formBuilder();
    const [umMark, cmMark, usdt, btc] = Object.values(keys).map(quoteKey) as [never, never, never, never];
    const contract = form.factor([umMark, 1], [usdt, 1]);
    const basis = form.factor([btc, 1], [cmMark, -1]);
    const size = Number(body.um) / 1e3;
    form.have
      .line(form.price(usdt), Number(body.usdt) / 1e6 - (size * Number(body.umEntry)) / 100)
      .line(contract, size);
    form.pool(unitTiers(umTiers, form.price(usdt))).line(contract, Math.abs(size));
    form
      .pool(slopedBend({ into: "have", from: [-Infinity, 0], slopes: [1, toNumber(collateralRate)] }))
      .line(form.price(btc), Number(body.btc) / 1e8 + Number(body.cm) / (Number(body.cmEntry) / 100))
      .line(basis, -Number(body.cm));
    form.pool(unitTiers(cmTiers, form.price(btc))).line(basis, Math.abs(Number(body.cm)));
    const error = { absolute: 1e-6, relative: 32 * Number.EPSILON };
    return { form: form.build({ line, unit: "USD", atZero: "safe", error, compiledAtMs: scene.now }) };
  },
  liquidate: (body, of, scene) =>
    engine.assess(body, of, scene).lines.some(({ crossed }) => crossed)
      ? [{ what: "close all", after: { ...body, um: 0n, cm: 0n }, taken: [], fee: [], badDebt: [] }]
      : [],
  apply: (body, effect) =>
    "was" in effect && effect.was === "funding" ? ok({ ...body, usdt: body.usdt - 1n }) : fail(why("not-offered")),
};

const example: Body = {
  usdt: 50_000_000_000n,
  btc: 100_000_000n,
  um: -3_000n,
  umEntry: 10_000_000n,
  cm: 400_000n,
  cmEntry: 10_000_000n,
};
const prices = { [keys.umMark]: "100100.0", [keys.cmMark]: "100200.0", [keys.usdt]: "1.0000", [keys.btc]: "100000.0" };

test("two coins, worked by hand: a haircut on the BTC equity, tiers in coins at the mark, valued at the index", () => {
  const scene = sceneOf(prices, terms);
  const compiled = engine.compile(example, account, scene, "maintenance");
  if (!("form" in compiled)) throw new Error("no form");
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error("no quotes");
  const { have, need } = evaluate(compiled.form, quotes.value);
  // BTC: 1 + 4 - 400,000 / 100,200 = 1.00798403... coins at 100,000 and 95 %; USDT: 50,000 - 3 * 100
  expect(have).toBeCloseTo(49_700 + 0.95 * 100_000 * (5 - 400_000 / 100_200), 6);
  // 300,300 is in the second tier; 3.992 coins are in the first
  expect(need).toBeCloseTo(0.005 * 300_300 - 300 + 0.004 * (400_000 / 100_200) * 100_000, 6);
  const index = compiled.form.quotes.indexOf(quoteKey(keys.cmMark));
  // below 80,000 the BTC equity is negative (no haircut) and the coins are in the second tier:
  // 49,700 + 500,000 - 4e10 / m = 1,201.5 + 2e8 / m - 500
  expect(liquidationPrices(compiled.form, quotes.value, index).down).toBeCloseTo(40_200_000_000 / 548_998.5, 6);
});

test("form and engine agree around the example, to the knots and the line", () => {
  const states = fc
    .record({
      usdt: fc.bigInt({ min: -50_000_000_000n, max: 300_000_000_000n }),
      btc: fc.bigInt({ min: -300_000_000n, max: 600_000_000n }),
      um: fc.bigInt({ min: -8_000n, max: 8_000n }).filter((size) => size !== 0n),
      umEntry: fc.constant(10_000_000n),
      cm: fc.bigInt({ min: -2_000_000n, max: 2_000_000n }).filter((size) => size !== 0n),
      cmEntry: fc.constant(10_000_000n),
    })
    .map((body) => ({ holding: holdingOf(body), scene: sceneOf<unknown>(prices, terms) }));
  const spec = { engine: boundTo(engine, Body), lines: ["maintenance"] as const };
  expect(() => runGroups(["1", "2", "5", "8", "9 purity"], spec, states)).not.toThrow();
});
