import {
  type AssetId,
  type Exact,
  type Result,
  type Why,
  fail,
  ok,
  pow10,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";

/** A reserve as an action names it: its terms and the holding's part of it. */
export interface Reserve {
  readonly held: ReserveHeld;
  readonly terms: ReserveTerms;
}

/** The reserve of an asset by its house name; or why there is none. */
export function findReserve(body: AaveBody, terms: AaveTerms, asset: AssetId | string): Result<Reserve, Why> {
  const reserve = terms.reserves.find((each) => each.asset === asset);
  if (reserve === undefined)
    return fail(
      why("aave-v3/unknown-asset", {
        value: asset,
        next: `name one of ${terms.reserves.map((each) => each.asset).join(", ")}`,
      }),
    );
  const held = body.reserves.find(({ id }) => id === reserve.id);
  if (held === undefined)
    return fail(why("aave-v3/reserve-not-read", { asset, next: "read the account again together with this reserve" }));
  return ok({ held, terms: reserve });
}

/** The holding with one reserve replaced. */
export const withReserve = (body: AaveBody, held: ReserveHeld): AaveBody => ({
  ...body,
  reserves: body.reserves.map((each) => (each.id === held.id ? held : each)),
});

/** A whole number of the asset's smallest units; digits that the token does not have are refused, not cut. */
export function unitsOf(amount: Exact, { asset, decimals }: ReserveTerms): Result<bigint, Why> {
  const units = rescale(amount, decimals, "down").digits;
  const lost = amount.scale > decimals && units * pow10(amount.scale - decimals) !== amount.digits;
  if (units > 0n && !lost) return ok(units);
  return fail(
    why("aave-v3/invalid-amount", {
      revert: "InvalidAmount",
      value: text(amount),
      next: lost ? `${asset} has ${decimals} decimals` : "write an amount above 0",
    }),
  );
}

/** Active and not paused: what every action on a reserve needs. */
export function openReserve({ terms }: Reserve): Result<void, Why> {
  if (!terms.active) return fail(refused("ReserveInactive", { asset: terms.asset, next: "use another asset" }));
  if (terms.paused)
    return fail(refused("ReservePaused", { asset: terms.asset, next: "wait until the reserve is un-paused" }));
  return ok(undefined);
}

/** The contract's own refusal: its error's name, as a code of ours and in full. */
export const refused = (revert: string, facts: Readonly<Record<string, string>>): Why =>
  why(`aave-v3/${revert.replaceAll(/(?<!^)([A-Z]+)/g, "-$1").toLowerCase()}`, { revert, ...facts });
