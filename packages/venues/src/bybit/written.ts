import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  ZERO,
  dec,
  fail,
  negate,
  ok,
  venueId,
  why,
} from "@plimsoll/core/units";
import {
  aboveZero,
  amount,
  entryOf,
  name,
  priceEvent,
  restingWritten,
  signedAmount,
  sizeAboveZero,
  termsDocument,
  writtenPrice,
  writtenResting,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import { openingMargin } from "./fill.ts";
import type { Balance, Body, Position } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { BybitTerms, ContractTerms } from "./terms.ts";

export const BYBIT = venueId("bybit");
/** Margin at the mark price, since 2025-09-02. */
export const MARK_RULES = "mark-2025-09";
/** Margin at the entry price, before that day. */
export const ENTRY_RULES = "entry-2022-12";
/** @source Bybit help page on the new margin calculation, 2025-09-18: in force since this day, no hour is given */
const MARK_SINCE = Date.UTC(2025, 8, 2);
/** The rules by which the venue judged at a moment. */
export const rulesAt = (at: Ms) => (at >= MARK_SINCE ? MARK_RULES : ENTRY_RULES);

const WrittenPosition = z.strictObject({
  symbol: name,
  side: z.enum(["long", "short"]),
  /** Coins of a linear contract, USD of an inverse one. */
  size: sizeAboveZero,
  entry: aboveZero(),
  leverage: aboveZero(),
  /** In isolated margin: the position's margin as the venue shows it; without it what its leverage posts, nothing added. */
  postedMargin: amount.optional(),
});

/** The same tables as in a terms document; checked when the account is read. */
const WrittenTerms = z.strictObject({
  source: name,
  date: z.iso.date(),
  contracts: z.record(name, z.unknown()).default({}),
  coins: z.record(name, z.unknown()).default({}),
});

/** How a person writes a unified trading account: amounts as decimal text, prices with their unit. */
export const Written = z.strictObject({
  venue: z.literal("bybit"),
  name: name.optional(),
  rules: z.enum([MARK_RULES, ENTRY_RULES]).default(MARK_RULES),
  mode: z.enum(["cross", "isolated"]).default("cross"),
  /** One-way, or hedge mode, which the venue has for linear contracts in USDT only. */
  positionMode: z.enum(["one-way", "hedge"]).default("one-way"),
  /** Cash by coin, without posted margin and unrealised profit; below 0 is borrowed. */
  balances: z.record(name, signedAmount),
  /** Coins switched off as margin. */
  notCollateral: z.array(name).default([]),
  /** Leverage of spot margin trading; without it a debt holds all of itself as initial margin. */
  spotLeverage: aboveZero().optional(),
  /** USD that resting spot orders take from the margin balance. */
  orderLoss: amount.default("0"),
  positions: z.array(WrittenPosition).default([]),
  marks: z.record(name, writtenPrice).default({}),
  /** Coin prices in USD: the wallet needs one for each coin held. */
  indexes: z.record(name, writtenPrice).default({}),
  resting: writtenResting,
  /** Tables of this account beyond the shipped ones, from the venue's risk limit and collateral pages. */
  terms: WrittenTerms.optional(),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string): Why => why("bybit/written", { path, value, next });

/** Events of a written account: the terms it is judged by, its prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: readonly Terms<unknown>[],
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const base = shipped.find(({ rules }) => rules === written.rules);
  if (base === undefined) return fail(problem("rules", written.rules, "write one of the rule sets of this build"));
  const document = documentOf(written, id, base);
  const terms = readTerms(document.body);
  if (!terms.ok)
    return fail(problem("terms", terms.failure.facts["of"] ?? "unreadable", JSON.stringify(terms.failure.facts)));
  const wrong = [...positionProblems(written, terms.value), ...priceProblems(written, terms.value)][0];
  if (wrong !== undefined) return fail(wrong);
  const body = readBody(bodyOf(written, terms.value));
  if (!body.ok) return fail(problem("", id, body.failure.facts["detail"] ?? "correct the account"));
  const market = document.market === undefined ? {} : { market: document.market };
  const holding = { id, venue: BYBIT, rules: written.rules, ...market, asOf: at, body: body.value };
  return ok([{ type: "terms", terms: document }, ...pricesOf(written, at), { type: "holding", holding }]);
}

/** The shipped document, or one of this account's own with its tables laid over the shipped ones. */
function documentOf({ terms }: Written, id: HoldingId, shipped: Terms<unknown>): Terms<unknown> {
  if (terms === undefined) return shipped;
  const body = shipped.body as Readonly<Record<"contracts" | "coins", object>>;
  return termsDocument({
    venue: BYBIT,
    rules: shipped.rules,
    market: id,
    validFrom: terms.date,
    source: `${terms.source}; the rest: ${shipped.source}`,
    body: {
      ...body,
      contracts: { ...body.contracts, ...terms.contracts },
      coins: { ...body.coins, ...terms.coins },
    },
  });
}

const ADD = "write its tables under terms, from the venue's risk limit page";

function* positionProblems(
  { positions, mode, positionMode, balances, resting = [] }: Written,
  terms: BybitTerms,
): Generator<Why> {
  for (const [index, { symbol, postedMargin }] of positions.entries()) {
    const found = entryOf(terms.contracts, symbol);
    if (found === undefined) yield problem(`positions.${index}.symbol`, symbol, ADD);
    else if (positionMode === "hedge" && (found.type !== "linear" || found.settle !== "USDT"))
      yield problem("positionMode", symbol, "hedge mode exists for linear contracts in USDT only: write one-way");
    if (mode === "cross" && postedMargin !== undefined)
      yield problem(`positions.${index}.postedMargin`, postedMargin, "write it in isolated margin only");
  }
  for (const [index, { instrument }] of resting.entries())
    if (entryOf(terms.contracts, instrument) === undefined)
      yield problem(`resting.${index}.instrument`, instrument, ADD);
  for (const coin of Object.keys(balances))
    if (entryOf(terms.coins, coin) === undefined)
      yield problem(`balances.${coin}`, coin, "write its collateral value ratios under terms.coins");
}

function* priceProblems({ marks, indexes }: Written, terms: BybitTerms): Generator<Why> {
  for (const [symbol, { unit }] of Object.entries(marks)) {
    const quote = entryOf(terms.contracts, symbol)?.quote;
    if (quote === undefined) yield problem(`marks.${symbol}`, symbol, ADD);
    else if (unit !== quote) yield problem(`marks.${symbol}.unit`, unit, `${symbol} is quoted in ${quote}`);
  }
  for (const [coin, { unit }] of Object.entries(indexes))
    if (unit !== "USD") yield problem(`indexes.${coin}.unit`, unit, "an index price is in USD: write USD");
}

const pricesOf = ({ marks, indexes }: Written, now: Ms): readonly BookEvent[] => [
  ...Object.entries(marks).map(([of, { price, at }]) => priceEvent(markKey(of), "mark", price, at, now)),
  ...Object.entries(indexes).map(([of, { price, at }]) => priceEvent(indexKey(of), "index", price, at, now)),
];

function bodyOf(written: Written, { contracts }: BybitTerms): Body {
  const { mode, spotLeverage, orderLoss, notCollateral } = written;
  const balances = Object.entries(written.balances).map(([coin, cash]): Balance => ({
    coin,
    cash: dec(cash),
    orderMargin: ZERO,
    collateral: !notCollateral.includes(coin),
  }));
  const positions = written.positions.flatMap((each) => {
    const terms = entryOf(contracts, each.symbol);
    return terms === undefined ? [] : [positionOf(each, written, terms)];
  });
  const leverage = spotLeverage === undefined ? {} : { spotLeverage: dec(spotLeverage) };
  const resting = restingWritten(written.resting);
  return {
    mode,
    balances,
    orderLoss: dec(orderLoss),
    ...leverage,
    positions,
    orders: [],
    ...(resting !== undefined && { resting }),
    funding: [],
  };
}

function positionOf(
  each: Written["positions"][number],
  { mode, positionMode }: Written,
  terms: ContractTerms,
): Position {
  const { symbol, side, postedMargin } = each;
  const [entry, leverage] = [dec(each.entry), dec(each.leverage)];
  const size = side === "long" ? dec(each.size) : negate(dec(each.size));
  const position = {
    symbol,
    side: positionMode === "hedge" ? side : ("one-way" as const),
    coin: terms.settle,
    size,
    entry,
    leverage,
  };
  if (mode === "cross") return position;
  const posted = postedMargin === undefined ? openingMargin(size, entry, leverage, terms) : dec(postedMargin);
  return { ...position, posted };
}
