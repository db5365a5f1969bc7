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
  restingWritten,
  signedAmount,
  sizeAboveZero,
  statingMargin,
  writtenPrice,
  writtenResting,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import { indexKey } from "./asset-value.ts";
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
    resting: writtenResting,
  });
/** What is said of an account whose assets stand together: the index of each asset in USD. */
const indices = z.record(name, writtenPrice).default({});

/** A Binance USD-M account; `assetMode: multi` is multi-assets mode. */
export const Written = writtenAt("binance").extend({
  assetMode: z.enum(["single", "multi"]).default("single"),
  indices,
});
/** A portfolio margin account of linear and inverse contracts together. */
export const WrittenPortfolio = writtenAt("binance-pm").extend({ indices });

/** What is written about an account of any of these venues; it has passed the schema of its own. */
const Account = Written.extend({ venue: z.string() });
type Account = z.infer<typeof Account>;

/** How the assets of a written account stand together, if they do. */
const unifiedOf = ({ assetMode }: Account, { uniMmr }: BinanceTerms): Body["unified"] => {
  if (uniMmr !== undefined) return "portfolio";
  return assetMode === "multi" ? "multi-assets" : undefined;
};

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
  const written = Account.parse(entry);
  const wrong = [
    ...positionProblems(written, terms),
    ...markProblems(written, terms),
    ...restingProblems(written, terms),
    ...unifiedProblems(written, terms),
  ][0];
  if (wrong !== undefined) return fail(wrong);
  const prices = [
    ...Object.entries(written.marks).map(([symbol, mark]) =>
      priceEvent(markKey(symbol, venue), "mark", mark.price, mark.at, at),
    ),
    ...Object.entries(written.indices).map(([asset, index]) =>
      priceEvent(indexKey(asset, venue), "index", index.price, index.at, at),
    ),
  ];
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

function* restingProblems({ resting = [] }: Account, terms: BinanceTerms): Generator<Why> {
  for (const [index, { instrument }] of resting.entries())
    if (termsFor(instrument, terms) === undefined)
      yield problem(`resting.${index}.instrument`, instrument, `unknown symbol; known are ${known(terms)}`);
}

function* markProblems({ marks }: Account, terms: BinanceTerms): Generator<Why> {
  for (const [symbol, { unit }] of Object.entries(marks)) {
    const found = termsFor(symbol, terms);
    if (found === undefined) yield problem(`marks.${symbol}`, symbol, `unknown symbol; known are ${known(terms)}`);
    else if (unit !== quoteOf(found))
      yield problem(`marks.${symbol}.unit`, unit, `${symbol} is quoted in ${quoteOf(found)}: write ${quoteOf(found)}`);
  }
}

function* unifiedProblems(written: Account, terms: BinanceTerms): Generator<Why> {
  const { positions, wallet, indices: prices } = written;
  const assets = terms.assets ?? {};
  if (unifiedOf(written, terms) === undefined) {
    const [asset] = Object.keys(prices);
    if (asset !== undefined)
      yield problem(`indices.${asset}`, asset, "an index counts in multi-assets mode alone: write assetMode: multi");
    return;
  }
  for (const [index, { margin }] of positions.entries())
    if (margin === "isolated")
      yield problem(`positions.${index}.margin`, margin, "where all assets stand together every position is cross");
  const names = Object.keys(assets).join(", ");
  for (const asset of Object.keys(wallet))
    if (entryOf(assets, asset) === undefined)
      yield problem(`wallet.${asset}`, asset, `no haircut for it is shipped; use one of ${names}`);
  for (const [asset, { unit }] of Object.entries(prices))
    if (entryOf(assets, asset) === undefined || unit !== "USD")
      yield problem(`indices.${asset}`, unit, `write the price in USD of one of ${names}`);
}

function bodyOf(written: Account, terms: BinanceTerms): Body {
  const { mode, wallet, positions } = written;
  const unified = unifiedOf(written, terms);
  const resting = restingWritten(written.resting);
  return {
    ...(resting !== undefined && { resting }),
    ...(unified !== undefined && { unified }),
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
