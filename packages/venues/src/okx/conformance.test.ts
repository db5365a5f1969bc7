import type { MarginForm } from "@plimsoll/core/margin";
import { type Conformance, marginConformance } from "@plimsoll/core/margin/testing";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  isNegative,
  multiply,
  negate,
  text,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Body, Position } from "./holding.ts";
import { margin } from "./margin.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { OkxTerms } from "./terms.ts";
import { bodyOf, contract } from "./testing.ts";
import { type Engine, bound, states, subject } from "./testing/states.ts";

/** The engine whose form is made under other terms than its verdicts. */
const compiledUnder = (change: (terms: OkxTerms) => OkxTerms): Engine => ({
  ...margin,
  compile: (body, account, scene, line) =>
    margin.compile(body, account, { ...scene, terms: { ...scene.terms, body: change(scene.terms.body) } }, line),
});
const eachOf = <T>(table: Readonly<Record<string, T>>, change: (each: T) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(table).map(([name, each]) => [name, change(each)]));
const markAsIndex: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const quotes = new Map(scene.quotes);
    const index = quotes.get(indexKey("BTC"));
    if (index !== undefined && quotes.has(markKey("BTC-USDT-SWAP")))
      quotes.set(markKey("BTC-USDT-SWAP"), { ...index, kind: "mark" });
    return margin.assess(body, account, { ...scene, quotes });
  },
};
const fixedTier = (terms: OkxTerms): OkxTerms => ({
  ...terms,
  contracts: eachOf(terms.contracts, (each) => ({ ...each, tiers: [{ ...each.tiers[0]!, cap: dec("1000000") }] })),
});

const withMore = (each: Position, more: Exact): Position => {
  if (each.kind === "margin") return { ...each, held: { ...each.held, quote: add(each.held.quote, more) } };
  if (each.margin.mode === "cross") return each;
  return { ...each, margin: { mode: "isolated", balance: add(each.margin.balance, more) } };
};

const enlarged = (each: Position, times: Exact): Position => {
  if (each.margin.mode === "cross") return each;
  const pair = ({ base, quote }: { readonly base: Exact; readonly quote: Exact }) => ({
    base: multiply(base, times),
    quote: multiply(quote, times),
  });
  if (each.kind === "margin") return { ...each, held: pair(each.held), owed: pair(each.owed) };
  const margin = { mode: "isolated" as const, balance: multiply(each.margin.balance, times) };
  return { ...each, contracts: multiply(each.contracts, times), margin };
};
const otherSide = (text: string): string => text.replace(/long|short/, (side) => (side === "long" ? "short" : "long"));

/** Upper bound of a factor at the states' prices. */
const greatest = ({ quotes, factors }: MarginForm, factor: number): number =>
  factors[factor]!.powers.reduce((product, [quote, power]) => {
    const key = quotes[quote]!;
    const [least, most] = key.includes("USDT:index")
      ? [0.95, 1.05]
      : key.includes("LTC")
        ? [50, 150]
        : [60_000, 120_000];
    return product * (power === 1 ? most : 1 / least);
  }, 1);
/**
 * Between two settlements steady accrual is off by one settlement at most. In the account of all coins a coin may also pass
 * into another band meanwhile: then the whole that was paid counts at another rate, from 0.9 to 1 + 3 * 0.06, and a debt that
 * passes its cap is charged anew.
 */
const laterError = (form: MarginForm, byMs: number): number => {
  const perDay = (form.accrual?.legs ?? []).reduce(
    (sum, { factor, curve }) => {
      const slope = curve.kind === "line" ? Math.abs(curve.slope) : Number.NaN;
      return sum + slope * greatest(form, factor);
    },
    Math.abs(form.accrual?.constant ?? 0),
  );
  const rounding = 1e-12;
  if (form.pools.length === 0) return perDay / 3 + rounding;
  const days = byMs / 86_400_000 + 1;
  const jump = 3 * 0.02 * (20_001 * 1.05 + 0.752 * 120_000);
  return perDay * (1 / 3 + days * (1.18 / 0.9 - 0.9 / 1.18)) + jump + rounding;
};

const spec: Conformance = {
  name: "okx",
  engine: bound(margin),
  states,
  lines: ["maintenance", "warn"],
  ties: [
    // 0.4 % and 0.05 % of 100,000
    subject(bodyOf({ USDT: "450" }, [contract("BTC-USDT-SWAP", "100", "100000")]), "cross:USDT"),
    subject(bodyOf({ USDT: "1350" }, [contract("BTC-USDT-SWAP", "-100", "100000")]), "cross:USDT", "warn"),
    subject(bodyOf({}, [contract("BTC-USDT-SWAP", "100", "110000", { isolated: "10450" })]), "BTC-USDT-SWAP:net"),
    // inverse: 100 USD * 1000 / 100,000 is 1 BTC
    subject(bodyOf({ BTC: "0.0045" }, [contract("BTC-USD-SWAP", "1000", "100000", { coin: "BTC" })]), "cross:BTC"),
    subject(bodyOf({ USDT: "450" }, [contract("BTC-USDT-SWAP", "100", "100000")], { mode: "multi-currency" }), "cross"),
  ],
  nulls: [
    { name: "no position", expect: "no-position", ...subject(bodyOf({ USDT: "1000" }, []), "cross:USDT") },
    {
      name: "coins and no debt",
      expect: "no-position",
      ...subject(bodyOf({ BTC: "1" }, [], { mode: "multi-currency" }), "cross"),
    },
    {
      name: "an account that is not there",
      expect: "no-position",
      ...subject(bodyOf({ USDT: "1" }, []), "BTC-USDT-SWAP:net"),
    },
    {
      name: "a long that cannot lose what it has",
      expect: "no-boundary",
      ...subject(bodyOf({ USDT: "100000" }, [contract("BTC-USDT-SWAP", "100", "90000")]), "cross:USDT"),
    },
    {
      name: "an inverse short covered by its coin",
      expect: "no-boundary",
      ...subject(bodyOf({ BTC: "2" }, [contract("BTC-USD-SWAP", "-1000", "100000", { coin: "BTC" })]), "cross:BTC"),
    },
  ],
  scaled: { notProportional: "discounts fall with the amount of a coin" },
  withCash: (holding, g) => {
    const body = holding.body as Body;
    const more = exact(g(fc.bigInt, { min: 0n, max: 10n ** 13n }), 8);
    return {
      ...holding,
      body: {
        ...body,
        balances: body.balances.map((each) => ({ ...each, cash: add(each.cash, more) })),
        positions: body.positions.map((each) => withMore(each, more)),
      },
    };
  },
  positions: {
    larger: (holding, times) => {
      const body = holding.body as Body;
      return { ...holding, body: { ...body, positions: body.positions.map((each) => enlarged(each, exact(times))) } };
    },
    turned: (asked) => {
      const body = asked.holding.body as Body;
      // of all coins together profits count at a discount and losses in full; a loan turned is another loan
      if (body.mode !== "futures" || asked.account.endsWith(":margin")) return undefined;
      const positions = body.positions.map((each) =>
        each.kind === "margin"
          ? each
          : { ...each, contracts: negate(each.contracts), side: otherSide(each.side) as typeof each.side },
      );
      const orders = body.orders.map((each) => ({ ...each, side: otherSide(each.side) as typeof each.side }));
      const holding = { ...asked.holding, body: { ...body, positions, orders } };
      return { ...asked, account: accountKey(otherSide(asked.account)), holding };
    },
    isMark: (key) => key.endsWith(":mark"),
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as Body;
      if (body.positionMode !== "net" || body.positions.some((each) => each.instrument === "BTC-USD-SWAP"))
        return undefined;
      const lots = g(fc.integer, { min: 1, max: 9_000 });
      const mark = text(scene.quotes.get(markKey("BTC-USD-SWAP"))!.value);
      const added = contract("BTC-USD-SWAP", `${g(fc.boolean) ? "-" : ""}${lots}`, mark, { coin: "BTC" });
      return { scene, holding: { ...holding, body: { ...body, positions: [...body.positions, added] } } };
    },
  },
  effects: ({ holding, scene }) => {
    const body = holding.body as Body;
    const orders = body.positions.flatMap((each) =>
      each.kind === "margin"
        ? []
        : [
            fc.record({
              do: fc.constant("order" as const),
              instrument: fc.constantFrom(each.instrument, "PEPE-USDT-SWAP"),
              side: fc.constant(isNegative(each.contracts) ? ("buy" as const) : ("sell" as const)),
              size: fc.integer({ min: 0, max: 9_000 }).map((lots) => exact(BigInt(lots))),
              limit: fc.constantFrom(scene.quotes.get(markKey(each.instrument))!.value, dec("0")),
              reduceOnly: fc.boolean(),
            }),
          ],
    );
    const moves = body.positions.map((each) =>
      fc.record({
        do: fc.constant("move-margin" as const),
        from: fc.constant(accountKey(body.mode === "futures" ? `cross:${each.coin}` : "cross")),
        to: fc.constant(accountKey(`${each.instrument}:${each.kind === "margin" ? "margin" : each.side}`)),
        asset: fc.constantFrom(assetId(each.coin), assetId("BNB")),
        amount: fc.bigInt({ min: -10n, max: 10n ** 10n }).map((units) => exact(units, 8)),
      }),
    );
    const cancel = fc.constantFrom("a", "b").map((order) => ({ do: "cancel" as const, order }));
    return fc.oneof(...orders, ...moves, cancel);
  },
  laterError,
  wrong: [
    { name: "first tier only", engine: bound(compiledUnder(fixedTier)) },
    {
      name: "fee to close outside the requirement",
      engine: bound(
        compiledUnder((terms) => ({
          ...terms,
          contracts: eachOf(terms.contracts, (each) => ({ ...each, takerFee: dec("0") })),
        })),
      ),
    },
    {
      name: "first discount for every amount",
      engine: bound(
        compiledUnder((terms) => ({
          ...terms,
          coins: eachOf(terms.coins, (each) => ({ ...each, discounts: [{ rate: each.discounts[0]!.rate }] })),
        })),
      ),
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
    { name: "mark = index", engine: bound(markAsIndex) },
  ],
  isOptional: (path) => path.at(-1) === "leverage" || path.at(-1) === "everyMs",
};

marginConformance(spec);
