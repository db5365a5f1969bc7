import type { Terms } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, dec, fail, ok, rescale, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { AaveTerms, ReserveTerms } from "./terms.ts";

/** A whole number; a file gives it as its source text. */
export const whole = (min: number, max: number) => {
  const text = `write a whole number from ${min} to ${max}`;
  const number = z.int(text).min(min, text).max(max, text);
  return z.union(
    [
      number,
      z
        .string(text)
        .regex(/^\d{1,3}$/, text)
        .transform(Number)
        .pipe(number),
    ],
    text,
  );
};

const shareText = "write a share of at most 4 decimals, for example 0.83";
const share = z.string(shareText).regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/, shareText);
const bonusText = "write the bonus as a share of at most 4 decimals, for example 0.05";

/** Parameters by asset, as shares: "0.83" is a threshold of 83 %, a bonus of "0.05" is 5 %. */
export const WrittenOverrides = z.record(
  z.string().min(1),
  z.strictObject({
    decimals: whole(2, 36).optional(),
    ltv: share.optional(),
    liquidationThreshold: share.optional(),
    liquidationBonus: z
      .string(bonusText)
      .regex(/^0(\.\d{1,4})?$/, bonusText)
      .optional(),
  }),
);
export type Overrides = z.infer<typeof WrittenOverrides>;

/**
 * The market's terms with an account's own parameters. They become a market of that account alone, so that neither its terms
 * nor its prices pass for the real market's.
 * @returns why not: an asset the terms do not have, without the parameters that make one.
 */
export function overrideTerms(
  shipped: Terms<AaveTerms>,
  overrides: Overrides,
  id: HoldingId,
): Result<Terms<AaveTerms>, Why> {
  if (Object.keys(overrides).length === 0) return ok(shipped);
  const reserves = new Map(shipped.body.reserves.map((reserve) => [reserve.asset, reserve]));
  for (const [asset, override] of Object.entries(overrides)) {
    const before = reserves.get(asset) ?? newReserve(asset, override, reserves.size);
    if (before === undefined)
      return fail(
        why("aave-v3/written", {
          path: `parameters.${asset}`,
          value: asset,
          next: "an asset outside the shipped terms needs decimals and liquidationThreshold",
        }),
      );
    reserves.set(asset, { ...before, ...bpsOf(override), decimals: override.decimals ?? before.decimals });
  }
  const body = {
    ...shipped.body,
    market: `${shipped.body.market}/${id}`,
    reserves: [...reserves.values()].toSorted((a, b) => a.id - b.id),
    completeness: `${shipped.body.completeness}. Parameters of ${Object.keys(overrides).join(", ")} as the owner wrote them`,
  };
  const validFrom = new Date(shipped.validFrom).toISOString().slice(0, 10);
  return ok({ ...termsDocument({ ...shipped, market: body.market, validFrom, body }), body });
}

type Override = Overrides[string];

const bps = (text: string): bigint => rescale(dec(text), 4, "down").digits;

const bpsOf = ({ ltv, liquidationThreshold, liquidationBonus }: Override): Partial<ReserveTerms> => ({
  ...(ltv !== undefined && { ltv: bps(ltv) }),
  ...(liquidationThreshold !== undefined && { liquidationThreshold: bps(liquidationThreshold) }),
  ...(liquidationBonus !== undefined && { liquidationBonus: 10_000n + bps(liquidationBonus) }),
});

/** A reserve that the shipped terms do not have: no caps, no fees, rates of zero; ids from the upper end. */
function newReserve(
  asset: string,
  { decimals, liquidationThreshold }: Override,
  count: number,
): ReserveTerms | undefined {
  if (decimals === undefined || liquidationThreshold === undefined) return undefined;
  return {
    id: 127 - count,
    asset,
    address: "unknown",
    decimals,
    ltv: 0n,
    liquidationThreshold: 0n,
    liquidationBonus: 10_000n,
    liquidationProtocolFee: 0n,
    reserveFactor: 0n,
    active: true,
    frozen: false,
    paused: false,
    borrowingEnabled: true,
    flashLoanEnabled: false,
    borrowableInIsolation: false,
    siloedBorrowing: false,
    supplyCap: 0n,
    borrowCap: 0n,
    debtCeiling: 0n,
    liquidationGraceUntil: 0n,
    priceCap: "none",
    rates: { optimalUsage: 0n, base: 0n, slope1: 0n, slope2: 0n },
  };
}
