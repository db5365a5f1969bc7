import type { MarginForm } from "@plimsoll/core/margin";
import { type Conformance, marginConformance } from "@plimsoll/core/margin/testing";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  compare,
  dec,
  exact,
  isNegative,
  magnitude,
  multiply,
  quotient,
  text,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { WALLET } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";
import { bodyOf, position } from "./testing.ts";
import { type Engine, bound, ENTRY_DOCUMENT, states, subject } from "./testing/states.ts";

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
