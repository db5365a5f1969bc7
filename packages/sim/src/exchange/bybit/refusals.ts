import { type Refusal, refuse } from "@plimsoll/sim/exchange";

/** Parameter error: the message says which. */
export const badParameter = (msg: string) => refuse(10_001, msg);
export const UNKNOWN_ORDER = refuse(110_001, "order not exists or too late to cancel");
export const DUPLICATE_LINK_ID = refuse(110_072, "OrderLinkedID is duplicate");
export const NO_POSITION_TO_REDUCE = refuse(110_017, "current position is zero, cannot fix reduce-only order qty");
export const NOT_REDUCING = refuse(110_017, "Reduce-only rule not satisfied");
export const FORBIDDEN = refuse(10_005, "Permission denied, please check your API key permissions.");

/**
 * The exchange refuses in Binance's numbers, whichever protocol it speaks; here they become this venue's. Messages are those of
 * the documented table where the venue's own were not seen.
 * @source bybit-exchange.github.io/docs/v5/error
 */
const CODES = new Map<number, Refusal>([
  [-1016, { code: 10_016, msg: "Internal server error" }],
  [-1111, { code: 10_001, msg: "Qty invalid" }],
  [-1121, { code: 10_001, msg: "params error: symbol invalid" }],
  [-2011, UNKNOWN_ORDER.failure],
  [-2019, { code: 110_007, msg: "Available balance is insufficient" }],
  [-2022, NOT_REDUCING.failure],
  [-2027, { code: 110_090, msg: "Order placement failed as your position may exceed the max limit" }],
  [-4001, { code: 10_001, msg: "params error: price invalid" }],
  [-4003, { code: 10_001, msg: "Qty invalid" }],
  [-4006, { code: 10_001, msg: "params error: trigger_price invalid" }],
  [-4014, { code: 10_001, msg: "params error: price invalid" }],
  [-4016, { code: 110_003, msg: "Order price exceeds the allowable range" }],
  [-4024, { code: 110_003, msg: "Order price exceeds the allowable range" }],
  [-4028, { code: 10_001, msg: "leverage invalid" }],
  [-4050, { code: 110_014, msg: "Available balance not enough to add margin" }],
  [-4051, { code: 110_044, msg: "Available margin is insufficient" }],
  [-4054, { code: 110_033, msg: "Cannot set margin without an open position" }],
  [-4056, { code: 110_015, msg: "The position is in cross margin mode" }],
  [-4061, { code: 10_001, msg: "position idx not match position mode" }],
  [-4067, { code: 110_028, msg: "Position mode cannot be switched while open orders exist" }],
  [-4068, { code: 110_024, msg: "Position mode cannot be switched while a position exists" }],
  [-4116, DUPLICATE_LINK_ID.failure],
  [-4141, { code: 110_066, msg: "Trading is currently not allowed" }],
  [-4161, { code: 110_013, msg: "Leverage cannot be set due to the risk limit" }],
  [-4164, { code: 110_094, msg: "Order does not meet minimum order value" }],
  [-4400, { code: 110_023, msg: "Currently only position reduction is allowed" }],
]);

/** @throws on a refusal that this protocol has no number for: the simulation must not invent one. */
export function inVenueCodes({ code, msg }: Refusal): Refusal {
  const known = CODES.get(code);
  if (known === undefined) throw new Error(`invariant broken: no Bybit code for ${code} ${msg}`);
  return known;
}
