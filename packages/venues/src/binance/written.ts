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
  ms,
  negate,
  ok,
  venueId,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";
import type { Body, Position } from "./holding.ts";
import { markKey } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";

export const BINANCE = venueId("binance");
/** The rules since 2025-09-18, when mark price and funding formula last changed. */
export const RULES = "usdm-2025-09";

const digits = "write plain digits, for example 1234.56";
const amount = z.string(digits).regex(/^\d+(\.\d+)?$/, digits);
const aboveZero = z
  .string(digits)
  .regex(/^(?!0+(\.0+)?$)\d+(\.\d+)?$/, `${digits}, above 0; the side says long or short`);
const signedAmount = z.string(digits).regex(/^-?\d+(\.\d+)?$/, digits);

const WrittenPosition = z
  .strictObject({
    symbol: z.string().min(1),
    side: z.enum(["long", "short"]),
    size: aboveZero,
    entry: aboveZero,
    margin: z.enum(["cross", "isolated"]).default("cross"),
    /** Margin of an isolated position without its unrealised profit. */
    isolatedWallet: amount.optional(),
    leverage: aboveZero.optional(),
  })
  .refine(({ margin, isolatedWallet }) => (margin === "isolated") === (isolatedWallet !== undefined), {
    path: ["isolatedWallet"],
    error: "an isolated position, and no other, states its isolatedWallet",
  });

/** How a person writes a Binance USD-M account: amounts as decimal text, marks with their unit. */
export const Written = z.strictObject({
  venue: z.literal("binance"),
  name: z.string().min(1).optional(),
  mode: z.enum(["one-way", "hedge"]).default("one-way"),
  /** Cross wallet balance by margin asset, without isolated margin and unrealised profit. */
  wallet: z.record(z.string().min(1), signedAmount),
  positions: z.array(WrittenPosition).default([]),
  marks: z
    .record(
      z.string().min(1),
      z.strictObject({ price: aboveZero, unit: z.string().min(1), at: z.iso.datetime({ offset: true }).optional() }),
    )
    .default({}),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string): Why => why("binance/written", { path, value, next });

/** Events of a written account: the terms it is judged by, its marks, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  document: Terms<unknown>,
  terms: BinanceTerms,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const wrong = [...positionProblems(written, terms), ...markProblems(written, terms)][0];
  if (wrong !== undefined) return fail(wrong);
  const prices = Object.entries(written.marks).map(([symbol, mark]): BookEvent => ({
    type: "price",
    key: markKey(symbol),
    price: dec(mark.price),
    kind: "mark",
    at: mark.at === undefined ? at : ms(Date.parse(mark.at)),
  }));
  const body = bodyOf(written, terms);
  const holding = { id, venue: BINANCE, rules: RULES, asOf: at, body };
  return ok([{ type: "terms", terms: document }, ...prices, { type: "holding", holding }]);
}

const known = (terms: BinanceTerms): string => Object.keys(terms.symbols).join(", ");
const termsFor = (symbol: string, terms: BinanceTerms) =>
  Object.hasOwn(terms.symbols, symbol) ? terms.symbols[symbol] : undefined;

function* positionProblems({ positions, wallet, mode }: Written, terms: BinanceTerms): Generator<Why> {
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
    const name = mode === "hedge" ? `${symbol} ${side}` : symbol;
    if (seen.has(name)) yield problem(path, name, "write each position once; one-way mode has one position a symbol");
    seen.add(name);
  }
}

function* markProblems({ marks }: Written, terms: BinanceTerms): Generator<Why> {
  for (const [symbol, { unit }] of Object.entries(marks)) {
    const found = termsFor(symbol, terms);
    if (found === undefined) yield problem(`marks.${symbol}`, symbol, `unknown symbol; known are ${known(terms)}`);
    else if (unit !== found.asset)
      yield problem(`marks.${symbol}.unit`, unit, `${symbol} is quoted in ${found.asset}: write ${found.asset}`);
  }
}

function bodyOf({ mode, wallet, positions }: Written, terms: BinanceTerms): Body {
  return {
    mode,
    wallets: Object.entries(wallet).map(([asset, cross]) => ({ asset, cross: dec(cross), orderMargin: ZERO })),
    positions: positions.map((each) => positionOf(each, mode, terms)),
    orders: [],
    funding: [],
  };
}

function positionOf(written: Written["positions"][number], mode: Body["mode"], terms: BinanceTerms): Position {
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
