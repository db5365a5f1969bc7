import { pow10 } from "@plimsoll/core/units";
import type { PriceCap } from "./terms.ts";

/** The capping part of a reserve's terms; the rest has no price. */
export type Capped = Exclude<PriceCap, "none" | "unknown">;

/**
 * The largest ratio to the base asset that a growth cap lets through at a moment (seconds), with the cap's own decimals.
 * @source aave-capo, PriceCapAdapterBase: snapshot ratio + growth a second * seconds since the snapshot
 */
export const ratioAt = ({ ratio, growthPerSecond, since }: Extract<Capped, { kind: "ratio" }>, now: bigint): bigint =>
  now <= since ? ratio : ratio + growthPerSecond * (now - since);

/**
 * The highest price that an adapter answers, whatever the market pays, down.
 * @param basePrice of the base asset of a ratio, in the same scale as the answer; undefined where a cap needs none.
 * @param finer digits that prices have here beyond the market's own.
 * @source aave-capo, PriceCapAdapterBase.latestAnswer, PriceCapAdapterStable.latestAnswer
 */
export function capPrice(cap: Capped, now: bigint, basePrice: bigint | undefined, finer: number): bigint | undefined {
  if (cap.kind === "stable") return cap.most * pow10(finer);
  return basePrice === undefined ? undefined : (basePrice * ratioAt(cap, now)) / pow10(cap.ratioDecimals);
}
