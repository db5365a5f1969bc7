import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./read-holding.ts";
import { type DydxTerms, checkMarket } from "./terms.ts";

const atLeastZero = integer.refine((value) => value >= 0n, "must not be below 0");
const positive = integer.refine((value) => value > 0n, "must be above 0");

const MarketJson = z.object({
  atomicResolution: z.number().int().min(-20).max(0),
  stepBaseQuantums: positive,
  initialMarginPpm: positive,
  maintenanceFractionPpm: positive,
  openInterestLowerCap: atLeastZero,
  openInterestUpperCap: atLeastZero,
  isolated: z.boolean(),
});

const LiquidationsJson = z.object({
  maxFeePpm: atLeastZero,
  minPositionNotional: positive,
  maxPositionPortionPpm: positive,
  subaccountMaxNotional: positive,
  bankruptcyAdjustmentPpm: positive,
  spreadToMaintenancePpm: positive,
});

const TermsJson = z
  .object({
    markets: z.record(z.string().min(1), MarketJson),
    liquidations: LiquidationsJson,
    fundingClampPpm: positive.optional(),
  })
  .transform(({ fundingClampPpm, ...rest }): DydxTerms =>
    fundingClampPpm === undefined ? rest : { ...rest, fundingClampPpm },
  );

/** Reads the body of a terms document: integer text in, every market checked. */
export function readTerms(raw: unknown): Result<DydxTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  for (const [ticker, market] of Object.entries(parsed.data.markets)) {
    const checked = checkMarket(ticker, market);
    if (!checked.ok) return fail(checked.failure);
  }
  return ok(parsed.data);
}
