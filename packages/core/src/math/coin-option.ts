import { type BlackInput, blackDelta, blackPrice } from "./black.ts";

// Options that are quoted, margined and settled in the coin itself: worth V / F coins, with V the Black price in dollars.

/** Price in coin of an option on one coin. */
export const coinPrice = (input: BlackInput): number => blackPrice(input) / input.forward;

/**
 * Delta that counts the price itself as a holding of coin: Black delta less the price in coin, which is F dV_coin/dF.
 * @source Deribit, "net transaction delta": the per-instrument delta is Black's, account totals use this one.
 */
export const netDelta = (input: BlackInput): number => blackDelta(input) - coinPrice(input);
