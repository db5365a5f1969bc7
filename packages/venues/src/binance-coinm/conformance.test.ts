import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  hash,
  holdingId,
  isNegative,
  ms,
  multiply,
  negate,
  quoteKey,
  text,
} from "@plimsoll/core/units";
import { readBody, readEffect, readTerms } from "@plimsoll/venues/binance";
import type { BinanceTerms, BinanceVenueEffect, Body } from "@plimsoll/venues/binance/margin";
import * as fc from "fast-check";
import { margin } from "./margin.ts";
import { BINANCE_COINM, NOW, T, bodyOf, position, sceneOf, withTiers } from "./testing.ts";

type Engine = MarginEngine<Body, BinanceTerms, BinanceVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

/** Terms as a document has them: decimals as text. */
const asText = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("digits" in value && "scale" in value) return text(value as never);
  if (Array.isArray(value)) return value.map(asText);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asText(each)]));
};
const TERMS = withTiers(T);
const worldOf = (marks: Readonly<Record<string, string>>): Scene<unknown> => {
  const scene = sceneOf(marks, TERMS);
  return { ...scene, terms: { ...scene.terms, hash: hash("1".repeat(64)), body: asText(TERMS) } };
};
const holdingOf = (body: Body) => ({
  id: holdingId("mine"),
  venue: BINANCE_COINM,
  rules: "coinm-2025-09",
  asOf: NOW,
  body,
});

const PRICES = { BTCUSD_PERP: 90_000, BTCUSD_261225: 90_000, ETHUSD_PERP: 3_000 } as const;
type Symbol = keyof typeof PRICES;
const held = (symbol: Symbol, side: "BOTH" | "LONG" | "SHORT") =>
  fc
    .record({
      contracts: fc.integer({ min: 1, max: 30_000 }),
      short: fc.boolean(),
      drift: fc.integer({ min: -300, max: 300 }),
      isolated: fc.boolean(),
      cover: fc.integer({ min: 1, max: 300 }),
      leverage: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ contracts, short, drift, isolated, cover, leverage }) => {
      const sign = side === "SHORT" || (side === "BOTH" && short) ? "-" : "";
      const entry = (PRICES[symbol] * (1000 + drift)) / 1000;
      const worth = (contracts * (symbol === "ETHUSD_PERP" ? 10 : 100)) / PRICES[symbol];
      const wallet = isolated ? { wallet: ((worth * cover) / 1000).toFixed(8) } : {};
      return position(symbol, `${sign}${contracts}`, entry.toFixed(2), { side, leverage: `${leverage}`, ...wallet });
    });
const bodies: fc.Arbitrary<Body> = fc
  .record({
    hedge: fc.boolean(),
    symbols: fc.subarray<Symbol>(["BTCUSD_PERP", "BTCUSD_261225", "ETHUSD_PERP"], { minLength: 1 }),
    btc: fc.integer({ min: 0, max: 20_000 }),
    eth: fc.integer({ min: 0, max: 20_000 }),
    rate: fc.integer({ min: -300, max: 300 }),
  })
  .chain(({ hedge, symbols, btc, eth, rate }) => {
    const sides = hedge ? (["LONG", "SHORT"] as const) : (["BOTH"] as const);
    const funding = [
      { symbol: "BTCUSD_PERP", rate: exact(BigInt(rate), 6), next: ms(NOW + 3_600_000), everyMs: ms(28_800_000) },
    ];
    const wallets = { BTC: text(exact(BigInt(btc), 3)), ETH: text(exact(BigInt(eth), 2)) };
    return fc
      .tuple(...symbols.flatMap((symbol) => sides.map((side) => held(symbol, side))))
      .map((positions) => bodyOf(wallets, positions, { mode: hedge ? "hedge" : "one-way", funding }));
  });
const price = (low: number, high: number) =>
  fc.integer({ min: low * 100, max: high * 100 }).map((cents) => text(exact(BigInt(cents), 2)));
const states: fc.Arbitrary<State> = fc
  .tuple(bodies, price(60_000, 120_000), price(60_000, 120_000), price(2_000, 4_000))
  .map(([body, perpetual, quarterly, ether]) => ({
    holding: holdingOf(body),
    scene: worldOf({ BTCUSD_PERP: perpetual, BTCUSD_261225: quarterly, ETHUSD_PERP: ether }),
  }));

const subject = (body: Body, line: Subject["line"] = "maintenance", account = "cross:BTC"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf({ BTCUSD_PERP: "50000", BTCUSD_261225: "50000", ETHUSD_PERP: "4000" }),
  account: accountKey(account),
  line,
});

/** Mistakes of the trade. */
const tierAtEntry: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const [lowest] = scene.terms.body.symbols["BTCUSD_PERP"]!.tiers;
    return margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: withTiers([lowest!]) } }, line);
  },
};
const contractIsTen: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const symbols = Object.fromEntries(
      Object.entries(scene.terms.body.symbols).map(([name, each]) => [name, { ...each, contractSize: dec("10") }]),
    );
    return margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: { symbols } } }, line);
  },
};
const anotherPrice: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const quotes = [...scene.quotes].map(
      ([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }] as const,
    );
    return margin.assess(body, account, { ...scene, quotes: new Map(quotes) });
  },
};
const linear: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const symbols = Object.fromEntries(
      Object.entries(scene.terms.body.symbols).map(([name, each]) => {
        const { contractSize: _, ...rest } = each;
        return [name, rest];
      }),
    );
    return margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: { symbols } } }, line);
  },
};

const otherSide = (text: string): string => text.replace(/LONG|SHORT/, (side) => (side === "LONG" ? "SHORT" : "LONG"));

const spec: Conformance = {
  name: "binance COIN-M",
  engine: bound(margin),
  states,
  lines: ["maintenance", "initial"],
  ties: [
    // 2 BTC at 50,000: 0.4 % is 0.008; 10 BTC: 0.5 % - 0.005 and 1 % - 0.055 meet at 0.045
    subject(bodyOf({ BTC: "0.008" }, [position("BTCUSD_PERP", "1000", "50000")])),
    subject(bodyOf({ BTC: "0.045" }, [position("BTCUSD_PERP", "-5000", "50000")])),
    subject(
      bodyOf({ BTC: "0" }, [position("BTCUSD_PERP", "1000", "40000", { wallet: "-0.492" })]),
      "maintenance",
      "BTCUSD_PERP:BOTH",
    ),
    subject(bodyOf({ BTC: "0.1" }, [position("BTCUSD_PERP", "1000", "50000")]), "initial"),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf({ BTC: "1" }, [])) },
    {
      name: "a short that holds all its coins",
      expect: "no-boundary",
      ...subject(bodyOf({ BTC: "2" }, [position("BTCUSD_PERP", "-1000", "50000")])),
    },
  ],
  scaled: { notProportional: "a larger notional is charged by a higher tier" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 11n }), 8);
    return {
      ...holding,
      body: {
        ...body,
        wallets: body.wallets.map((each) => ({ ...each, cross: add(each.cross, more) })),
        positions: body.positions.map((each) =>
          each.margin.mode === "cross"
            ? each
            : { ...each, margin: { mode: "isolated" as const, wallet: add(each.margin.wallet, more) } },
        ),
      },
    };
  },
  positions: {
    larger: (holding, times) => {
      const by = (amount: Exact) => multiply(amount, exact(times));
      const body = holding.body as Body;
      const positions = body.positions.map((each) =>
        each.margin.mode === "cross"
          ? each
          : { ...each, size: by(each.size), margin: { mode: "isolated" as const, wallet: by(each.margin.wallet) } },
      );
      return { ...holding, body: { ...body, positions } };
    },
    // in coins a short gains what the long loses, although neither is a straight line of the price
    turned: (asked) => {
      const body = asked.holding.body as Body;
      const positions = body.positions.map((each) => ({
        ...each,
        size: negate(each.size),
        positionSide: otherSide(each.positionSide) as typeof each.positionSide,
      }));
      const holding = { ...asked.holding, body: { ...body, positions } };
      return { ...asked, account: accountKey(otherSide(asked.account)), holding };
    },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      const free = Object.keys(PRICES).filter((symbol) => body.positions.every((each) => each.symbol !== symbol));
      if (free.length === 0) return undefined;
      const symbol = free[g(fc.nat, { max: free.length - 1 })]!;
      const contracts = g(fc.integer, { min: 1, max: 90_000 });
      const short = g(fc.boolean);
      const side = body.mode === "one-way" ? "BOTH" : short ? "SHORT" : "LONG";
      const mark = text(scene.quotes.get(quoteKey(`binance-coinm:${symbol}:mark`))!.value);
      const added = position(symbol, `${short ? "-" : ""}${contracts}`, mark, { side });
      return { scene, holding: { ...holding, body: { ...body, positions: [...body.positions, added] } } };
    },
  },
  effects: ({ holding }) => {
    const body = holding.body as Body;
    const orders = body.positions.map(({ symbol, size }) =>
      fc.record({
        do: fc.constant("order" as const),
        instrument: fc.constantFrom<string>(symbol, "LTCUSD_PERP"),
        side: fc.constant(isNegative(size) ? ("buy" as const) : ("sell" as const)),
        size: fc.integer({ min: 0, max: 40_000 }).map((contracts) => exact(BigInt(contracts))),
        limit: fc.constantFrom(dec("90000"), dec("3000.1"), dec("0")),
        reduceOnly: fc.boolean(),
      }),
    );
    const moves = body.positions.map(({ symbol, positionSide, asset }) =>
      fc.record({
        do: fc.constant("move-margin" as const),
        from: fc.constant(accountKey(`cross:${asset}`)),
        to: fc.constant(accountKey(`${symbol}:${positionSide}`)),
        asset: fc.constantFrom(assetId(asset), assetId("BNB")),
        amount: fc.bigInt({ min: -10n, max: 10n ** 10n }).map((digits) => exact(digits, 8)),
      }),
    );
    return fc.oneof(...orders, ...moves, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  // between two settlements the form's steady accrual is off by one settlement at most, at the lowest marks of the states
  laterError: ({ accrual, quotes }) =>
    1e-8 * quotes.length * 2 +
    (accrual?.legs ?? []).reduce((sum, { curve }) => {
      const slope = curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN;
      return sum + slope / 60_000 / 3;
    }, 0),
  wrong: [
    { name: "tier at entry", engine: bound(tierAtEntry) },
    { name: "another price than mark", engine: bound(anotherPrice) },
    { name: "ten dollars a contract", engine: bound(contractIsTen) },
    { name: "counted as linear", engine: bound(linear) },
  ],
  isName: (path) =>
    path.at(-1) === "symbol" || path.at(-1) === "asset" || (path[0] === "orders" && path.at(-1) === "id"),
  isOptional: (path) => path.at(-1) === "leverage" || path.at(-1) === "everyMs",
};

marginConformance(spec);
