import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  divide,
  fail,
  isNegative,
  isZero,
  larger,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { DYDX } from "./names.ts";
import { QUOTE_SCALE, unitsOf } from "./quantums.ts";
import { MILLION, type MarketTerms, checkMarket } from "./terms.ts";

const figure = decimal(36);
const above0 = figure.refine((value) => !isNegative(value) && !isZero(value), "must be above 0");
const atLeast0 = figure.refine((value) => !isNegative(value), "must not be below 0");

const Market = z.object({
  oraclePrice: above0,
  initialMarginFraction: above0,
  maintenanceMarginFraction: above0,
  atomicResolution: z.number().int().min(-20).max(0),
  stepBaseQuantums: z.number().int().positive(),
  marketType: z.enum(["CROSS", "ISOLATED"]).default("CROSS"),
  openInterest: atLeast0,
  baseOpenInterest: atLeast0.optional(),
  openInterestLowerCap: atLeast0.optional(),
  openInterestUpperCap: atLeast0.optional(),
});
const Markets = z.object({ markets: z.record(z.string().min(1), Market) });
type Market = z.infer<typeof Market>;

/** A market as the indexer tells it: its parameters, its oracle price and its open interest in base quantums. */
export interface IndexerMarket {
  readonly terms: MarketTerms;
  readonly oracle: Exact;
  readonly openInterest: bigint;
}

const read = readerOf(DYDX);

/**
 * The markets of GET perpetualMarkets, or of the first message of the markets channel.
 * @returns a failure where a parameter is no whole number of the protocol's units, or one that it would refuse.
 */
export function readMarkets(raw: unknown): Result<ReadonlyMap<string, IndexerMarket>, Why> {
  const parsed = read("perpetual markets", Markets, raw);
  if (!parsed.ok) return parsed;
  const markets = new Map<string, IndexerMarket>();
  for (const [ticker, row] of Object.entries(parsed.value.markets)) {
    const made = marketOf(ticker, row);
    if (!made.ok) return made;
    markets.set(ticker, made.value);
  }
  return ok(markets);
}

function marketOf(ticker: string, row: Market): Result<IndexerMarket, Why> {
  const { openInterestLowerCap: lower, openInterestUpperCap: upper, atomicResolution, oraclePrice: oracle } = row;
  if (lower === undefined || upper === undefined)
    return fail(
      why("dydx-v4/no-caps", { market: ticker, next: "read the market over HTTP: this answer leaves caps out" }),
    );
  const initialMarginPpm = unitsOf(row.initialMarginFraction, 6, "up");
  const checked = checkMarket(ticker, {
    atomicResolution,
    stepBaseQuantums: BigInt(row.stepBaseQuantums),
    initialMarginPpm,
    // the indexer tells the product of the two; where it was rounded the share is not understated
    maintenanceFractionPpm: divide(unitsOf(row.maintenanceMarginFraction, 6, "up") * MILLION, initialMarginPpm, "up"),
    openInterestLowerCap: unitsOf(lower, QUOTE_SCALE, "down"),
    openInterestUpperCap: unitsOf(upper, QUOTE_SCALE, "down"),
    isolated: row.marketType === "ISOLATED",
  });
  if (!checked.ok) return checked;
  // which of the two sums the chain scales by is not documented: the larger asks for more initial margin
  const openInterest = larger(row.openInterest, row.baseOpenInterest ?? row.openInterest);
  return ok({ terms: checked.value, oracle, openInterest: unitsOf(openInterest, -atomicResolution, "up") });
}

/** An oracle price with the moment from which it counts. */
export interface OraclePrice {
  readonly ticker: string;
  readonly price: Exact;
  readonly at: Ms;
}

const Prices = z.object({
  oraclePrices: z
    .record(z.string().min(1), z.object({ oraclePrice: above0, effectiveAt: z.iso.datetime() }))
    .default({}),
});

/** The oracle prices of one message of the markets channel; none where it tells other things. */
export function readOraclePrices(raw: unknown): Result<readonly OraclePrice[], Why> {
  const parsed = read("oracle prices", Prices, raw);
  if (!parsed.ok) return parsed;
  return ok(
    Object.entries(parsed.value.oraclePrices).map(([ticker, { oraclePrice: price, effectiveAt }]) => ({
      ticker,
      price,
      at: ms(Date.parse(effectiveAt)),
    })),
  );
}
