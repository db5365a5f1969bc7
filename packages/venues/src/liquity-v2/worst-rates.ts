import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, maxOf, ok } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";
import type { LiquityTerms } from "./terms.ts";

/** The holding as if every batch manager set the highest rate. An owner's own rate only its owner moves, and a management fee only falls. */
export const atWorstRatesLiquity = (body: LiquityBody, { terms }: Scene<LiquityTerms>): Result<LiquityBody, Why> =>
  ok({ ...body, batches: body.batches.map((batch) => ({ ...batch, rate: maxOf(batch.rate, terms.body.rateMost) })) });
