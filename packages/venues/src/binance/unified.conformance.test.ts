import { type MarginEngine, type Quote, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import {
  ONE,
  type QuoteKey,
  ZERO,
  accountKey,
  add,
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
import { indexKey } from "./asset-value.ts";
import type { Body, Position } from "./holding.ts";
import { margin } from "./margin.ts";
import { markKey } from "./position.ts";
import { readEffect } from "./read-effect.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { AssetTerms, BinanceTerms } from "./terms.ts";
import { NOW, SNAPSHOT, position, tier } from "./testing.ts";
import type { BinanceVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<Body, BinanceTerms, BinanceVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

/** Two accounts of all assets together: multi-assets mode, and portfolio margin with inverse contracts and banded collateral. */
interface Kind {
  readonly name: "multi-assets" | "portfolio";
  readonly venue: string;
  readonly terms: BinanceTerms;
  readonly lines: Conformance["lines"];
  /** What has to stand behind 950 USD of maintenance, in bitcoin that counts for 95,000 USD. */
  readonly tie: string;
}

const counts = (...bands: readonly (readonly [floor: string, rate: string])[]): AssetTerms["collateral"] =>
  bands.map(([floor, rate]) => ({ floor: dec(floor), rate: dec(rate) }));
const multiAssets: Kind = {
  name: "multi-assets",
  venue: "binance",
  terms: SNAPSHOT,
  lines: ["maintenance", "initial"],
  tie: "0.01",
};
const portfolio: Kind = {
  name: "portfolio",
  venue: "binance-pm",
  terms: {
    symbols: {
      ...SNAPSHOT.symbols,
      BTCUSD_PERP: {
        ...SNAPSHOT.symbols["BTCUSDT"]!,
        asset: "BTC",
        contractSize: dec("100"),
        step: ONE,
        tiers: [tier("0", "5", "0.004", "0", "125"), tier("5", "100000", "0.005", "0.005", "1")],
      },
    },
    assets: {
      USDT: { collateral: counts(["0", "1"]), askBuffer: ZERO },
      BTC: { collateral: counts(["0", "0.95"], ["500000", "0.9"], ["2000000", "0.5"]), askBuffer: ZERO },
    },
    uniMmr: { warn: dec("1.5"), reduceOnly: dec("1.2"), liquidation: dec("1.05"), claim: ONE },
  },
  lines: ["warn", "initial", "maintenance", "bankruptcy"],
  tie: "0.0105",
};

/** Terms as a document has them: decimals as text. */
const asText = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("digits" in value && "scale" in value) return text(value as never);
  if (Array.isArray(value)) return value.map(asText);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asText(each)]));
};

type Prices = { readonly [symbol: string]: string };

function specOf({ name, venue, terms, lines, tie }: Kind): Conformance {
  const written = asText(terms);
  const sceneOf = (marks: Prices, indices: Prices): Scene<unknown> => ({
    now: NOW,
    quotes: new Map<QuoteKey, Quote>([
      ...Object.entries(marks).map(
        ([symbol, price]) => [markKey(symbol, venue), { value: dec(price), kind: "mark", asOf: NOW }] as const,
      ),
      ...Object.entries(indices).map(
        ([asset, price]) => [indexKey(asset, venue), { value: dec(price), kind: "index", asOf: NOW }] as const,
      ),
    ]),
    terms: {
      venue: venueId(venue),
      rules: "test",
      validFrom: NOW,
      hash: hash(name.length.toString(16).padStart(64, "0")),
      source: "test",
      body: written,
    },
  });
  const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: venueId(venue), rules: "test", asOf: NOW, body });
  const bodyOf = (wallets: Prices, positions: readonly Position[], funding: Body["funding"] = []): Body => ({
    mode: positions.some(({ positionSide }) => positionSide !== "BOTH") ? "hedge" : "one-way",
    wallets: Object.entries(wallets).map(([asset, cross]) => ({ asset, cross: dec(cross), orderMargin: ZERO })),
    positions,
    orders: [],
    funding,
    unified: name,
  });
  const held = (symbol: string, side: "BOTH" | "LONG" | "SHORT", at: number) =>
    fc
      .record({
        size: fc.integer({ min: 1, max: 2_000 }),
        short: fc.boolean(),
        drift: fc.integer({ min: -200, max: 200 }),
        leverage: fc.integer({ min: 1, max: 50 }),
      })
      .map(({ size, short, drift, leverage }): Position => {
        const sign = side === "SHORT" || (side === "BOTH" && short) ? "-" : "";
        const inverse = terms.symbols[symbol]!.contractSize !== undefined;
        const amount = inverse ? `${size}` : text(exact(BigInt(size), 2));
        const entry = ((at * (1000 + drift)) / 1000).toFixed(2);
        return {
          ...position(symbol, `${sign}${amount}`, entry, { side, leverage: `${leverage}` }),
          asset: inverse ? "BTC" : "USDT",
        };
      });
  const symbols = Object.keys(terms.symbols).filter((symbol) => ["BTCUSDT", "ETHUSDT", "BTCUSD_PERP"].includes(symbol));
  const bodies = fc
    .record({
      hedge: fc.boolean(),
      own: fc.subarray(symbols, { minLength: 1 }),
      usdt: fc.integer({ min: -200_000, max: 2_000_000 }),
      btc: fc.integer({ min: 0, max: 3_000 }),
      rate: fc.integer({ min: -300, max: 300 }),
    })
    .chain(({ hedge, own, usdt, btc, rate }) => {
      const sides = hedge ? (["LONG", "SHORT"] as const) : (["BOTH"] as const);
      const funding = [
        { symbol: "BTCUSDT", rate: exact(BigInt(rate), 6), next: ms(NOW + 3_600_000), everyMs: ms(28_800_000) },
      ];
      const wallets = { USDT: `${usdt}`, BTC: text(exact(BigInt(btc), 2)) };
      return fc
        .tuple(
          ...own.flatMap((symbol) =>
            sides.map((side) => held(symbol, side, symbol.startsWith("ETH") ? 3_000 : 90_000)),
          ),
        )
        .map(
          (positions) => ({ ...bodyOf(wallets, positions, funding), mode: hedge ? "hedge" : "one-way" }) satisfies Body,
        );
    });
  const cents = (low: number, high: number, scale = 2) =>
    fc
      .integer({ min: Math.round(low * 10 ** scale), max: Math.round(high * 10 ** scale) })
      .map((value) => text(exact(BigInt(value), scale)));
  const states: fc.Arbitrary<State> = fc
    .tuple(
      bodies,
      cents(60_000, 120_000),
      cents(60_000, 120_000),
      cents(2_000, 4_000),
      cents(60_000, 120_000),
      cents(0.9, 1.1, 4),
    )
    .map(([body, btc, perpetual, eth, index, usdt]) => ({
      holding: holdingOf(body),
      scene: sceneOf({ BTCUSDT: btc, ETHUSDT: eth, BTCUSD_PERP: perpetual }, { BTC: index, USDT: usdt }),
    }));
  const subject = (body: Body, line: Subject["line"] = "maintenance"): Subject => ({
    holding: holdingOf(body),
    scene: sceneOf({ BTCUSDT: "100000", ETHUSDT: "4000", BTCUSD_PERP: "100000" }, { BTC: "100000", USDT: "1" }),
    account: accountKey(name),
    line,
  });
  const under = (change: (each: BinanceTerms) => BinanceTerms): Engine => ({
    ...margin,
    compile: (body, account, scene, line) =>
      margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: change(scene.terms.body) } }, line),
  });
  const assets = (change: (each: AssetTerms) => AssetTerms) => (each: BinanceTerms) => ({
    ...each,
    assets: Object.fromEntries(Object.entries(each.assets!).map(([asset, one]) => [asset, change(one)])),
  });
  // 237,500 USDT at 0.4 % need 950
  const tied = bodyOf({ USDT: "0", BTC: tie }, [position("BTCUSDT", "2.375", "100000")]);
  return {
    name: `binance, ${name}`,
    engine: bound(margin),
    states,
    lines,
    ties: [
      subject(tied),
      ...(name === "portfolio" ? [subject(bodyOf({ USDT: "0", BTC: "0.015" }, tied.positions), "warn")] : []),
    ],
    nulls: [
      { name: "no position", expect: "no-position", ...subject(bodyOf({ USDT: "5", BTC: "1" }, [])) },
      {
        name: "a long that cannot lose what it has",
        expect: "no-boundary",
        ...subject(bodyOf({ USDT: "200000", BTC: "0" }, [position("BTCUSDT", "1", "90000")])),
      },
    ],
    scaled: { notProportional: "a larger notional is charged by a higher tier" },
    withCash: (holding, g) => {
      const body = holding.body as Body;
      const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 11n }), 8);
      const wallets = body.wallets.map((each) => ({ ...each, cross: add(each.cross, more) }));
      return { ...holding, body: { ...body, wallets } };
    },
    positions: {
      larger: { notHere: "no position is isolated" },
      turned: { notHere: "a gain counts less the haircut, a loss in full" },
      burdened: ({ holding, scene }, g) => {
        const body = holding.body as Body;
        const more = exact(BigInt(g(fc.integer, { min: 1, max: 1_000_000 })), 1);
        const short = g(fc.boolean);
        const side = body.mode === "one-way" ? "BOTH" : short ? "SHORT" : "LONG";
        const added = position("SOLUSDT", text(short ? negate(more) : more), "150", { side });
        return {
          holding: { ...holding, body: { ...body, positions: [...body.positions, added] } },
          scene: {
            ...scene,
            quotes: new Map([
              ...scene.quotes,
              [markKey("SOLUSDT", venue), { value: dec("150"), kind: "mark", asOf: NOW }] as const,
            ]),
          },
        };
      },
    },
    effects: ({ holding }) => {
      const orders = (holding.body as Body).positions.map(({ symbol, size }) =>
        fc.record({
          do: fc.constant("order" as const),
          instrument: fc.constantFrom(symbol, "PEPEUSDT"),
          side: fc.constant(isNegative(size) ? ("buy" as const) : ("sell" as const)),
          size: fc.integer({ min: 0, max: 4_000 }).map((steps) => exact(BigInt(steps), 2)),
          limit: fc.constantFrom(dec("90000"), dec("3000.1"), dec("0")),
          reduceOnly: fc.boolean(),
        }),
      );
      return fc.oneof(...orders, fc.constant({ do: "cancel" as const, order: "1" }));
    },
    // one settlement at the highest mark, and what a sum that turns from owned to owed counts more a day
    laterError: ({ accrual, quotes }, byMs) =>
      1e-2 * quotes.length +
      (accrual?.legs ?? []).reduce((sum, { curve }) => {
        const slope = curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN;
        return sum + slope * 120_000 * 1.1 * (1 / 3 + (3e-4 * byMs) / 86_400_000);
      }, 0),
    wrong: [
      { name: "no haircut", engine: bound(under(assets((each) => ({ ...each, collateral: counts(["0", "1"]) })))) },
      {
        name: "a haircut on what is owed",
        engine: bound(under(assets((each) => ({ ...each, askBuffer: subtract(dec("0.9"), ONE) })))),
      },
      {
        name: "first tier only",
        engine: bound(
          under((each) => ({
            ...each,
            symbols: Object.fromEntries(
              Object.entries(each.symbols).map(([symbol, one]) => [symbol, { ...one, tiers: one.tiers.slice(0, 1) }]),
            ),
          })),
        ),
      },
      {
        name: "dollars for tethers",
        engine: bound({
          ...margin,
          assess: (body, account, scene) => {
            const key = indexKey("USDT", venue);
            const quote = scene.quotes.get(key);
            const quotes = new Map(scene.quotes);
            if (quote !== undefined) quotes.set(key, { ...quote, value: multiply(quote.value, dec("1.001")) });
            return margin.assess(body, account, { ...scene, quotes });
          },
        }),
      },
    ],
    isName: (path) =>
      path.at(-1) === "symbol" || path.at(-1) === "asset" || (path[0] === "orders" && path.at(-1) === "id"),
    isOptional: (path) => ["leverage", "everyMs", "unified"].includes(path.at(-1)!),
  };
}

marginConformance(specOf(multiAssets));
marginConformance(specOf(portfolio));
