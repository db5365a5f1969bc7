import type { Terms } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, dec, fail, ok, rescale, why } from "@plimsoll/core/units";
import { name, share, termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import { FACTOR_DECIMALS } from "./comet-math.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** Factors by asset, as shares: a liquidateFactor of "0.9" is 90 %. */
export const WrittenOverrides = z.record(
  name,
  z.strictObject({
    borrowFactor: share.optional(),
    liquidateFactor: share.optional(),
    liquidationFactor: share.optional(),
  }),
);
export type Overrides = z.infer<typeof WrittenOverrides>;

/**
 * The market's terms with an account's own factors. They become a market of that account alone, so that neither its terms nor its prices
 * pass for the real market's.
 * @returns why not: an asset that the market does not take, or factors in the wrong order.
 */
export function overrideTerms(
  shipped: Terms<CometTerms>,
  overrides: Overrides,
  id: HoldingId,
): Result<Terms<CometTerms>, Why> {
  if (Object.keys(overrides).length === 0) return ok(shipped);
  const problem = (asset: string, next: string) =>
    fail(why("compound-v3/written", { path: `parameters.${asset}`, value: asset, next }));
  const assets = new Map(shipped.body.assets.map((each) => [each.asset, each]));
  for (const [asset, factors] of Object.entries(overrides)) {
    const before = assets.get(asset);
    if (before === undefined) return problem(asset, `write one of ${[...assets.keys()].join(", ")}`);
    const after: AssetTerms = { ...before, ...factorsOf(factors) };
    if (after.borrowFactor > after.liquidateFactor)
      return problem(asset, "write a borrowFactor that is not above the liquidateFactor");
    assets.set(asset, after);
  }
  const body: CometTerms = {
    ...shipped.body,
    market: `${shipped.body.market}/${id}`,
    assets: [...assets.values()],
    completeness: `${shipped.body.completeness}. Factors of ${Object.keys(overrides).join(", ")} as the owner wrote them`,
  };
  const validFrom = new Date(shipped.validFrom).toISOString().slice(0, 10);
  return ok({ ...termsDocument({ ...shipped, market: body.market, validFrom, body }), body });
}

const factor = (text: string): bigint => rescale(dec(text), FACTOR_DECIMALS, "down").digits;

const factorsOf = ({ borrowFactor, liquidateFactor, liquidationFactor }: Overrides[string]): Partial<AssetTerms> => ({
  ...(borrowFactor !== undefined && { borrowFactor: factor(borrowFactor) }),
  ...(liquidateFactor !== undefined && { liquidateFactor: factor(liquidateFactor) }),
  ...(liquidationFactor !== undefined && { liquidationFactor: factor(liquidationFactor) }),
});
