import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  dec,
  exact,
  fail,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  subtract,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { currencyOf } from "./accounts.ts";
import type { Body, Position } from "./holding.ts";
import { readInstrument } from "./instrument.ts";
import { readBody } from "./read-holding.ts";
import { readResting } from "./read-resting.ts";
import { sumOf } from "./totals.ts";

const amount = decimal(40);
const Summary = z.object({
  currency: z.string().min(1),
  margin_model: z.enum(["segregated_sm", "cross_sm", "segregated_pm", "cross_pm"]),
  balance: amount,
  equity: amount,
  session_rpl: amount,
  options_value: amount,
  margin_balance: amount,
  initial_margin: amount,
  maintenance_margin: amount,
  /** Of coins and options, less what options are worth; of one currency. */
  delta_total: amount.optional(),
  /** The price at which standard margin is used up, as a share of the price now, by pair; 0 where there is none. */
  estimated_liquidation_ratio_map: z.record(z.string(), amount).optional(),
  /** Of the whole pool, the same in every pooled currency. */
  total_equity_usd: amount.optional(),
  total_margin_balance_usd: amount.optional(),
  total_initial_margin_usd: amount.optional(),
  total_maintenance_margin_usd: amount.optional(),
});
/** What the venue says of one currency; the margins of a pooled one are those of the whole pool, in this currency. */
export type VenueSummary = z.infer<typeof Summary>;

const Row = z
  .object({
    instrument_name: z.string().refine((name) => readInstrument(name) !== undefined, "not the name of an instrument"),
    direction: z.enum(["buy", "sell", "zero"]),
    size: amount,
    average_price: amount,
    settlement_price: amount.optional(),
    mark_price: amount,
    index_price: amount,
    floating_profit_loss: amount,
    initial_margin: amount,
    maintenance_margin: amount,
    /** In coins; absent in older answers. */
    delta: amount.optional(),
  })
  .refine(({ direction, size }) => direction !== "buy" || size.digits >= 0n, "bought, and below 0");
/** A position as the venue reports it, with its own figures. */
export type VenuePosition = z.infer<typeof Row>;

const Order = z.object({ order_id: z.string().min(1), instrument_name: z.string().min(1), order_state: z.string() });

/** Answers of one reading, their numbers as text (`parseAnswer`), without the frame of the transport. */
export interface RawAccount {
  /** `private/get_account_summaries`: its list, or the data of `user.portfolio` notifications. */
  readonly summaries: unknown;
  /** `private/get_positions` of every currency, asked before the summaries and after them: sizes that changed are of two moments. */
  readonly positions: unknown;
  readonly positionsAfter?: unknown;
  /** `private/get_open_orders`. */
  readonly orders: unknown;
}
export interface ReadAccount {
  readonly body: Body;
  readonly summaries: readonly VenueSummary[];
  readonly positions: readonly VenuePosition[];
}

const reading = readerOf("deribit");
const PRICE_SCALE = 18;
/** Sums of the venue are shown to 6 decimals of some coins. */
const LAST_DIGIT = exact(1n, 6);

/**
 * Turns the answers of one reading into a holding and the venue's own figures.
 * @param maintenanceFactor of portfolio margin, from the terms: what initial margin exceeds the matrix by are open orders.
 */
export function readAccount(raw: RawAccount, maintenanceFactor: Exact): Result<ReadAccount, Why> {
  const rowList = z.array(Row);
  const shape = z.object({
    summaries: z.array(Summary),
    positions: rowList,
    positionsAfter: rowList.optional(),
    orders: z.array(Order.loose()),
  });
  const read = reading("account", shape, raw);
  if (!read.ok) return read;
  const { orders, positions, positionsAfter = positions } = read.value;
  const rows = positionsAfter.filter(({ size }) => !isZero(size));
  const summaries = read.value.summaries.filter((each) => !isIdle(each, rows));
  const moved = sizesOf(positions) === sizesOf(positionsAfter) ? undefined : traded();
  const torn = moved ?? summaries.flatMap((each) => tornBetween(each, rows) ?? [])[0];
  if (torn !== undefined) return fail(torn);
  const open = orders.filter(({ order_state: state }) => state === "open" || state === "untriggered");
  const resting = readResting(open);
  const pooled = summaries.find(({ margin_model: model }) => model.startsWith("cross"));
  const body = readBody({
    wallets: summaries.map((each) => ({
      currency: each.currency,
      model: each.margin_model,
      balance: cashOf(each),
      // a pool has one sum, which every pooled currency repeats
      orderMargin:
        each.margin_model.startsWith("cross") && each !== pooled
          ? ZERO
          : orderMarginOf(each, rows, summaries, maintenanceFactor),
    })),
    positions: rows.map(positionOf),
    orders: open.map(({ order_id: id, instrument_name: instrument }) => ({ id, instrument })),
    ...(resting !== undefined && { resting }),
    funding: [],
  } satisfies Body);
  return body.ok ? ok({ body: body.value, summaries, positions: rows }) : body;
}

/** Profit realised since the last settlement counts as if it were in the balance already. */
const cashOf = ({ balance, session_rpl: realised }: VenueSummary): Exact => add(balance, realised);

/** A pooled currency that nothing is held of adds nothing to the pool; the venue lists all that it knows. */
const isIdle = ({ margin_model: model, balance, equity, currency }: VenueSummary, rows: readonly VenuePosition[]) =>
  model.startsWith("cross") &&
  isZero(balance) &&
  isZero(equity) &&
  rows.every((row) => currencyOf(row.instrument_name) !== currency);

const sizesOf = (rows: readonly VenuePosition[]): string =>
  rows
    .filter(({ size }) => !isZero(size))
    .map(({ instrument_name: name, direction, size }) => `${name} ${direction} ${text(trim(magnitude(size)))}`)
    .toSorted()
    .join();

const traded = (): Why =>
  why("deribit/torn-reading", { next: "read again: positions changed while the account was read" });

/** Marks of two answers may be a moment apart: so much of what a position holds in coins. */
export const MARK_DRIFT = dec("0.0005");

/** What positions hold in their margin currency, whatever the sign. */
export const exposureOf = (rows: readonly VenuePosition[]): Exact =>
  sumOf(
    rows.map(({ instrument_name: name, size, index_price: index }) => {
      const { style, option } = readInstrument(name)!;
      const held = magnitude(size);
      if (style === "linear") return multiply(held, index);
      return option === undefined ? quotient(held, index, PRICE_SCALE, "up") : held;
    }),
  );

/** Equity is cash, profit of futures since the last settlement and value of options; where it is not, the answers are of two moments. */
function tornBetween(summary: VenueSummary, rows: readonly VenuePosition[]): Why | undefined {
  const own = rows.filter((row) => currencyOf(row.instrument_name) === summary.currency);
  const profits = own.filter(isFuture).map((row) => row.floating_profit_loss);
  const sum = sumOf([cashOf(summary), summary.options_value, ...profits]);
  const allowed = add(multiply(LAST_DIGIT, exact(BigInt(own.length + 3))), multiply(exposureOf(own), MARK_DRIFT));
  if (compare(magnitude(subtract(sum, summary.equity)), allowed) <= 0) return undefined;
  const facts = { currency: summary.currency, equity: text(summary.equity), sum: text(sum) };
  return why("deribit/torn-reading", { ...facts, next: "read again: cash and positions do not add up to the equity" });
}

const isFuture = (row: VenuePosition): boolean => readInstrument(row.instrument_name)?.option === undefined;

function positionOf(row: VenuePosition): Position {
  const held = magnitude(row.size);
  const size = row.direction === "sell" ? negate(held) : held;
  return { instrument: row.instrument_name, size, entry: entryOf(row, size) };
}

/**
 * Profit of a future is counted from the last settlement, or from its trades where these are younger: which of the two, the venue's
 * own profit says.
 */
function entryOf(row: VenuePosition, size: Exact): Exact {
  const { average_price: average, settlement_price: settled, floating_profit_loss: profit, mark_price: mark } = row;
  if (settled === undefined || isZero(settled) || !isFuture(row)) return average;
  const inverse = readInstrument(row.instrument_name)?.style === "inverse";
  const from = (entry: Exact) =>
    inverse
      ? subtract(quotient(size, entry, PRICE_SCALE, "down"), quotient(size, mark, PRICE_SCALE, "down"))
      : multiply(size, subtract(mark, entry));
  const miss = (entry: Exact) => magnitude(subtract(from(entry), profit));
  return compare(miss(settled), miss(average)) <= 0 ? settled : average;
}

/** Initial margin beyond what the positions require, in the summary's currency. */
function orderMarginOf(
  summary: VenueSummary,
  rows: readonly VenuePosition[],
  summaries: readonly VenueSummary[],
  factor: Exact,
): Exact {
  const { initial_margin: initial, maintenance_margin: maintenance } = summary;
  if (summary.margin_model.endsWith("pm"))
    return larger(ZERO, subtract(initial, quotient(maintenance, factor, PRICE_SCALE, "up")));
  const pooled = summary.margin_model.startsWith("cross");
  const own = rows.map((row) => {
    const other = summaries.find(({ currency }) => currency === currencyOf(row.instrument_name));
    if (other === undefined || other.margin_model !== summary.margin_model) return ZERO;
    return other === summary
      ? row.initial_margin
      : pooled
        ? multiply(row.initial_margin, priceIn(summary, other))
        : ZERO;
  });
  return larger(ZERO, subtract(initial, sumOf(own)));
}

/** The pool's balance stands in every currency: the two figures are one amount. */
const priceIn = (summary: VenueSummary, other: VenueSummary): Exact =>
  isZero(other.margin_balance) ? ONE : quotient(summary.margin_balance, other.margin_balance, PRICE_SCALE, "down");
