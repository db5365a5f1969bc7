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
import type { CollateralHeld, CometBody } from "./holding.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** A collateral asset of an account: what is held of it, and its terms. */
export interface Collateral {
  readonly held: CollateralHeld;
  readonly terms: AssetTerms;
}

/** The contract's own refusal: its error's name, as a code of ours and in full. */
export const refused = (revert: string, facts: Readonly<Record<string, string>>): Why =>
  why(`compound-v3/${revert.replaceAll(/(?<!^)([A-Z]+)/g, "-$1").toLowerCase()}`, { revert, ...facts });

/**
 * The account's collateral assets with their terms, in the market's order.
 * @returns why not, where the terms are another market's or lack an asset that the account holds.
 */
export function readCollateral(body: CometBody, terms: CometTerms): Result<readonly Collateral[], Why> {
  if (body.market !== terms.market)
    return fail(
      why("compound-v3/terms-of-another-market", { value: terms.market, next: `use the terms of ${body.market}` }),
    );
  const collateral: Collateral[] = [];
  for (const held of body.collateral) {
    const asset = terms.assets.find(({ id }) => id === held.id);
    if (asset === undefined)
      return fail(
        why("compound-v3/asset-missing", {
          value: `asset ${held.id} is not in the terms`,
          next: "read the market and the account again in one snapshot",
        }),
      );
    collateral.push({ held, terms: asset });
  }
  return ok(collateral);
}

/** The collateral that an action names by its house name; or why there is none. */
export function findCollateral(body: CometBody, terms: CometTerms, asset: AssetId): Result<Collateral, Why> {
  const found = terms.assets.find((each) => each.asset === asset);
  if (found === undefined)
    return fail(
      refused("BadAsset", {
        value: asset,
        next: `name one of ${[terms.base, ...terms.assets].map((each) => each.asset).join(", ")}`,
      }),
    );
  const held = body.collateral.find(({ id }) => id === found.id);
  if (held !== undefined) return ok({ held, terms: found });
  return fail(why("compound-v3/asset-not-read", { asset, next: "read the account again together with this asset" }));
}

/** The holding with one collateral replaced. */
export const withCollateral = (body: CometBody, held: CollateralHeld): CometBody => ({
  ...body,
  collateral: body.collateral.map((each) => (each.id === held.id ? held : each)),
});

/** What the market knows of a token's unit: its name and decimals. */
export type Token = Pick<AssetTerms, "asset" | "decimals">;

/** A whole number of the token's smallest units; digits that the token does not have are refused, not cut. */
export function unitsOf(amount: Exact, { asset, decimals }: Token): Result<bigint, Why> {
  const units = rescale(amount, decimals, "down").digits;
  const lost = amount.scale > decimals && units * pow10(amount.scale - decimals) !== amount.digits;
  if (units > 0n && !lost) return ok(units);
  return fail(
    why("compound-v3/invalid-amount", {
      value: text(amount),
      next: lost ? `${asset} has ${decimals} decimals` : "write an amount above 0",
    }),
  );
}
