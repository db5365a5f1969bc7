import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  dec,
  fail,
  ok,
  rescale,
  trim,
  why,
} from "@plimsoll/core/units";
import { name, priceEvent, sizeAboveZero, writtenPrice } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, MarketState, Position, Subaccount } from "./holding.ts";
import { DYDX, RULES, oracleKey } from "./names.ts";
import { QUOTE_SCALE } from "./quantums.ts";
import type { DydxTerms, MarketTerms } from "./terms.ts";

/** USDC has 6 decimals. */
const millionths = z.string().regex(/^-?\d+(\.\d{1,6})?$/, "write plain digits with at most 6 decimals");

const WrittenPosition = z.strictObject({
  market: name,
  side: z.enum(["long", "short"]),
  size: sizeAboveZero,
});
const WrittenSubaccount = z.strictObject({
  number: z.number().int().min(0).default(0),
  /** USDC with funding settled, without the value of positions; below 0 for a leveraged long. */
  usdc: millionths,
  positions: z.array(WrittenPosition).default([]),
});

/** How a person writes a dYdX account: amounts as decimal text, oracle prices with their unit. */
export const Written = z.strictObject({
  venue: z.literal("dydx-v4"),
  name: name.optional(),
  subaccounts: z.array(WrittenSubaccount).min(1),
  prices: z.record(name, writtenPrice).default({}),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string): Why => why("dydx-v4/written", { path, value, next });

/** Events of a written account: the terms it is judged by, its oracle prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  document: Terms<unknown>,
  terms: DydxTerms,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const wrong = [...subaccountProblems(written, terms), ...priceProblems(written, terms)][0];
  if (wrong !== undefined) return fail(wrong);
  const prices = Object.entries(written.prices).map(([market, each]) =>
    priceEvent(oracleKey(market), "oracle", each.price, each.at, at),
  );
  const holding = { id, venue: DYDX, rules: RULES, asOf: at, body: bodyOf(written, terms) };
  return ok([{ type: "terms", terms: document }, ...prices, { type: "holding", holding }]);
}

const marketOf = (market: string, { markets }: DydxTerms): MarketTerms | undefined =>
  Object.hasOwn(markets, market) ? markets[market] : undefined;
const unknownMarket = (terms: DydxTerms) =>
  `no terms for it are shipped; use one of ${Object.keys(terms.markets).join(", ")}`;

function* subaccountProblems({ subaccounts }: Written, terms: DydxTerms): Generator<Why> {
  const numbers = new Set<number>();
  for (const [index, { number, positions }] of subaccounts.entries()) {
    if (numbers.has(number)) yield problem(`subaccounts.${index}.number`, `${number}`, "write each subaccount once");
    numbers.add(number);
    const seen = new Set<string>();
    for (const [at, { market, size }] of positions.entries()) {
      const path = `subaccounts.${index}.positions.${at}`;
      const found = marketOf(market, terms);
      if (found === undefined) yield problem(`${path}.market`, market, unknownMarket(terms));
      else if (quantumsOf(size, found) === undefined)
        yield problem(`${path}.size`, size, `${market} counts at most ${-found.atomicResolution} decimals`);
      else if (found.isolated && positions.length > 1)
        yield problem(path, market, "an isolated market needs a subaccount of its own");
      if (seen.has(market)) yield problem(path, market, "write each market once: buys and sells net");
      seen.add(market);
    }
  }
}

function* priceProblems({ prices }: Written, terms: DydxTerms): Generator<Why> {
  for (const [market, { unit }] of Object.entries(prices)) {
    if (marketOf(market, terms) === undefined) yield problem(`prices.${market}`, market, unknownMarket(terms));
    else if (unit !== "USD") yield problem(`prices.${market}.unit`, unit, "oracle prices are in USD: write USD");
  }
}

/** Base quantums of a size in coins; undefined where it has more decimals than the market counts. */
function quantumsOf(size: string, { atomicResolution }: MarketTerms): bigint | undefined {
  const coins = trim(dec(size));
  return coins.scale > -atomicResolution ? undefined : rescale(coins, -atomicResolution, "down").digits;
}

function bodyOf({ subaccounts }: Written, terms: DydxTerms): Body {
  const read = subaccounts.map(({ number, usdc, positions }): Subaccount => ({
    number,
    quote: rescale(dec(usdc), QUOTE_SCALE, "down").digits,
    positions: positions.map((each): Position => {
      const found = marketOf(each.market, terms);
      const size = found === undefined ? 0n : (quantumsOf(each.size, found) ?? 0n);
      return { ticker: each.market, size: each.side === "long" ? size : -size, fundingIndex: 0n };
    }),
  }));
  const held = new Set(read.flatMap(({ positions }) => positions.map(({ ticker }) => ticker)));
  return { subaccounts: read, markets: [...held].map((ticker): MarketState => ({ ticker, fundingIndex: 0n })) };
}
