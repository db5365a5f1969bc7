import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { ascending, reader, small, unsigned } from "./read-own.ts";
import { type AaveTerms, allRules } from "./terms.ts";

const CloseFactor = z
  .object({
    normal: unsigned,
    wholeAtOrBelow: unsigned,
    wholeUnder: unsigned,
    leaveAtLeast: unsigned,
  })
  .readonly();

const PriceCap = z.union([
  z.literal(["none", "unknown"]),
  z.object({ kind: z.literal("stable"), most: unsigned }).readonly(),
  z
    .object({
      kind: z.literal("ratio"),
      base: z.string().min(1),
      ratio: unsigned,
      growthPerSecond: unsigned,
      since: unsigned,
      ratioDecimals: small.max(36),
    })
    .readonly(),
]);

const ReserveTerms = z
  .object({
    id: small.max(127),
    asset: z.string().min(1),
    address: z.string().min(1),
    decimals: small.max(36),
    ltv: unsigned,
    liquidationThreshold: unsigned,
    liquidationBonus: unsigned,
    liquidationProtocolFee: unsigned,
    reserveFactor: unsigned,
    active: z.boolean(),
    frozen: z.boolean(),
    paused: z.boolean(),
    borrowingEnabled: z.boolean(),
    flashLoanEnabled: z.boolean(),
    borrowableInIsolation: z.boolean(),
    siloedBorrowing: z.boolean(),
    supplyCap: unsigned,
    borrowCap: unsigned,
    debtCeiling: unsigned,
    liquidationGraceUntil: unsigned,
    priceCap: PriceCap.default("none"),
    rates: z.object({ optimalUsage: unsigned, base: unsigned, slope1: unsigned, slope2: unsigned }).readonly(),
  })
  .readonly();

const EModeTerms = z
  .object({
    id: small.min(1).max(255),
    label: z.string(),
    ltv: unsigned,
    liquidationThreshold: unsigned,
    liquidationBonus: unsigned,
    collateralBitmap: unsigned,
    borrowableBitmap: unsigned,
    ltvZeroBitmap: unsigned,
    isolated: z.boolean().default(false),
    priceSource: z.string().min(1).default("none"),
  })
  .readonly();

const TermsBody = z
  .object({
    // Documents of before there was a choice are of revision 10.
    rules: z.enum(allRules).default("r10"),
    market: z.string().min(1),
    chainId: small,
    baseCurrency: z.string().min(1),
    baseDecimals: small.max(36),
    closeFactor: CloseFactor,
    flashPremium: unsigned,
    reserves: z
      .array(ReserveTerms)
      .refine(ascending, "reserves are not in ascending order of their ids")
      .refine(
        (reserves) => new Set(reserves.map(({ asset }) => asset)).size === reserves.length,
        "an asset is listed twice",
      )
      .readonly(),
    eModes: z.array(EModeTerms).readonly(),
    completeness: z.string().min(1),
  })
  .readonly();

/** A terms document's body from our own memory or our own JSON. */
export const readAaveTerms: (raw: unknown) => Result<AaveTerms, Why> = reader(TermsBody, "terms");
