import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  fail,
  isNegative,
  isZero,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Funding, Interest } from "./holding.ts";
import { answerOf, figure, figureOrNone, venueTime } from "./raw.ts";
import { OKX } from "./written.ts";

const read = readerOf(OKX);
const price = figure.refine((value) => !isZero(value) && !isNegative(value), "a price is above 0");

const Mark = z.object({ instId: z.string().min(1), markPx: price, ts: venueTime });
const Index = z.object({ instId: z.string().min(1), idxPx: price, ts: venueTime });

/** A price of the venue's with its own time. */
export interface VenuePrice {
  readonly of: string;
  readonly price: Exact;
  readonly at: Ms;
}

/** GET public/mark-price, or the data of the mark-price channel. */
export function readMarks(raw: unknown): Result<readonly VenuePrice[], Why> {
  const rows = read("mark price", answerOf(Mark), raw);
  return rows.ok ? ok(rows.value.map(({ instId: of, markPx, ts: at }) => ({ of, price: markPx, at }))) : rows;
}

/** GET market/index-tickers, or the data of its channel: prices in USD by coin; other quotes are left out. */
export function readIndexes(raw: unknown): Result<readonly VenuePrice[], Why> {
  const rows = read("index tickers", answerOf(Index), raw);
  if (!rows.ok) return rows;
  return ok(
    rows.value.flatMap(({ instId, idxPx, ts: at }) => {
      const [coin = "", quote] = instId.split("-");
      return quote === "USD" ? [{ of: coin, price: idxPx, at }] : [];
    }),
  );
}

const FundingRow = z.object({
  instId: z.string().min(1),
  fundingRate: figure,
  fundingTime: venueTime,
  nextFundingTime: z.union([z.literal(""), venueTime]).optional(),
  minFundingRate: figureOrNone,
  maxFundingRate: figureOrNone,
});

/** The next funding of GET public/funding-rate; the interval is the time between the next two settlements. */
export function readFunding(raw: unknown): Result<readonly Funding[], Why> {
  const rows = read("funding rate", answerOf(FundingRow), raw);
  if (!rows.ok) return rows;
  return ok(
    rows.value.map(({ instId: instrument, fundingRate: rate, fundingTime: next, ...row }) => {
      const { nextFundingTime: after, minFundingRate: min, maxFundingRate: max } = row;
      const everyMs = typeof after === "number" && after > next ? ms(after - next) : undefined;
      return {
        instrument,
        rate,
        next,
        ...(everyMs !== undefined && { everyMs }),
        ...(min !== undefined && max !== undefined && { bounds: { min, max } }),
      };
    }),
  );
}

const HOUR_MS = 3_600_000;
const Rate = z.object({ ccy: z.string().min(1), interestRate: figure.refine((rate) => !isNegative(rate), "below 0") });

/**
 * The hourly rates of GET account/interest-rate for the coins that are owed; a coin without one is a failure.
 * @source OKX API documentation: `interestRate` is hourly; interest is charged at each full hour.
 */
export function readInterest(raw: unknown, owed: ReadonlySet<string>, now: Ms): Result<readonly Interest[], Why> {
  const rows = read("interest rate", answerOf(Rate), raw);
  if (!rows.ok) return rows;
  const next = ms((Math.floor(now / HOUR_MS) + 1) * HOUR_MS);
  const known = rows.value
    .filter(({ ccy }) => owed.has(ccy))
    .map(({ ccy: coin, interestRate: rate }) => ({ coin, rate, next }));
  const missing = [...owed].find((coin) => !known.some((each) => each.coin === coin));
  if (missing === undefined) return ok(known);
  return fail(
    why("okx/no-interest-rate", { coin: missing, next: "the coin is owed and its rate was not told: read again" }),
  );
}

const Time = z.object({ ts: venueTime });
/** GET public/time. */
export function readTime(raw: unknown): Result<Ms, Why> {
  const rows = read("time", answerOf(Time).pipe(z.array(z.any()).min(1)), raw);
  return rows.ok ? ok((rows.value[0] as z.infer<typeof Time>).ts) : rows;
}
