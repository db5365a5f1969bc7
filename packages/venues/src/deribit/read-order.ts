import type { Flow, Reply } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  assetId,
  compare,
  dec,
  isZero,
  multiply,
  negate,
  ok,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { sumFlows } from "@plimsoll/venues/exchange";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { readInstrument } from "./instrument.ts";
import { resultOf } from "./raw.ts";
import { DERIBIT } from "./written.ts";

const amount = decimal(40);
const Order = z.object({
  order_id: z.string().min(1),
  order_state: z.string(),
  order_type: z.string(),
  filled_amount: amount.default(ZERO),
  cancel_reason: z.string().optional(),
});
export type VenueOrder = z.output<typeof Order>;

/** The order in the answer to private/buy or private/sell. */
export function readPlaced(answer: unknown): Result<VenueOrder, Why> {
  const read = resultOf("order", z.object({ order: Order }), answer);
  return read.ok ? ok(read.value.order) : read;
}
export const readOrder = (answer: unknown): Result<VenueOrder, Why> => resultOf("order", Order, answer);
export const readOrders = (answer: unknown): Result<readonly VenueOrder[], Why> =>
  resultOf("orders", z.array(Order), answer);

/** One that waits, or waited, for its price. @source docs.deribit.com, order_type and order_state */
const isTrigger = ({ order_type: type }: VenueOrder): boolean => /^(?:stop|take|trailing)_/.test(type);
export const isWaiting = ({ order_state: state }: VenueOrder): boolean => state === "open" || state === "untriggered";

/** Trigger orders whose price has come, where none of the orders that they became is among these. */
export const unfollowed = (orders: readonly VenueOrder[]): readonly string[] =>
  orders.every(isTrigger)
    ? orders.flatMap(({ order_state: state, order_id: id }) => (state === "triggered" ? [id] : []))
    : [];

const History = z.object({
  entries: z.array(
    z.object({ trigger_order_id: z.string(), order_id: z.string().optional(), order_state: z.string() }),
  ),
});

/** The orders that these trigger orders became, by private/get_trigger_order_history; none where it does not tell. */
export function readBecame(answer: unknown, triggers: readonly string[]): readonly string[] {
  const read = resultOf("trigger order history", History, answer);
  if (!read.ok) return [];
  return read.value.entries.flatMap(({ trigger_order_id: from, order_id: id, order_state: state }) =>
    state === "triggered" && triggers.includes(from) && id !== undefined && id !== from ? [id] : [],
  );
}

/**
 * What the orders of one label mean together for the message that has it; of a stop that came to its price the order that it became is
 * the answer. Labels are not unique: a copy of the message counts with it.
 * @param asked the size that the message was for.
 */
export function replyOf(orders: readonly VenueOrder[], asked: Exact): Reply {
  const placed = orders.filter((each) => !isTrigger(each));
  return placed.length > 0 ? placedReply(placed, asked) : stopReply(orders);
}

/** Orders that were placed: filled whole is done, and one that ended with less is expired with what it did. */
function placedReply(orders: readonly VenueOrder[], asked: Exact): Reply {
  const done = orders.reduce((sum, { filled_amount: filled }) => add(sum, filled), ZERO);
  if (compare(done, asked) >= 0) return { is: "done", flows: [] };
  const states = [...new Set(orders.map(({ order_state: state }) => state))];
  if (states.includes("open"))
    return isZero(done) ? { is: "accepted" } : { is: "partly", done, left: subtract(asked, done) };
  if (!states.every((state) => state === "filled" || state === "cancelled" || state === "rejected"))
    return unknownState(states);
  const facts = { state: states.join(), done: text(done), asked: text(asked), ...reasonOf(orders) };
  const next = "read the account again; the guard decides on what is left";
  return { is: "expired", why: why(`${DERIBIT}/order-ended`, { ...facts, next }), done };
}

function stopReply(stops: readonly VenueOrder[]): Reply {
  const states = [...new Set(stops.map(({ order_state: state }) => state))];
  if (states.some((state) => state === "untriggered" || state === "triggered")) return { is: "accepted" };
  if (!states.every((state) => state === "cancelled" || state === "rejected")) return unknownState(states);
  const next = "it protects nothing any more: place another, or reduce now";
  return {
    is: "expired",
    why: why(`${DERIBIT}/stop-ended`, { state: states.join(), ...reasonOf(stops), next }),
    done: ZERO,
  };
}

const unknownState = (states: readonly string[]): Reply => ({
  is: "ambiguous",
  why: why(`${DERIBIT}/unknown-state`, { state: states.join(), next: "ask again" }),
});
const reasonOf = (orders: readonly VenueOrder[]) => {
  const said = orders.flatMap(({ cancel_reason: reason }) => reason ?? []);
  return said.length === 0 ? {} : { reason: said.join() };
};

const Trades = z.array(
  z.object({
    instrument_name: z.string(),
    direction: z.enum(["buy", "sell"]),
    amount,
    price: amount,
    fee: amount,
    fee_currency: z.string().min(1),
    profit_loss: amount.optional(),
  }),
);

/** Money that moved with trades: of futures the profit realised, of options the premium, and the fee of both. */
export function readFlows(answer: unknown): Result<readonly Flow[], Why> {
  const read = resultOf("trades", Trades, answer);
  if (!read.ok) return read;
  const flows: Flow[] = [];
  const count = (asset: string, change: Exact) => void flows.push({ asset: assetId(asset), amount: change });
  for (const {
    instrument_name: name,
    direction,
    fee,
    fee_currency: paidIn,
    profit_loss: profit,
    ...trade
  } of read.value) {
    const instrument = readInstrument(name);
    const premium = multiply(multiply(trade.amount, trade.price), dec(direction === "buy" ? "-1" : "1"));
    if (instrument !== undefined)
      count(instrument.currency, instrument.option === undefined ? (profit ?? ZERO) : premium);
    count(paidIn, negate(fee));
  }
  return ok(sumFlows(flows));
}
