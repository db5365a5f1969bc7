import { type Why, why } from "@plimsoll/core/units";

/** The contracts' own refusal: the error's name in full, and a code of ours made from it ("TCRBelowCCR" is "liquity-v2/tcr-below-ccr"). */
export const refused = (revert: string, facts: Readonly<Record<string, string>>): Why =>
  why(`liquity-v2/${revert.replaceAll(/([a-z])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$&-").toLowerCase()}`, {
    revert,
    ...facts,
  });
