import { type Result, fail } from "@plimsoll/core/units";
import { ONE, type Market, type Refusal, onGrid, onStep } from "@plimsoll/sim/exchange";

/** An error of this protocol: its code and word, and for bad parameters which one and why. */
export interface DeribitError {
  readonly code: number;
  readonly message: string;
  readonly data?: { readonly reason: string; readonly param?: string };
}
type Failed = { readonly ok: false; readonly failure: DeribitError };

export const refuse = (code: number, message: string, reason?: string): Failed =>
  fail({ code, message, ...(reason !== undefined && { data: { reason } }) });
/** What the venue says of a parameter that it cannot use. @source seen in answers of its test network, March 2026 */
export const badParameter = (param: string, reason: string): Failed =>
  fail({ code: -32_602, message: "Invalid params", data: { reason, param } });

export const UNAUTHORIZED = refuse(13_009, "unauthorized", "invalid_token");
export const FORBIDDEN = refuse(13_021, "forbidden");
export const NO_METHOD = refuse(-32_601, "Method not found");
export const NO_ORDER = refuse(10_004, "order_not_found");
export const NOT_OPEN = refuse(11_044, "not_open_order");
export const TIMED_OUT = refuse(13_888, "timed_out");
export const WEBSOCKET_ONLY = refuse(10_030, "must_be_websocket_request");
const WRONG_SIZE = badParameter("amount", "must be a multiple of the minimum order size");

/**
 * The exchange refuses in Binance's numbers, whichever protocol it speaks; here they become this venue's.
 * @source docs.deribit.com/articles/errors for codes and words; README.md for which of them stands for which rule
 */
const ERRORS = new Map<number, DeribitError>([
  [-1016, { code: 11_051, message: "system_maintenance" }],
  [-1111, WRONG_SIZE.failure],
  [-1121, badParameter("instrument_name", "instrument not found").failure],
  [-2011, NOT_OPEN.failure],
  [-2019, { code: 10_009, message: "not_enough_funds" }],
  [-2021, { code: 11_036, message: "invalid_trigger_price" }],
  [-2022, { code: 11_030, message: "other_reject invalid_reduce_only_order" }],
  [-2027, { code: 10_018, message: "non_pme_max_future_position_size" }],
  [-4001, { code: 10_023, message: "invalid_price" }],
  [-4003, WRONG_SIZE.failure],
  [-4006, { code: 10_035, message: "trigger_price_too_low" }],
  [-4131, { code: 11_030, message: "other_reject no_liquidity" }],
  [-4141, { code: 10_012, message: "book_closed" }],
  [-4164, { code: 10_002, message: "qty_too_low" }],
  [-4400, { code: 11_030, message: "other_reject reduce_only_allowed" }],
  [-5021, { code: 11_030, message: "other_reject fill_or_kill" }],
  [-5022, { code: 11_054, message: "post_only_reject" }],
]);

/** @throws on a refusal that this protocol has no words for: the simulation must not invent one. */
export function inVenueWords({ code, msg }: Refusal, market: Market, isTrigger: boolean): DeribitError {
  if (code === -4014)
    return isTrigger
      ? { code: 10_044, message: "trigger_price_wrong_tick" }
      : { code: 10_043, message: "price_wrong_tick" };
  if (code === -4016) return { code: 10_007, message: `price_too_high ${edgeOf(market, "buy")}` };
  if (code === -4024) return { code: 10_005, message: `price_too_low ${edgeOf(market, "sell")}` };
  const known = ERRORS.get(code);
  if (known === undefined) throw new Error(`invariant broken: no Deribit code for ${code} ${msg}`);
  return known;
}

/** The furthest price that an order of a side may have, on the tick. */
export function edgeOf({ instrument, mark }: Market, side: "buy" | "sell"): string {
  const { tick, bandUp, bandDown } = instrument;
  const edge =
    side === "buy" ? onGrid((mark * bandUp) / ONE, tick, "floor") : onGrid((mark * bandDown) / ONE, tick, "ceil");
  return onStep(edge, tick);
}

export type Answer = Result<unknown, DeribitError>;
