import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { FACTOR_SCALE } from "./comet-math.ts";
import { ascending, assetNumber, read, unordered, unsigned } from "./read-own.ts";
import type { CometTerms } from "./terms.ts";

const share = unsigned.refine((factor) => factor <= FACTOR_SCALE, "a factor is at most 1e18");
const decimals = z.number().int().nonnegative().max(36);

const AssetTerms = z
  .object({
    id: assetNumber,
    asset: z.string().min(1),
    address: z.string().min(1),
    decimals,
    borrowFactor: share,
    liquidateFactor: share,
    liquidationFactor: share,
    supplyCap: unsigned,
  })
  .refine(({ borrowFactor, liquidateFactor }) => borrowFactor <= liquidateFactor, "more is lent than is safe")
  .readonly();

const RateCurve = z.object({ kink: unsigned, base: unsigned, slopeLow: unsigned, slopeHigh: unsigned }).readonly();

const TermsBody = z
  .object({
    market: z.string().min(1),
    chainId: z.number().int().nonnegative(),
    address: z.string().min(1),
    base: z.object({ asset: z.string().min(1), address: z.string().min(1), decimals }).readonly(),
    priceUnit: z.string().min(1),
    supplyCurve: RateCurve,
    borrowCurve: RateCurve,
    storeFrontPriceFactor: share,
    targetReserves: unsigned,
    baseBorrowMin: unsigned,
    paused: z
      .object({
        supply: z.boolean(),
        transfer: z.boolean(),
        withdraw: z.boolean(),
        absorb: z.boolean(),
        buy: z.boolean(),
      })
      .readonly(),
    assets: z.array(AssetTerms).refine(ascending, unordered).readonly(),
    completeness: z.string().min(1),
  })
  .refine(
    ({ base, assets }) => new Set([base, ...assets].map(({ asset }) => asset)).size === assets.length + 1,
    "an asset is listed twice",
  )
  .readonly();

/** A terms document's body from our own memory or our own JSON. */
export const readCometTerms = (raw: unknown): Result<CometTerms, Why> => read("terms", TermsBody, raw);
