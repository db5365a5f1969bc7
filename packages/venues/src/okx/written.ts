import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type QuoteKey,
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
  statingMargin,
  termsDocument,
  writtenPrice,
  writtenResting,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, ContractPosition, MarginPosition } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import { readBody } from "./read-holding.ts";
import { readTerms } from "./read-terms.ts";
import type { OkxTerms } from "./terms.ts";

export const OKX = venueId("okx");
/** Position tiers, discount bands and fees to close as they were in force in May 2026. */
export const RULES = "margin-2026-05";

const pair = z.strictObject({ base: amount.default("0"), quote: amount.default("0") });

const WrittenPosition = statingMargin(
  "isolatedMargin",
  z.strictObject({
    instrument: name,
    side: z.enum(["long", "short"]),
    contracts: sizeAboveZero,
    entry: aboveZero(),
    margin: z.enum(["cross", "isolated"]).default("cross"),
    /** Margin posted to an isolated position, without its unrealised profit. */
    isolatedMargin: amount.optional(),
    leverage: aboveZero().optional(),
  }),
);

/** An isolated spot position on margin: what it holds, posted margin included, and what it owes. */
const WrittenLoan = z.strictObject({ instrument: name, coin: name, held: pair, owed: pair });

/** The same tables as in a terms document; checked when the account is read. */
const WrittenTerms = z.strictObject({
  source: name,
  date: z.iso.date(),
  contracts: z.record(name, z.unknown()).default({}),
  pairs: z.record(name, z.unknown()).default({}),
  coins: z.record(name, z.unknown()).default({}),
});

/** How a person writes an OKX account: amounts as decimal text, sizes in contracts, prices with their unit. */
export const Written = z.strictObject({
  venue: z.literal("okx"),
  name: name.optional(),
  mode: z.enum(["futures", "multi-currency"]).default("futures"),
  positionMode: z.enum(["net", "long-short"]).default("net"),
  /** Cash of the cross account by coin, without isolated margin and unrealised profit; below 0 is owed. */
  balances: z.record(name, signedAmount),
  positions: z.array(WrittenPosition).default([]),
  loans: z.array(WrittenLoan).default([]),
  marks: z.record(name, writtenPrice).default({}),
  /** Coin prices in USD; multi-currency margin needs one for each coin held. */
  indexes: z.record(name, writtenPrice).default({}),
  resting: writtenResting,
  /** Tables of this account beyond the shipped ones, from the venue's position-tier and discount pages. */
  terms: WrittenTerms.optional(),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string): Why => why("okx/written", { path, value, next });

/** Events of a written account: the terms it is judged by, its prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: Terms<unknown>,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const document = documentOf(written, id, shipped);
  const terms = readTerms(document.body);
  if (!terms.ok)
    return fail(problem("terms", terms.failure.facts["of"] ?? "unreadable", JSON.stringify(terms.failure.facts)));
  const wrong = [...instrumentProblems(written, terms.value), ...unitProblems(written, terms.value)][0];
  if (wrong !== undefined) return fail(wrong);
  const body = readBody(bodyOf(written, terms.value));
  if (!body.ok) return fail(problem("", id, body.failure.facts["detail"] ?? "correct the account"));
  const market = document.market === undefined ? {} : { market: document.market };
  const holding = { id, venue: OKX, rules: RULES, ...market, asOf: at, body: body.value };
  return ok([{ type: "terms", terms: document }, ...pricesOf(written, at), { type: "holding", holding }]);
}

/** The shipped document, or one of this account's own with its tables laid over the shipped ones. */
function documentOf({ terms }: Written, id: HoldingId, shipped: Terms<unknown>): Terms<unknown> {
  if (terms === undefined) return shipped;
  const body = shipped.body as Readonly<Record<"contracts" | "pairs" | "coins", object>>;
  return termsDocument({
    venue: OKX,
    rules: RULES,
    market: id,
    validFrom: terms.date,
    source: `${terms.source}; the rest: ${shipped.source}`,
    body: {
      contracts: { ...body.contracts, ...terms.contracts },
      pairs: { ...body.pairs, ...terms.pairs },
      coins: { ...body.coins, ...terms.coins },
    },
  });
}

const ADD = "write its tables under terms, from the venue's position-tier page";

function* instrumentProblems(
  { positions, loans, balances, mode, resting = [] }: Written,
  terms: OkxTerms,
): Generator<Why> {
  for (const [index, { instrument }] of resting.entries())
    if (entryOf(terms.contracts, instrument) === undefined)
      yield problem(`resting.${index}.instrument`, instrument, ADD);
  for (const [index, { instrument, margin }] of positions.entries()) {
    const found = entryOf(terms.contracts, instrument);
    if (found === undefined) yield problem(`positions.${index}.instrument`, instrument, ADD);
    else if (margin === "cross" && !Object.hasOwn(balances, found.settle))
      yield problem("balances", found.settle, `write the ${found.settle} balance that ${instrument} is margined with`);
  }
  for (const [index, { instrument, coin }] of loans.entries()) {
    const found = entryOf(terms.pairs, instrument);
    if (found === undefined) yield problem(`loans.${index}.instrument`, instrument, ADD);
    else if (coin !== found.base && coin !== found.quote)
      yield problem(`loans.${index}.coin`, coin, `write ${found.base} or ${found.quote}`);
  }
  if (mode === "futures") return;
  for (const coin of Object.keys(balances))
    if (entryOf(terms.coins, coin) === undefined)
      yield problem(`balances.${coin}`, coin, "write its discounts and its rates on debts under terms.coins");
}

function* unitProblems({ marks, indexes }: Written, terms: OkxTerms): Generator<Why> {
  for (const [instrument, { unit }] of Object.entries(marks)) {
    const quote = (entryOf(terms.contracts, instrument) ?? entryOf(terms.pairs, instrument))?.quote;
    if (quote === undefined) yield problem(`marks.${instrument}`, instrument, ADD);
    else if (unit !== quote) yield problem(`marks.${instrument}.unit`, unit, `${instrument} is quoted in ${quote}`);
  }
  for (const [coin, { unit }] of Object.entries(indexes))
    if (unit !== "USD") yield problem(`indexes.${coin}.unit`, unit, "an index price is in USD: write USD");
}

function pricesOf({ marks, indexes }: Written, at: Ms): readonly BookEvent[] {
  const event = (key: QuoteKey, kind: "mark" | "index", each: Written["marks"][string]) =>
    priceEvent(key, kind, each.price, each.at, at);
  return [
    ...Object.entries(marks).map(([instrument, each]) => event(markKey(instrument), "mark", each)),
    ...Object.entries(indexes).map(([coin, each]) => event(indexKey(coin), "index", each)),
  ];
}

function bodyOf(written: Written, terms: OkxTerms): Body {
  const { mode, positionMode, balances, positions, loans } = written;
  const resting = restingWritten(written.resting);
  return {
    ...(resting !== undefined && { resting }),
    mode,
    positionMode,
    balances: Object.entries(balances).map(([coin, cash]) => ({ coin, cash: dec(cash), frozen: ZERO })),
    positions: [...positions.map((each) => contractOf(each, positionMode, terms)), ...loans.map(loanOf)],
    orders: [],
    funding: [],
    interest: [],
  };
}

function contractOf(
  { instrument, side, contracts, entry, isolatedMargin, leverage }: Written["positions"][number],
  mode: Body["positionMode"],
  terms: OkxTerms,
): ContractPosition {
  return {
    kind: "contract",
    instrument,
    side: mode === "net" ? "net" : side,
    coin: entryOf(terms.contracts, instrument)?.settle ?? "",
    contracts: side === "long" ? dec(contracts) : negate(dec(contracts)),
    entry: dec(entry),
    margin: isolatedMargin === undefined ? { mode: "cross" } : { mode: "isolated", balance: dec(isolatedMargin) },
    ...(leverage !== undefined && { leverage: dec(leverage) }),
  };
}

const loanOf = ({ instrument, coin, held, owed }: Written["loans"][number]): MarginPosition => ({
  kind: "margin",
  instrument,
  coin,
  held: { base: dec(held.base), quote: dec(held.quote) },
  owed: { base: dec(owed.base), quote: dec(owed.quote) },
  margin: { mode: "isolated" },
});
