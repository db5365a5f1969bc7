import { type MarginEngine, type MarginForm, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  canonical,
  compare,
  dec,
  exact,
  hash,
  holdingId,
  isNegative,
  magnitude,
  ms,
  multiply,
  quotient,
  text,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { WALLET } from "./accounts.ts";
import type { Body, Position } from "./holding.ts";
import { margin } from "./margin.ts";
import { indexKey, markKey } from "./quotes.ts";
import { readBody } from "./read-holding.ts";
import { readEffect } from "./read-effect.ts";
import { readTerms } from "./read-terms.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";
import { NOW, bodyOf, position, sceneOf } from "./testing.ts";
import type { BybitVenueEffect } from "./venue-effect.ts";
import { BYBIT, MARK_RULES } from "./written.ts";

type Engine = MarginEngine<Body, BybitTerms, BybitVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readBody, readTerms, readEffect);

const frame = { tick: "0.1", takerFee: "0.0005", complete: true };
/** A document as text: a linear and an inverse contract, and coins whose ratios fall and whose debts come in two rates. */
const DOCUMENT = {
  valuation: "mark",
  contracts: {
    BTCUSDT: {
      ...frame,
      type: "linear",
      settle: "USDT",
      quote: "USDT",
      step: "0.01",
      tiers: [
        { floor: "0", cap: "300000", mmr: "0.004", deduction: "" },
        { floor: "300000", cap: "800000", mmr: "0.005", deduction: "300" },
        { floor: "800000", cap: "5000000", mmr: "0.0065", deduction: "1500" },
      ],
    },
    BTCUSD: {
      ...frame,
      type: "inverse",
      settle: "BTC",
      quote: "USD",
      step: "1",
      tiers: [
        { floor: "0", cap: "2", mmr: "0.004", deduction: "" },
        { floor: "2", cap: "5", mmr: "0.006", deduction: "0.004" },
        { floor: "5", cap: "150", mmr: "0.01", deduction: "0.024" },
      ],
    },
  },
  coins: {
    USDT: {
      ratios: [{ cap: "500000", rate: "1" }, { rate: "0.95" }],
      borrow: [{ cap: "20000.123", rate: "0.03" }, { rate: "0.05" }],
    },
    BTC: {
      ratios: [{ cap: "2", rate: "0.98" }, { cap: "5", rate: "0.9725" }, { rate: "0.9" }],
      borrow: [{ cap: "0.7512345", rate: "0.04" }, { rate: "0.06" }],
    },
  },
};
const ENTRY_DOCUMENT = { ...DOCUMENT, valuation: "entry" };
const read = readTerms(DOCUMENT);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const TERMS = read.value;

const holdingOf = (body: Body) => ({ id: holdingId("mine"), venue: BYBIT, rules: MARK_RULES, asOf: NOW, body });
const worldOf = (prices: Readonly<Record<string, string>>, document: object = DOCUMENT): Scene<unknown> => {
  const scene = sceneOf(prices, TERMS);
  const size = canonical(document).length.toString(16).padStart(64, "0");
  return { ...scene, terms: { ...scene.terms, hash: hash(size), body: document } };
};

const cents = (value: number) => text(exact(BigInt(value), 2));
const contracts = (symbol: "BTCUSDT" | "BTCUSD", side: Position["side"], isolated: boolean) =>
  fc
    .record({
      hundredths: fc.integer({ min: 1, max: 1_500 }),
      short: fc.boolean(),
      entry: fc.integer({ min: 6_000_000, max: 12_000_000 }),
      leverage: fc.integer({ min: 2, max: 50 }),
      cover: fc.integer({ min: 1, max: 1_100 }),
    })
    .map(({ hundredths, short, entry, leverage, cover }) => {
      const sign = side === "short" || (side === "one-way" && short) ? "-" : "";
      const linear = symbol === "BTCUSDT";
      const size = linear ? cents(hundredths) : `${hundredths * 1_000}`;
      const value = linear ? (hundredths / 100) * (entry / 100) : (hundredths * 1_000) / (entry / 100);
      return position(symbol, `${sign}${size}`, cents(entry), {
        side,
        coin: linear ? "USDT" : "BTC",
        leverage: `${leverage}`,
        ...(isolated && { posted: ((value * cover) / 1_000).toFixed(8) }),
      });
    });

const bodies: fc.Arbitrary<Body> = fc
  .record({
    isolated: fc.boolean(),
    hedge: fc.boolean(),
    usdt: fc.integer({ min: -3_000_007, max: 90_000_003 }),
    btc: fc.integer({ min: -120_000_007, max: 700_000_003 }),
    rate: fc.integer({ min: -300, max: 300 }),
    hourly: fc.integer({ min: 0, max: 50 }),
    both: fc.boolean(),
    orderMargin: fc.integer({ min: 0, max: 100_000 }),
    opens: fc.integer({ min: 0, max: 500 }),
    spotLeverage: fc.option(fc.integer({ min: 2, max: 10 }), { nil: undefined }),
    collateral: fc.boolean(),
  })
  .chain(({ isolated, hedge, usdt, btc, rate, hourly, both, orderMargin, opens, spotLeverage, collateral }) => {
    const sides = hedge ? (["long", "short"] as const) : (["one-way"] as const);
    const own = [
      ...sides.map((side) => contracts("BTCUSDT", side, isolated)),
      ...(both ? [contracts("BTCUSD", "one-way", isolated)] : []),
    ];
    return fc.tuple(...own).map((positions) => {
      const body = bodyOf(
        { USDT: cents(isolated ? Math.abs(usdt) : usdt), BTC: text(exact(BigInt(isolated ? Math.abs(btc) : btc), 8)) },
        positions,
      );
      return {
        ...body,
        balances: body.balances.map((each) => ({
          ...each,
          orderMargin: each.coin === "USDT" ? dec(cents(orderMargin)) : each.orderMargin,
          collateral: each.coin === "USDT" || collateral,
          hourlyRate: exact(BigInt(hourly), 7),
        })),
        orderLoss: isolated ? dec("0") : dec("12.5"),
        ...(spotLeverage !== undefined && { spotLeverage: exact(BigInt(spotLeverage)) }),
        orders: [{ id: "a", symbol: "BTCUSDT", side: sides[0], opens: dec(cents(opens)) }],
        funding: positions
          .filter((each, i) => positions.findIndex(({ symbol }) => symbol === each.symbol) === i)
          .map(({ symbol }) => ({
            symbol,
            rate: exact(BigInt(rate), 6),
            next: ms(NOW + 3_600_000),
            everyMs: ms(28_800_000),
          })),
      };
    });
  });
const price = (min: number, max: number) => fc.integer({ min, max });
const states: fc.Arbitrary<State> = fc
  .tuple(
    bodies,
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(600_000, 1_200_000),
    price(9_500, 10_500),
    fc.boolean(),
  )
  .map(([body, linear, inverse, btc, usdt, entry]) => ({
    holding: holdingOf(body),
    scene: worldOf(
      {
        BTCUSDT: text(exact(BigInt(linear), 1)),
        BTCUSD: text(exact(BigInt(inverse), 1)),
        BTC: text(exact(BigInt(btc), 1)),
        USDT: text(exact(BigInt(usdt), 4)),
      },
      entry ? ENTRY_DOCUMENT : DOCUMENT,
    ),
  }));

const at = { BTCUSDT: "100000.0", BTCUSD: "100000.0", BTC: "100000.0", USDT: "1.0000" };
const subject = (
  body: Body,
  account = "wallet",
  line: Subject["line"] = "maintenance",
  document: object = DOCUMENT,
): Subject => ({
  holding: holdingOf(body),
  scene: worldOf(at, document),
  account: accountKey(account),
  line,
});

/** The engine whose form is made under other terms than its verdicts. */
const compiledUnder = (change: (terms: BybitTerms, body: Body) => BybitTerms): Engine => ({
  ...margin,
  compile: (body, account, scene, line) =>
    margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: change(scene.terms.body, body) } }, line),
});
const eachOf = <T>(
  table: Readonly<Record<string, T>>,
  change: (each: T, name: string) => T,
): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(table).map(([name, each]) => [name, change(each, name)]));

/** Each table cut down to the row in which its position was opened. */
const tierAtEntry = (terms: BybitTerms, { positions }: Body): BybitTerms => ({
  ...terms,
  contracts: eachOf(terms.contracts, (contract, name): ContractTerms => {
    const held = positions.find(({ symbol }) => symbol === name);
    if (held === undefined) return contract;
    const size = magnitude(held.size);
    const value = contract.type === "linear" ? multiply(size, held.entry) : quotient(size, held.entry, 18, "up");
    const row = contract.tiers.find(({ cap }) => compare(value, cap) <= 0) ?? contract.tiers[0]!;
    return { ...contract, tiers: [{ ...row, floor: dec("0") }] };
  }),
});
const markAsIndex: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const quotes = new Map(scene.quotes);
    const index = quotes.get(indexKey("BTC"));
    for (const symbol of ["BTCUSDT", "BTCUSD"])
      if (index !== undefined && quotes.has(markKey(symbol))) quotes.set(markKey(symbol), { ...index, kind: "mark" });
    return margin.assess(body, account, { ...scene, quotes });
  },
};

/** Upper bound of a factor at the states' prices. */
const greatest = ({ quotes, factors }: MarginForm, factor: number): number =>
  factors[factor]!.powers.reduce((product, [quote, power]) => {
    const [least, most] = quotes[quote]!.includes("USDT:index") ? [0.95, 1.05] : [60_000, 120_000];
    return product * (power === 1 ? most : 1 / least);
  }, 1);
/**
 * Between two settlements steady accrual is off by one settlement at most. In the wallet a coin may meanwhile pass into another
 * band, where the whole that was paid counts at another rate (0 where it is no collateral, to 1 + 1 in debt), and a debt that
 * passes its cap is charged anew; interest is charged on interest, and on what funding made a debt: at most the hourly rate times
 * the hours on everything owed. Of an isolated position the fee to close ends where the bankruptcy price does.
 */
const laterError = (form: MarginForm, byMs: number): number => {
  const perDay = (form.accrual?.legs ?? []).reduce((sum, { factor, curve }) => {
    const slope = curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN;
    return sum + slope * greatest(form, factor);
  }, 0);
  const days = byMs / 86_400_000 + 1;
  const rounding = 1e-11;
  if (form.pools.length === 0) return perDay * (1 / 3 + days * 0.001) + rounding;
  const notional = 15 * 120_000 * 1.05 * 2 + 15_000 * 1_000 * 2;
  const funded = notional * 0.0003 * 3 * days;
  const owed = 30_001 * 1.05 + 1.21 * 120_000 + funded;
  return 2 * funded + 2 * (funded + 0.03 * owed) + 2 * owed * 0.000005 * 24 * days + rounding;
};

const spec: Conformance = {
  name: "bybit",
  engine: bound(margin),
  states,
  lines: ["maintenance", "initial"],
  ties: [
    // 0.4 % and 0.05 % * 0.9 of 100,000
    subject(bodyOf({ USDT: "445" }, [position("BTCUSDT", "1", "100000")])),
    // a tenth of 100,000 and the fee
    subject(bodyOf({ USDT: "10045" }, [position("BTCUSDT", "1", "100000")]), "wallet", "initial"),
    // 0.4 % of 100,000 and 0.05 % of the bankruptcy price (100,000 - 449.8) / 0.9995 = 99,600
    subject(bodyOf({}, [position("BTCUSDT", "1", "100000", { posted: "449.8" })]), "BTCUSDT:one-way"),
    // by the entry price, 5,000 away from it
    subject(
      bodyOf({}, [position("BTCUSDT", "1", "105000", { posted: "5467.25" })]),
      "BTCUSDT:one-way",
      "maintenance",
      ENTRY_DOCUMENT,
    ),
    // inverse: 100,000 / 100,000 is 1 BTC; 0.4 % and 0.05 % * 1.1
    subject(bodyOf({ USDT: "455" }, [position("BTCUSD", "100000", "100000", { coin: "BTC" })])),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf({ USDT: "1000" }, [])) },
    {
      name: "the wallet beside isolated positions",
      expect: "no-position",
      ...subject(bodyOf({ BTC: "1" }, [position("BTCUSDT", "1", "100000", { posted: "10000" })])),
    },
    {
      name: "an account that is not there",
      expect: "no-position",
      ...subject(bodyOf({ USDT: "1" }, []), "BTCUSDT:one-way"),
    },
    {
      name: "a long that cannot lose what it has",
      expect: "no-boundary",
      ...subject(bodyOf({ USDT: "100000" }, [position("BTCUSDT", "1", "90000")])),
    },
    {
      name: "an inverse short covered by its coin",
      expect: "no-boundary",
      ...subject(bodyOf({ BTC: "2" }, [position("BTCUSD", "-100000", "100000", { coin: "BTC" })])),
    },
  ],
  scaled: { notProportional: "ratios fall with the amount of a coin" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 13n }), 8);
    return {
      ...holding,
      body: {
        ...body,
        balances: body.balances.map((each) => ({ ...each, cash: add(each.cash, more) })),
        positions: body.positions.map(({ posted, ...each }) =>
          posted === undefined ? each : { ...each, posted: add(posted, more) },
        ),
      },
    };
  },
  positions: {
    larger: (holding, times) => {
      const body = holding.body as Body;
      const by = (amount: Exact) => multiply(amount, exact(times));
      const positions = body.positions.map(({ posted, ...each }) =>
        posted === undefined ? each : { ...each, size: by(each.size), posted: by(posted) },
      );
      return { ...holding, body: { ...body, positions } };
    },
    turned: {
      notHere: "the fee to close counts at another price for a short; properties.test.ts mirrors without fees",
    },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      if (body.mode !== "cross" || body.positions.some(({ symbol }) => symbol === "BTCUSD")) return undefined;
      const contracts = 1_000 * g(fc.integer, { min: 1, max: 5_000 });
      const mark = text(scene.quotes.get(markKey("BTCUSD"))!.value);
      const added = position("BTCUSD", `${g(fc.boolean) ? "-" : ""}${contracts}`, mark, { coin: "BTC" });
      return { scene, holding: { ...holding, body: { ...body, positions: [...body.positions, added] } } };
    },
  },
  effects: ({ holding, scene }) => {
    const body = holding.body as Body;
    const orders = body.positions.map((each) =>
      fc.record({
        do: fc.constant("order" as const),
        instrument: fc.constantFrom(each.symbol, "PEPEUSDT"),
        side: fc.constant(isNegative(each.size) ? ("buy" as const) : ("sell" as const)),
        size: fc
          .integer({ min: 0, max: 1_500 })
          .map((steps) => multiply(exact(BigInt(steps)), each.coin === "BTC" ? dec("1000") : dec("0.01"))),
        limit: fc.constantFrom(scene.quotes.get(markKey(each.symbol))!.value, dec("0")),
        reduceOnly: fc.boolean(),
      }),
    );
    const moves = body.positions.map((each) =>
      fc
        .record({
          do: fc.constant("move-margin" as const),
          out: fc.boolean(),
          asset: fc.constantFrom(assetId(each.coin), assetId("BNB")),
          amount: fc.bigInt({ min: -10n, max: 10n ** 7n }).map((units) => exact(units, 4)),
        })
        .map(({ out, ...move }) => {
          const own = accountKey(`${each.symbol}:${each.side}`);
          return out ? { ...move, from: own, to: WALLET } : { ...move, from: WALLET, to: own };
        }),
    );
    const trades = body.positions.map((each) =>
      fc.record({
        was: fc.constantFrom("fill" as const, "adl" as const, "liquidation" as const),
        body: fc.record({
          symbol: fc.constantFrom(each.symbol, "DOGEUSDT"),
          side: fc.constant(each.side),
          trade: fc.constantFrom("buy" as const, "sell" as const),
          size: fc
            .integer({ min: 1, max: 900 })
            .map((steps) => multiply(exact(BigInt(steps)), each.coin === "BTC" ? dec("1000") : dec("0.01"))),
          price: fc.constant(scene.quotes.get(markKey(each.symbol))!.value),
          fee: fc.integer({ min: -10, max: 1_000 }).map((fee) => exact(BigInt(fee), 6)),
        }),
      }),
    );
    const funding = fc.record({
      was: fc.constant("funding" as const),
      body: fc.record({ symbol: fc.constantFrom("BTCUSDT", "BTCUSD", "DOGEUSDT"), rate: fc.constant(dec("0.0001")) }),
    });
    const cancel = fc.constantFrom("a", "b").map((order) => ({ do: "cancel" as const, order }));
    return fc.oneof(...orders, ...moves, ...trades, funding, cancel);
  },
  laterError,
  wrong: [
    { name: "tier at entry", engine: bound(compiledUnder(tierAtEntry)) },
    { name: "entry-price maintenance", engine: bound(compiledUnder((terms) => ({ ...terms, valuation: "entry" }))) },
    {
      name: "haircut frozen at its first band",
      engine: bound(
        compiledUnder((terms) => ({
          ...terms,
          coins: eachOf(terms.coins, (each) => ({ ...each, ratios: [{ rate: each.ratios[0]!.rate }] })),
        })),
      ),
    },
    {
      name: "fee to close left out",
      engine: bound(
        compiledUnder((terms) => ({
          ...terms,
          contracts: eachOf(terms.contracts, (each) => ({ ...each, takerFee: dec("0") })),
        })),
      ),
    },
    {
      name: "deduction forgotten",
      engine: bound({
        ...margin,
        assess: (body, account, scene) =>
          margin.assess(body, account, {
            ...scene,
            terms: {
              ...scene.terms,
              body: {
                ...scene.terms.body,
                contracts: eachOf(scene.terms.body.contracts, (each) => ({
                  ...each,
                  tiers: each.tiers.map((row) => ({ ...row, deduction: dec("0") })),
                })),
              },
            },
          }),
      }),
    },
    {
      name: "debts need no margin",
      engine: bound(
        compiledUnder((terms) => ({
          ...terms,
          coins: eachOf(terms.coins, (each) => ({ ...each, borrow: [{ rate: dec("0") }] })),
        })),
      ),
    },
    {
      name: "open orders left out of the tier",
      engine: bound({
        ...margin,
        compile: (body, account, scene, line) => margin.compile({ ...body, orders: [] }, account, scene, line),
      }),
    },
    { name: "mark = index", engine: bound(markAsIndex) },
  ],
  isOptional: (path) => ["posted", "spotLeverage", "hourlyRate", "everyMs"].includes(path.at(-1) ?? ""),
};

marginConformance(spec);
