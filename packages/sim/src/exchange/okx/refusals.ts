import { type Refusal, refuse } from "@plimsoll/sim/exchange";

/** Parameter error: the message says which. */
export const badParameter = (name: string) => refuse(51_000, `Parameter ${name} error`);
export const NO_INSTRUMENT = refuse(51_001, "Instrument ID does not exist");
export const NO_SUCH_ORDER = refuse(51_603, "Order does not exist");
export const NOTHING_TO_CANCEL = refuse(
  51_400,
  "Cancellation failed as the order has been filled, canceled or does not exist.",
);
export const DUPLICATE_NAME = refuse(51_016, "Duplicated client order ID");
export const DUPLICATE_ALGO_NAME = refuse(51_065, "algoClOrdId already exists.");
export const NOTHING_TO_REDUCE = refuse(
  51_169,
  "Order failed because you don't have any positions in this direction for this contract to reduce or close.",
);
export const FORBIDDEN = refuse(50_120, "This API key doesn't have permission to use this function");
export const NO_PATH = refuse(404, "Invalid URL");

/**
 * The exchange refuses in Binance's numbers, whichever protocol it speaks; here they become this venue's.
 * @source OKX API documentation, error codes; which number stands for which rule is in part from memory or assumed, see README.md
 */
const CODES = new Map<number, Refusal>([
  [-1016, { code: 50_001, msg: "Service temporarily unavailable. Please try again later." }],
  [-1111, { code: 51_121, msg: "Order quantity must be a multiple of the lot size." }],
  [-2011, NOTHING_TO_CANCEL.failure],
  [-2019, { code: 51_008, msg: "Order failed. Insufficient USDT margin in account" }],
  [-2022, { code: 51_112, msg: "Close order size exceeds your available size." }],
  [-2027, { code: 51_004, msg: "Order amount exceeds current tier limit, please lower the leverage" }],
  [-4001, badParameter("px").failure],
  [-4003, badParameter("sz").failure],
  [-4006, badParameter("slTriggerPx").failure],
  [-4014, { code: 51_150, msg: "The precision of the number of trades or the price exceeds the limit." }],
  [-4016, { code: 51_006, msg: "Order price is not within the price limit" }],
  [-4024, { code: 51_006, msg: "Order price is not within the price limit" }],
  [-4028, badParameter("lever").failure],
  [-4047, { code: 59_000, msg: "Your settings failed as you have positions or open orders." }],
  [-4048, { code: 59_000, msg: "Your settings failed as you have positions or open orders." }],
  [-4050, { code: 59_200, msg: "Insufficient account balance." }],
  [-4051, { code: 59_301, msg: "Margin adjustment failed for exceeding the max limit." }],
  [-4054, { code: 59_300, msg: "Margin call failed. Position does not exist." }],
  [-4056, { code: 59_300, msg: "Margin call failed. Position does not exist." }],
  [-4061, badParameter("posSide").failure],
  [-4067, { code: 59_000, msg: "Your settings failed as you have positions or open orders." }],
  [-4068, { code: 59_000, msg: "Your settings failed as you have positions or open orders." }],
  [-4116, DUPLICATE_NAME.failure],
  [-4141, { code: 51_022, msg: "Contract suspended" }],
  [-4161, { code: 59_102, msg: "Leverage exceeds the maximum limit. Please lower the leverage." }],
  [-4164, { code: 51_020, msg: "Order amount should be greater than the min available amount." }],
  [-4400, { code: 51_009, msg: "Order placement function is blocked by the platform." }],
]);

/** @throws on a refusal that this protocol has no number for: the simulation must not invent one. */
export function inVenueCodes({ code, msg }: Refusal): Refusal {
  const known = CODES.get(code);
  if (known === undefined) throw new Error(`invariant broken: no OKX code for ${code} ${msg}`);
  return known;
}
