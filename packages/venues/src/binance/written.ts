import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type Exact,
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
  signedAmount,
  sizeAboveZero,
  statingMargin,
  writtenPrice,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import { powerOf } from "./contract-value.ts";
import type { Body, Position } from "./holding.ts";
import { markKey } from "./position.ts";
import type { BinanceTerms, SymbolTerms } from "./terms.ts";

export const BINANCE = venueId("binance");
/** The rules since 2025-09-18, when mark price and funding formula last changed. */
export const RULES = "usdm-2025-09";

const WrittenPosition = statingMargin(
  "isolatedWallet",
  z.strictObject({
    symbol: name,
    side: z.enum(["long", "short"]),
    /** Coins of a linear contract, contracts of an inverse one. */
    size: sizeAboveZero,
    entry: aboveZero(),
    margin: z.enum(["cross", "isolated"]).default("cross"),
    /** Margin of an isolated position without its unrealised profit. */
    isolatedWallet: amount.optional(),
    leverage: aboveZero().optional(),
  }),
);

/** How a person writes a futures account: amounts as decimal text, marks with their unit. */
export const writtenAt = <V extends string>(venue: V) =>
  z.strictObject({
    venue: z.literal(venue),
    name: name.optional(),
    mode: z.enum(["one-way", "hedge"]).default("one-way"),
    /** Cross wallet balance by margin asset, without isolated margin and unrealised profit. */
    wallet: z.record(name, signedAmount),
    positions: z.array(WrittenPosition).default([]),
    marks: z.record(name, writtenPrice).default({}),
  });
export const Written = writtenAt("binance");
/** What is written about an account of any of these venues. */
type Account = Omit<z.infer<typeof Written>, "venue">;

const problem = (path: string, value: string, next: string): Why => why("binance/written", { path, value, next });

/** Events of an account written for the document's venue: the terms it is judged by, its marks, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  document: Terms<unknown>,
  terms: BinanceTerms,
): Result<readonly BookEvent[], Why> {
  const { venue, rules } = document;
  const written: Account = writtenAt(venue).parse(entry);
  const wrong = [...positionProblems(written, terms), ...markProblems(written, terms)][0];
  if (wrong !== undefined) return fail(wrong);
  const prices = Object.entries(written.marks).map(([symbol, mark]) =>
    priceEvent(markKey(symbol, venue), "mark", mark.price, mark.at, at),
  );
  const body = bodyOf(written, terms);
  const holding = { id, venue, rules, asOf: at, body };
  return ok([{ type: "terms", terms: document }, ...prices, { type: "holding", holding }]);
}

const known = (terms: BinanceTerms): string => Object.keys(terms.symbols).join(", ");
const termsFor = (symbol: string, terms: BinanceTerms) => entryOf(terms.symbols, symbol);

function* positionProblems({ positions, wallet, mode }: Account, terms: BinanceTerms): Generator<Why> {
  const seen = new Set<string>();
  for (const [index, { symbol, side }] of positions.entries()) {
    const path = `positions.${index}`;
    const found = termsFor(symbol, terms);
    if (found === undefined)
      yield problem(
        `${path}.symbol`,
        symbol,
        `no margin tiers for it are shipped; use one of ${known(terms)}, or connect the account`,
      );
    else if (!Object.hasOwn(wallet, found.asset))
      yield problem("wallet", found.asset, `write the ${found.asset} balance that ${symbol} is margined with`);
    const position = mode === "hedge" ? `${symbol} ${side}` : symbol;
    if (seen.has(position))
      yield problem(path, position, "write each position once; one-way mode has one position a symbol");
    seen.add(position);
  }
}

/** Inverse contracts are margined in their coin and quoted in USD. */
const quoteOf = (terms: SymbolTerms): string => (powerOf(terms) === 1 ? terms.asset : "USD");

function* markProblems({ marks }: Account, terms: BinanceTerms): Generator<Why> {
  for (const [symbol, { unit }] of Object.entries(marks)) {
    const found = termsFor(symbol, terms);
    if (found === undefined) yield problem(`marks.${symbol}`, symbol, `unknown symbol; known are ${known(terms)}`);
    else if (unit !== quoteOf(found))
      yield problem(`marks.${symbol}.unit`, unit, `${symbol} is quoted in ${quoteOf(found)}: write ${quoteOf(found)}`);
  }
}

function bodyOf({ mode, wallet, positions }: Account, terms: BinanceTerms): Body {
  return {
    mode,
    wallets: Object.entries(wallet).map(([asset, cross]) => ({ asset, cross: dec(cross), orderMargin: ZERO })),
    positions: positions.map((each) => positionOf(each, mode, terms)),
    orders: [],
    funding: [],
  };
}

function positionOf(written: Account["positions"][number], mode: Body["mode"], terms: BinanceTerms): Position {
  const { symbol, side, isolatedWallet, leverage } = written;
  const long = side === "long";
  const size: Exact = dec(written.size);
  return {
    symbol,
    positionSide: mode === "one-way" ? "BOTH" : long ? "LONG" : "SHORT",
    asset: termsFor(symbol, terms)?.asset ?? "",
    size: long ? size : negate(size),
    entry: dec(written.entry),
    margin: isolatedWallet === undefined ? { mode: "cross" } : { mode: "isolated", wallet: dec(isolatedWallet) },
    ...(leverage === undefined ? {} : { leverage: dec(leverage) }),
  };
}
