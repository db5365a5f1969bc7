import { type Why, why } from "@plimsoll/core/units";

/** The core's own refusal: its revert reason in full, and a code of ours made from it ("Vat/dust" is "sky/vat-dust"). */
export const refused = (revert: string, facts: Readonly<Record<string, string>>): Why =>
  why(`sky/${revert.replace("/", "-").toLowerCase()}`, { revert, ...facts });
