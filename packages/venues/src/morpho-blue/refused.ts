import { type Exact, type Result, type Why, fail, ok, pow10, rescale, text, why } from "@plimsoll/core/units";
import type { TokenTerms } from "./terms.ts";

/**
 * A refusal that the contract would make: `revert` is its own text, or "Panic" where it underflows.
 * @source morpho-blue 1.0.0, ErrorsLib.sol
 */
export const refused = (revert: string, facts: Readonly<Record<string, string>>): Why =>
  why(`morpho-blue/${revert.toLowerCase().replaceAll(" ", "-")}`, { revert, ...facts });

/** More than there is: the contract stops at an unsigned subtraction. */
export const tooMuch = (facts: Readonly<Record<string, string>>): Why =>
  why("morpho-blue/more-than-there-is", { revert: "Panic", ...facts });

/** An amount in a token's smallest units; above 0, with no more digits than the token has. */
export function unitsOf(amount: Exact, { asset, decimals }: TokenTerms): Result<bigint, Why> {
  const units = rescale(amount, decimals, "down").digits;
  const lost = amount.scale > decimals && units * pow10(amount.scale - decimals) !== amount.digits;
  if (units > 0n && !lost) return ok(units);
  return fail(
    refused("inconsistent input", {
      value: text(amount),
      next: lost ? `${asset} has ${decimals} decimals` : "write an amount above 0",
    }),
  );
}
