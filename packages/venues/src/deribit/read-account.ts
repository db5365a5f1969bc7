import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
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
  why,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { currencyOf } from "./accounts.ts";
import type { Body, Position } from "./holding.ts";
import { readInstrument } from "./instrument.ts";
import { readBody } from "./read-holding.ts";
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
  /** Of the whole pool, the same in every pooled currency. */
  total_margin_balance_usd: amount.optional(),
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
  })
  .refine(({ direction, size }) => direction !== "buy" || size.digits >= 0n, "bought, and below 0");
/** A position as the venue reports it, with its own figures. */
export type VenuePosition = z.infer<typeof Row>;

const Order = z.object({ order_id: z.string().min(1), instrument_name: z.string().min(1), order_state: z.string() });

/** Answers of one reading, their numbers as text (`parseAnswer`), without the frame of the transport. */
export interface RawAccount {
  /** `private/get_account_summaries`: its list, or the data of `user.portfolio` notifications. */
  readonly summaries: unknown;
  /** `private/get_positions` of every currency. */
  readonly positions: unknown;
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
  const shape = z.object({ summaries: z.array(Summary), positions: z.array(Row), orders: z.array(Order) });
  const read = reading("account", shape, raw);
  if (!read.ok) return read;
  const { summaries, orders } = read.value;
  const rows = read.value.positions.filter(({ size }) => !isZero(size));
  const torn = summaries.flatMap((each) => tornBetween(each, rows) ?? []);
  if (torn[0] !== undefined) return fail(torn[0]);
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
    orders: orders
      .filter(({ order_state: state }) => state === "open" || state === "untriggered")
      .map(({ order_id: id, instrument_name: instrument }) => ({ id, instrument })),
    funding: [],
  } satisfies Body);
  return body.ok ? ok({ body: body.value, summaries, positions: rows }) : body;
}

/** Profit realised since the last settlement counts as if it were in the balance already. */
const cashOf = ({ balance, session_rpl: realised }: VenueSummary): Exact => add(balance, realised);

/** Equity is cash, profit of futures since the last settlement and value of options; where it is not, the answers are of two moments. */
function tornBetween(summary: VenueSummary, rows: readonly VenuePosition[]): Why | undefined {
  const own = rows.filter((row) => currencyOf(row.instrument_name) === summary.currency);
  const profits = own.filter(isFuture).map((row) => row.floating_profit_loss);
  const sum = sumOf([cashOf(summary), summary.options_value, ...profits]);
  const allowed = multiply(LAST_DIGIT, exact(BigInt(own.length + 3)));
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
