import type { Holding } from "@plimsoll/core/book";
import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  assetId,
  exact,
  hash,
  holdingId,
  ms,
  ok,
  quoteKey,
  venueId,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { type Body, type Terms, quotesOf, readBody, readTerms, referenceEngine } from "./reference-engine.ts";
import type { Conformance, State, Subject } from "./spec.ts";

const at = ms(1_750_000_000_000);
const terms: Terms = {
  tiers: [
    { from: 0n, rate: 4n, deduct: 0n },
    { from: 300_000n, rate: 5n, deduct: 300n },
    { from: 800_000n, rate: 10n, deduct: 4_300n },
  ],
  coinWeight: 90n,
  fundingPerDay: 300n,
};

export const holdingOf = (body: Body) => ({
  id: holdingId("reference"),
  venue: venueId("reference"),
  rules: "1",
  asOf: at,
  body,
});

/** A scene with marks and the coin's price in cents, and the debt index with nine decimals. */
export function sceneOf(btc: bigint, eth: bigint, coin: bigint, index: bigint): Scene<unknown> {
  const values: [string, Exact][] = [
    [quotesOf.BTC, exact(btc, 2)],
    [quotesOf.ETH, exact(eth, 2)],
    [quotesOf.coin, exact(coin, 2)],
    [quotesOf.debtIndex, exact(index, 9)],
  ];
  const quotes = new Map(
    values.map(([key, value]) => [quoteKey(key), { value, kind: "mark" as const, asOf: at }] as const),
  );
  const document = { venue: venueId("reference"), rules: "1", validFrom: ms(0), hash: hash("0"), source: "made up" };
  return { now: at, quotes, terms: { ...document, body: terms } };
}

const amount = (low: number, high: number) => fc.bigInt({ min: BigInt(low), max: BigInt(high) });
const size = amount(-9_000, 9_000).filter((thousandths) => thousandths !== 0n);
const position = fc.oneof(
  fc.record({ symbol: fc.constant("BTC" as const), size, entry: amount(5_000_000, 15_000_000) }),
  fc.record({ symbol: fc.constant("ETH" as const), size, entry: amount(200_000, 600_000) }),
);
const bodies: fc.Arbitrary<Body> = fc.record({
  cash: amount(-100_000e6, 900_000e6),
  coin: amount(-200e8, 2_000e8),
  debt: amount(0, 400_000e6),
  positions: fc.uniqueArray(position, { selector: ({ symbol }) => symbol, maxLength: 2 }),
});
const states: fc.Arbitrary<State> = fc
  .tuple(bodies, amount(5_000_000, 15_000_000), amount(200_000, 600_000), amount(5_000, 20_000), amount(1e9, 1.4e9))
  .map(([body, btc, eth, coin, index]) => ({ holding: holdingOf(body), scene: sceneOf(btc, eth, coin, index) }));

const subject = (body: Body, scene: Scene<unknown>): Subject => ({
  holding: holdingOf(body),
  scene,
  account: accountKey("cross"),
  line: "maintenance",
});
const flat: Body = { cash: 0n, coin: 0n, debt: 0n, positions: [] };
const calm = sceneOf(10_000_000n, 300_000n, 10_000n, 1_000_000_000n);
const long = { symbol: "BTC", size: 1_000n, entry: 10_000_000n } as const;

const enlarged = (holding: Holding, times: bigint): Holding => {
  const body = holding.body as Body;
  const positions = body.positions.map((held) => ({ ...held, size: held.size * times }));
  return { ...holding, body: { cash: body.cash * times, coin: body.coin * times, debt: body.debt * times, positions } };
};

/** The suite's own example; `engine` may be a damaged copy. */
export const referenceSpec = (engine: MarginEngine<Body, Terms> = referenceEngine, reader = readBody): Conformance => ({
  name: "the reference engine",
  engine: bindEngine(engine, reader, readTerms, ok),
  states,
  lines: ["maintenance"],
  ties: [subject({ ...flat, cash: 400_000_000n, positions: [long] }, calm)],
  nulls: [
    { name: "cash alone", expect: "no-position", ...subject({ ...flat, cash: 1_000_000n }, calm) },
    {
      name: "more cash than the long can lose",
      expect: "no-boundary",
      ...subject({ ...flat, cash: 200_000_000_000n, positions: [long] }, calm),
    },
  ],
  scaled: enlarged,
  withCash: (holding, g) => {
    const body = holding.body as Body;
    return { ...holding, body: { ...body, cash: body.cash + g(fc.bigInt, { min: 0n, max: 10n ** 12n }) } };
  },
  positions: {
    larger: enlarged,
    turned: (asked) => {
      const body = asked.holding.body as Body;
      const positions = body.positions.map((held) => ({ ...held, size: -held.size }));
      return { ...asked, holding: { ...asked.holding, body: { ...body, positions } } };
    },
    isMark: (key) => key === quotesOf.BTC || key === quotesOf.ETH,
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      return {
        scene,
        holding: { ...holding, body: { ...body, debt: body.debt + g(fc.bigInt, { min: 0n, max: 10n ** 12n }) } },
      };
    },
  },
  effects: () =>
    fc.record({
      do: fc.constantFrom("supply", "withdraw", "repay"),
      asset: fc.constant(assetId("USD")),
      amount: fc.bigInt({ min: 0n, max: 10n ** 12n }).map((digits) => exact(digits, 6)),
    }),
  later: ({ holding, scene }, byMs) => {
    const bound = bindEngine(engine, reader, readTerms, ok);
    const index = scene.quotes.get(quotesOf.debtIndex)!;
    const grown = { ...index, value: exact(index.value.digits + BigInt(byMs) / 1_000n, 9) };
    const now = ms(scene.now + byMs);
    return {
      holding: bound.advance(holding, now, scene),
      scene: { ...scene, now, quotes: new Map(scene.quotes).set(quotesOf.debtIndex, grown) },
    };
  },
  // funding rounds up by at most a millionth a position
  laterError: () => 2e-6,
  wrong: [],
});
