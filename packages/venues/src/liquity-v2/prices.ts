import type { Scene } from "@plimsoll/core/margin";
import { type Ms, type Result, type Why, fail, ok, rescale, why } from "@plimsoll/core/units";
import { oracleQuote } from "./names.ts";
import type { LiquityTerms } from "./terms.ts";

/** A branch's price, dollars as a WAD, and its age; a what-if with more than 18 decimals is cut. */
export function priceOf(
  branch: string,
  scene: Scene<LiquityTerms>,
): Result<{ readonly wad: bigint; readonly asOf: Ms }, Why> {
  const quote = oracleQuote(branch);
  const found = scene.quotes.get(quote);
  const wad = found === undefined ? 0n : rescale(found.value, 18, "floor").digits;
  if (found !== undefined && wad > 0n) return ok({ wad, asOf: found.asOf });
  return fail(
    why(found === undefined ? "price-missing" : "price-not-positive", {
      quote,
      next: "wait for the price feed's next answer or write the price",
    }),
  );
}

/** Ratio of collateral to debt, WAD, floored; none without debt. @source liquity/bold LiquityMath.sol, _computeCR */
export const ratioOf = (coll: bigint, debt: bigint, price: bigint): bigint | "no-debt" =>
  debt === 0n ? "no-debt" : (coll * price) / debt;

/** Whether a ratio is below a limit; without debt it is not. */
export const isBelow = (ratio: bigint | "no-debt", limit: bigint): boolean => ratio !== "no-debt" && ratio < limit;
