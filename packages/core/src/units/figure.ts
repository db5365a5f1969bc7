import type { Ms } from "./ids.ts";
import type { Why } from "./result.ts";

/** Which of a venue's prices a figure was read from. */
export type PriceKind = "mark" | "index" | "oracle" | "last" | "next-oracle";

/** Unknown carries no value, so it cannot be compared; stale carries one that only a worst case may read. */
export type Figure<T> =
  | {
      readonly is: "known";
      readonly value: T;
      readonly from: "venue" | "derived";
      readonly asOf: Ms;
      readonly kind?: PriceKind;
    }
  | { readonly is: "stale"; readonly last: T; readonly asOf: Ms; readonly why: Why }
  | { readonly is: "unknown"; readonly why: Why }
  | { readonly is: "none"; readonly why: Why };

export const known = <T>(value: T, asOf: Ms, from: "venue" | "derived" = "derived"): Figure<T> => ({
  is: "known",
  value,
  from,
  asOf,
});
export const unknown = (reason: Why): Figure<never> => ({ is: "unknown", why: reason });
export const none = (reason: Why): Figure<never> => ({ is: "none", why: reason });
