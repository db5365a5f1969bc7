import type { Refusal } from "@plimsoll/sim/exchange";

export const NOT_THERE = "Order was never placed, already canceled, or filled.";
export const BAD_PRICE = "Order has invalid price.";
export const BAD_SIZE = "Order has invalid size.";
export const TOO_SMALL = "Order must have minimum value of $10.";
export const NO_MATCH = "Order could not immediately match against any resting orders.";

/**
 * The exchange refuses in Binance's numbers, whichever protocol it speaks; here they become this venue's words.
 * @source hyperliquid.gitbook.io, error responses; those of settings and modes from memory or assumed (README)
 */
const WORDS = new Map<number, string>([
  [-1016, "Trading is halted."],
  [-1111, BAD_SIZE],
  [-2011, NOT_THERE],
  [-2019, "Insufficient margin to place order."],
  [-2021, "Invalid TP/SL price."],
  [-2022, "Reduce only order would increase position."],
  [-2027, "Order would exceed maximum position size for current leverage."],
  [-4001, BAD_PRICE],
  [-4003, "Order has zero size."],
  [-4006, "Invalid TP/SL price."],
  [-4014, "Price must be divisible by tick size."],
  [-4016, "Order price cannot be more than 80% away from the reference price"],
  [-4024, "Order price cannot be more than 80% away from the reference price"],
  [-4028, "Invalid leverage value"],
  [-4047, "Cannot switch leverage type with open orders."],
  [-4048, "Cannot switch leverage type with open position."],
  [-4050, "Insufficient margin to add to isolated position."],
  [-4051, "Cannot remove more margin than is available."],
  [-4054, "Cannot update isolated margin without a position."],
  [-4056, "Cannot update isolated margin of a cross position."],
  [-4131, "No liquidity available for market order."],
  [-4141, "Trading is halted."],
  [-4161, "Cannot decrease leverage with open position."],
  [-4164, TOO_SMALL],
  [-4400, "Only reduce-only orders are allowed."],
  [-5022, "Post only order would have immediately matched, bbo was"],
]);

/** @throws on a refusal that this protocol has no words for: the simulation must not invent one. */
export function inVenueWords({ code, msg }: Refusal): string {
  const known = WORDS.get(code);
  if (known === undefined) throw new Error(`invariant broken: no Hyperliquid words for ${code} ${msg}`);
  return known;
}
/** Refusals of one order name its asset. */
export const ofAsset = (words: string, asset: number): string => `${words} asset=${asset}`;
