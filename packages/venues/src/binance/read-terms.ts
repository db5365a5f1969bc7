import { type Exact, type Result, type Why, fail, isNegative, isZero, ok } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./raw.ts";
import { type BinanceTerms, type SymbolTerms, checkTiers } from "./terms.ts";

const positive = decimal(18).refine((value: Exact) => !isZero(value) && !isNegative(value), "must be above 0");
const atLeastZero = decimal(18).refine((value: Exact) => !isNegative(value), "must not be below 0");

const TierJson = z.object({
  floor: atLeastZero,
  cap: positive,
  rate: positive,
  amount: atLeastZero,
  maxLeverage: positive,
});

const SymbolJson = z
  .object({
    asset: z.string().min(1),
    tick: positive,
    step: positive,
    minSize: positive,
    minNotional: atLeastZero,
    takerFee: atLeastZero,
    liquidationFee: atLeastZero,
    tiers: z.array(TierJson),
    contractSize: positive.optional(),
  })
  .transform(({ contractSize, ...rest }): SymbolTerms =>
    contractSize === undefined ? rest : { ...rest, contractSize },
  );

const TermsJson = z.object({ symbols: z.record(z.string().min(1), SymbolJson) });

/** Reads the body of a terms document: decimal text in, every tier table checked. */
export function readTerms(raw: unknown): Result<BinanceTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  const symbols: Record<string, SymbolTerms> = parsed.data.symbols;
  for (const [symbol, { tiers }] of Object.entries(symbols)) {
    const checked = checkTiers(symbol, tiers);
    if (!checked.ok) return fail(checked.failure);
  }
  return ok({ symbols });
}
