import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import {
  accountKey,
  add,
  assetId,
  canonical,
  dec,
  exact,
  hash,
  holdingId,
  isNegative,
  ms,
  multiply,
  negate,
  subtract,
  text,
  venueId,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, Position } from "./holding.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { margin } from "./margin.ts";
import { readTerms } from "./read-terms.ts";
import type { BinanceTerms } from "./terms.ts";
import type { BinanceVenueEffect } from "./venue-effect.ts";
import shipped from "./terms/2026-05-01.json" with { type: "json" };
import { NOW, bodyOf, position, sceneOf } from "./testing.ts";

type Engine = MarginEngine<Body, BinanceTerms, BinanceVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

const holdingOf = (body: Body) => ({
  id: holdingId("mine"),
  venue: venueId("binance"),
  rules: "usdm-2025-09",
  asOf: NOW,
  body,
});
/** The scene as the world has it: terms as the document's own text. */
const worldOf = (marks: Readonly<Record<string, string>>): Scene<unknown> => {
  const scene = sceneOf(marks);
  return {
    ...scene,
    terms: {
      ...scene.terms,
      hash: hash(canonical(shipped.body).length.toString(16).padStart(64, "0")),
      body: shipped.body,
    },
  };
};

const PRICES = { BTCUSDT: 90_000, ETHUSDT: 3_000 } as const;
const held = (symbol: "BTCUSDT" | "ETHUSDT", side: "BOTH" | "LONG" | "SHORT") =>
  fc
    .record({
      size: fc.integer({ min: 1, max: 3_000_000 }),
      short: fc.boolean(),
      drift: fc.integer({ min: -300, max: 300 }),
      isolated: fc.boolean(),
      cover: fc.integer({ min: 1, max: 300 }),
      leverage: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ size, short, drift, isolated, cover, leverage }) => {
      const sign = side === "SHORT" || (side === "BOTH" && short) ? "-" : "";
      const entry = (PRICES[symbol] * (1000 + drift)) / 1000;
      const wallet = isolated ? { wallet: ((size / 1000) * PRICES[symbol] * (cover / 1000)).toFixed(8) } : {};
      return position(symbol, `${sign}${text(exact(BigInt(size), 3))}`, entry.toFixed(2), {
        side,
        leverage: `${leverage}`,
        ...wallet,
      });
    });
const bodies: fc.Arbitrary<Body> = fc
  .record({
    hedge: fc.boolean(),
    both: fc.boolean(),
    wallet: fc.integer({ min: 0, max: 20_000_000 }),
    rate: fc.integer({ min: -300, max: 300 }),
  })
  .chain(({ hedge, both, wallet, rate }) => {
    const symbols = both ? (["BTCUSDT", "ETHUSDT"] as const) : (["BTCUSDT"] as const);
    const sides = hedge ? (["LONG", "SHORT"] as const) : (["BOTH"] as const);
    const funding = symbols.map((symbol) => ({
      symbol,
      rate: exact(BigInt(rate), 6),
      next: ms(NOW + 3_600_000),
      everyMs: ms(28_800_000),
    }));
    return fc
      .tuple(...symbols.flatMap((symbol) => sides.map((side) => held(symbol, side))))
      .map((positions) => bodyOf(`${wallet}`, positions, { mode: hedge ? "hedge" : "one-way", funding }));
  });
const states: fc.Arbitrary<State> = fc
  .tuple(bodies, fc.integer({ min: 6_000_000, max: 12_000_000 }), fc.integer({ min: 200_000, max: 400_000 }))
  .map(([body, btc, eth]) => ({
    holding: holdingOf(body),
    scene: worldOf({ BTCUSDT: text(exact(BigInt(btc), 2)), ETHUSDT: text(exact(BigInt(eth), 2)) }),
  }));

const subject = (body: Body, line: Subject["line"] = "maintenance", account = "cross:USDT"): Subject => ({
  holding: holdingOf(body),
  scene: worldOf({ BTCUSDT: "100000", ETHUSDT: "4000" }),
  account: accountKey(account),
  line,
});

const mapPositions = (body: Body, change: (each: Position) => Position): Body => ({
  ...body,
  positions: body.positions.map(change),
});
const isolatedWallet = (each: Position, change: (wallet: Position["size"]) => Position["size"]): Position =>
  each.margin.mode === "cross" ? each : { ...each, margin: { mode: "isolated", wallet: change(each.margin.wallet) } };

/** Mistakes of the trade: each is what some published tool prints. */
const firstTierOnly: Engine = {
  ...margin,
  compile: (body, account, scene, line) =>
    margin.compile(
      body,
      account,
      withTables(scene, (tiers) => tiers.slice(0, 1)),
      line,
    ),
};
const anyPrice: Engine = {
  ...margin,
  assess: (body, account, scene) =>
    margin.assess(body, account, {
      ...scene,
      quotes: new Map(
        [...scene.quotes].map(([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }]),
      ),
    }),
};
/** Requirements of the notional at entry, which stand still while the price moves. */
const atEntry: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const now = margin.assess(body, account, scene);
    const entries = Object.fromEntries(body.positions.map(({ symbol, entry }) => [symbol, text(entry)]));
    const then = margin.assess(body, account, sceneOf(entries, scene.terms.body));
    const lines = now.lines.map((line) => {
      const { required } = then.lines.find(({ name }) => name === line.name) ?? line;
      const surplus = subtract(add(line.surplus, line.required), required);
      return { ...line, required, surplus, crossed: surplus.digits <= 0n };
    });
    return { ...now, lines };
  },
};
const netted: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const net = body.positions.filter(({ positionSide }) => positionSide !== "SHORT");
    return margin.compile({ ...body, positions: net }, account, scene, line);
  },
};
function withTables(
  scene: Scene<BinanceTerms>,
  change: (tiers: BinanceTerms["symbols"][string]["tiers"]) => BinanceTerms["symbols"][string]["tiers"],
): Scene<BinanceTerms> {
  const symbols = Object.fromEntries(
    Object.entries(scene.terms.body.symbols).map(([symbol, terms]) => [
      symbol,
      { ...terms, tiers: change(terms.tiers) },
    ]),
  );
  return { ...scene, terms: { ...scene.terms, body: { symbols } } };
}

const otherSide = (text: string): string => text.replace(/LONG|SHORT/, (side) => (side === "LONG" ? "SHORT" : "LONG"));

const spec: Conformance = {
  name: "binance USD-M",
  engine: bound(margin),
  states,
  lines: ["maintenance", "initial"],
  ties: [
    // 0.4 % of 100,000 is 400; 1,200 - 0 and 0.5 % - 300 meet at 300,000
    subject(bodyOf("400", [position("BTCUSDT", "1", "100000")])),
    subject(bodyOf("1200", [position("BTCUSDT", "-3", "100000")])),
    subject(bodyOf("0", [position("BTCUSDT", "1", "90000", { wallet: "-9600" })]), "maintenance", "BTCUSDT:BOTH"),
    subject(bodyOf("5000", [position("BTCUSDT", "1", "100000")]), "initial"),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf("1000", [])) },
    {
      name: "an account that is not there",
      expect: "no-position",
      ...subject(bodyOf("1000", []), "maintenance", "BTCUSDT:BOTH"),
    },
    {
      name: "a long that cannot lose what it has",
      expect: "no-boundary",
      ...subject(bodyOf("100000", [position("BTCUSDT", "1", "90000")])),
    },
  ],
  scaled: { notProportional: "a larger notional is charged by a higher tier" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 16n }), 8);
    const wallets = body.wallets.map((each) => ({ ...each, cross: add(each.cross, more) }));
    return {
      ...holding,
      body: mapPositions({ ...body, wallets }, (each) => isolatedWallet(each, (wallet) => add(wallet, more))),
    };
  },
  positions: {
    larger: (holding, times) => {
      const by = (amount: Position["size"]) => multiply(amount, exact(times));
      const larger = mapPositions(holding.body as Body, (each) =>
        each.margin.mode === "cross" ? each : { ...isolatedWallet(each, by), size: by(each.size) },
      );
      return { ...holding, body: larger };
    },
    turned: (asked) => ({
      ...asked,
      account: accountKey(otherSide(asked.account)),
      holding: {
        ...asked.holding,
        body: mapPositions(asked.holding.body as Body, (each) => ({
          ...each,
          size: negate(each.size),
          positionSide: otherSide(each.positionSide) as Position["positionSide"],
        })),
      },
    }),
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      const more = exact(BigInt(g(fc.integer, { min: 1, max: 1_000_000 })), 1);
      const short = g(fc.boolean);
      const side = body.mode === "one-way" ? "BOTH" : short ? "SHORT" : "LONG";
      const added = position("SOLUSDT", text(short ? negate(more) : more), "150", { side });
      return {
        holding: { ...holding, body: { ...body, positions: [...body.positions, added] } },
        scene: { ...scene, quotes: new Map([...scene.quotes, ...sceneOf({ SOLUSDT: "150" }).quotes]) },
      };
    },
  },
  effects: ({ holding, scene }) => {
    const body = holding.body as Body;
    const mark = text(scene.quotes.values().next().value!.value);
    const orders = body.positions.map(({ symbol, size }) =>
      fc.record({
        do: fc.constant("order" as const),
        instrument: fc.constantFrom(symbol, "PEPEUSDT"),
        side: fc.constant(isNegative(size) ? ("buy" as const) : ("sell" as const)),
        size: fc.integer({ min: 0, max: 4_000_000 }).map((steps) => exact(BigInt(steps), 3)),
        limit: fc.constantFrom(dec(mark), dec("90000"), dec("0")),
        reduceOnly: fc.boolean(),
      }),
    );
    const moves = body.positions.map(({ symbol, positionSide }) =>
      fc.record({
        do: fc.constant("move-margin" as const),
        from: fc.constant(accountKey("cross:USDT")),
        to: fc.constant(accountKey(`${symbol}:${positionSide}`)),
        asset: fc.constantFrom(assetId("USDT"), assetId("BNB")),
        amount: fc.bigInt({ min: -10n, max: 10n ** 15n }).map((digits) => exact(digits, 8)),
      }),
    );
    const funding = fc
      .bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
      .map((digits) => ({ was: "funding" as const, body: { asset: "USDT", amount: exact(digits, 8) } }));
    return fc.oneof(...orders, ...moves, funding, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  // between two settlements the form's steady accrual is off by one settlement at most, at the highest marks of the states
  laterError: ({ accrual, quotes }) =>
    1e-8 * quotes.length * 2 +
    (accrual?.legs ?? []).reduce((sum, { factor, curve }) => {
      const slope = curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN;
      return sum + (slope * (quotes[factor]!.includes("BTC") ? 120_000 : 4_000)) / 3;
    }, 0),
  wrong: [
    { name: "first tier only", engine: bound(firstTierOnly) },
    { name: "another price than mark", engine: bound(anyPrice) },
    { name: "entry-price maintenance", engine: bound(atEntry) },
    { name: "hedge sides netted", engine: bound(netted) },
  ],
  isName: (path) =>
    path.at(-1) === "symbol" || path.at(-1) === "asset" || (path[0] === "orders" && path.at(-1) === "id"),
  isOptional: (path) => path.at(-1) === "leverage" || path.at(-1) === "everyMs",
};

marginConformance(spec);
