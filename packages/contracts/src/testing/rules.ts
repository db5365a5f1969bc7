import type { Bench } from "./bench.ts";
import { admissionRules } from "./rules-admission.ts";
import { armingRules } from "./rules-arming.ts";
import { endingRules } from "./rules-ending.ts";
import { hostileRules } from "./rules-hostile.ts";
import { lendingRules } from "./rules-lending.ts";
import { marketRules } from "./rules-market.ts";
import { referenceRules } from "./rules-references.ts";
import { reserveRules } from "./rules-reserve.ts";
import { sellingRules } from "./rules-selling.ts";
import { tokenRules } from "./rules-tokens.ts";
import { wholeRules } from "./rules-whole.ts";

/** One thing that the guardian does or refuses; throws where it does not hold. It finds the bench as it started, and may leave it in any state. */
export interface Rule {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
}

export const rules: readonly Rule[] = [
  ...armingRules,
  ...admissionRules,
  ...referenceRules,
  ...sellingRules,
  ...lendingRules,
  ...marketRules,
  ...endingRules,
  ...reserveRules,
  ...wholeRules,
  ...tokenRules,
  ...hostileRules,
];
