import type { Why } from "@plimsoll/core/units";

/**
 * Whether a venue cancels an account's orders when it has not heard from a program for a while: such a timer takes resting stops away
 * just when they are needed, so nothing here ever arms one. Unknown where the venue does not tell.
 */
export type DeadMan =
  | { readonly is: "off" }
  | { readonly is: "armed"; readonly detail: string }
  | { readonly is: "unknown"; readonly why: Why };
