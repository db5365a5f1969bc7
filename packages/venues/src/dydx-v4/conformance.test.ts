import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import { accountKey, assetId, dec, exact, holdingId, ms, multiply, text } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { DYDX, RULES, oracleKey } from "./names.ts";
import { toQuote } from "./quantums.ts";
import { readBody, readEffect } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { DydxTerms } from "./terms.ts";
import { MAINNET, NOW, bodyOf, frame, sceneOf } from "./testing.ts";
import shipped from "./terms/2025-12-08.json" with { type: "json" };
import type { DydxVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<Body, DydxTerms, DydxVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);
const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: DYDX, rules: RULES, asOf: NOW, body });
const worldOf = (oracles: Readonly<Record<string, string>>): Scene<unknown> => ({
  ...sceneOf(oracles),
  terms: frame(shipped.body),
});

/** Prices, and the quantums that one dollar buys, about. */
const MARKETS = { "BTC-USD": [90_000, 111_111n], "ETH-USD": [3_000, 333_333n], "SOL-USD": [130, 76_923n] } as const;
type Ticker = keyof typeof MARKETS;
const TICKERS = Object.keys(MARKETS) as readonly Ticker[];

const subaccount = (number: number) =>
  fc
    .record({
      tickers: fc.subarray([...TICKERS], { minLength: 1 }),
      dollars: fc.array(
        fc.integer({ min: -5_000_000, max: 5_000_000 }).filter((size) => Math.abs(size) > 100),
        {
          minLength: 3,
          maxLength: 3,
        },
      ),
      room: fc.integer({ min: -20, max: 150 }),
      index: fc.bigInt({ min: -50_000n, max: 50_000n }),
    })
    .map(({ tickers, dollars, room, index }) => {
      const held = dollars.slice(0, tickers.length);
      const gross = held.reduce((sum, size) => sum + Math.abs(size), 0);
      const net = held.reduce((sum, size) => sum + size, 0);
      const positions = tickers.map((ticker, i) => ({
        ticker,
        size: BigInt(dollars[i]!) * MARKETS[ticker][1],
        fundingIndex: index,
      }));
      return { number, quote: BigInt(Math.round((gross * room) / 1000) - net) * 1_000_000n + 7n, positions };
    });
const states: fc.Arbitrary<State> = fc
  .tuple(
    subaccount(0),
    subaccount(128),
    ...TICKERS.map((ticker) => fc.integer({ min: MARKETS[ticker][0] * 70, max: MARKETS[ticker][0] * 130 })),
  )
  .map(([first, second, ...cents]) => {
    const markets = TICKERS.map((ticker, i) => ({
      ...{ ticker, fundingIndex: 1_000n, openInterest: 10n ** 15n },
      ...(cents[i]! % 3 > 0 && { funding: { ratePpm: BigInt((cents[i]! % 1_001) - 500), next: ms(NOW + 1_234_567) } }),
    }));
    const oracles = Object.fromEntries(TICKERS.map((ticker, i) => [ticker, text(exact(BigInt(cents[i]!), 2))]));
    return { holding: holdingOf({ subaccounts: [first, second], markets }), scene: worldOf(oracles) };
  });

const COIN = 10_000_000_000n;
const subject = (body: Body, account = "subaccount:0"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf({ "BTC-USD": "100000", "ETH-USD": "3000" }),
  account: accountKey(account),
  line: "maintenance",
});

const settled: Engine = {
  ...margin,
  compile: (body, ...rest) =>
    margin.compile({ ...body, markets: body.markets.map((each) => ({ ...each, fundingIndex: 0n })) }, ...rest),
};
const bookPrice: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const quotes = [...scene.quotes].map(
      ([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }] as const,
    );
    return margin.assess(body, account, { ...scene, quotes: new Map(quotes) });
  },
};
const initialForMaintenance: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const markets = Object.fromEntries(
      Object.entries(scene.terms.body.markets).map(([ticker, each]) => [
        ticker,
        { ...each, maintenanceFractionPpm: 1_000_000n },
      ]),
    );
    const terms = { ...scene.terms, body: { ...scene.terms.body, markets } };
    return margin.compile(body, account, { ...scene, terms }, line);
  },
};

const spec: Conformance = {
  name: "dydx v4",
  engine: bound(margin),
  states,
  lines: ["maintenance"],
  ties: [
    // 1.2 % of 100,000
    subject(bodyOf(-98_800n, { "BTC-USD": COIN })),
    subject(bodyOf(101_200n, { "BTC-USD": -COIN })),
  ],
  nulls: [
    { name: "negative collateral without a position", expect: "no-position", ...subject(bodyOf(-1_000n, {})) },
    { name: "a subaccount that is not there", expect: "no-position", ...subject(bodyOf(1n, {}), "subaccount:7") },
    { name: "a long that USDC covers", expect: "no-boundary", ...subject(bodyOf(1n, { "BTC-USD": COIN })) },
  ],
  scaled: (holding, times) => {
    const body = holding.body as Body;
    const subaccounts = body.subaccounts.map((each) => ({
      ...each,
      quote: each.quote * times,
      positions: each.positions.map((position) => ({ ...position, size: position.size * times })),
    }));
    return { ...holding, body: { ...body, subaccounts } };
  },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = g(fc.bigInt, { min: 0n, max: 10n ** 13n });
    return {
      ...holding,
      body: { ...body, subaccounts: body.subaccounts.map((each) => ({ ...each, quote: each.quote + more })) },
    };
  },
  positions: {
    larger: { notHere: "a subaccount is one pool, and its rates are the same at every size" },
    turned: (asked) => {
      const body = asked.holding.body as Body;
      const subaccounts = body.subaccounts.map((each) => ({
        ...each,
        positions: each.positions.map((held) => ({ ...held, size: -held.size })),
      }));
      return { ...asked, holding: { ...asked.holding, body: { ...body, subaccounts } } };
    },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      const size = BigInt(g(fc.integer, { min: 1, max: 5_000_000 })) * (g(fc.boolean) ? -1n : 1n);
      const subaccounts = body.subaccounts.map((each) => {
        const ticker = TICKERS.find((name) => each.positions.every((held) => held.ticker !== name));
        if (ticker === undefined) return each;
        const added = { ticker, size: size * MARKETS[ticker][1], fundingIndex: 1_000n };
        const paid = toQuote(added.size, scene.quotes.get(oracleKey(ticker))!.value, MAINNET.markets[ticker]!);
        return { ...each, quote: each.quote - paid, positions: [...each.positions, added] };
      });
      return { scene, holding: { ...holding, body: { ...body, subaccounts } } };
    },
  },
  // An hour more or less than the share of a day, at 130 % of the highest price. Each hour's step is cut by less than a millionth of a
  // quote quantum a base quantum: together 5 million dollars of each market, 2.61e12 base quantums, are 2.61 USD an hour.
  laterError: ({ accrual }, byMs) => {
    const slopes = (accrual?.legs ?? []).map(({ curve }) =>
      curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN,
    );
    const perDay = slopes.reduce((sum, slope) => sum + slope * 117_000, 0);
    return slopes.length === 0 ? 0 : perDay / 24 + (byMs / 3_600_000 + 1) * 2.61 + slopes.length * 1e-6;
  },
  effects: () => {
    const signed = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    const ticker = fc.constantFrom(...TICKERS, "XYZ-USD");
    const fill = fc.record({ subaccount: fc.constantFrom(0, 128, 5), ticker, base: signed, quote: signed });
    const was = fc.constantFrom("fill" as const, "liquidation" as const, "adl" as const);
    return fc.oneof(
      fc.record({ was, body: fill }),
      fc.record({ was: fc.constant("funding" as const), body: fc.record({ ticker, fundingIndex: signed }) }),
      fc.constant({ do: "withdraw" as const, asset: assetId("USDC"), amount: "all" as const }),
    );
  },
  wrong: [
    { name: "unsettled funding left out", engine: bound(settled) },
    { name: "book instead of oracle", engine: bound(bookPrice) },
    { name: "initial for maintenance", engine: bound(initialForMaintenance) },
  ],
  isOptional: (path) => path.at(-1) === "openInterest" || path.at(-1) === "funding" || path.at(-1) === "ownImfPpm",
};

marginConformance(spec);
