import { type Exact, ONE, type Result, type Why, compare, fail, isNegative, isZero, ok } from "@plimsoll/core/units";
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
    funding: z
      .object({ cap: decimal(18), floor: decimal(18) })
      .refine(({ cap, floor }) => compare(floor, cap) < 0, "the floor is not below the cap")
      .optional(),
  })
  .transform(({ contractSize, funding, ...rest }): SymbolTerms => ({
    ...rest,
    ...(contractSize !== undefined && { contractSize }),
    ...(funding !== undefined && { funding }),
  }));

const AssetJson = z.object({
  collateral: z
    .array(z.object({ floor: atLeastZero, rate: atLeastZero }))
    .refine((bands) => bands[0] !== undefined && isZero(bands[0].floor), "the first band starts at 0")
    .refine(ascends, "bands do not ascend, or a larger value counts for more")
    .refine((bands) => bands.every(({ rate }) => compare(rate, ONE) <= 0), "a rate is above 1"),
  askBuffer: atLeastZero,
});

const UniMmrJson = z.object({ warn: positive, reduceOnly: positive, liquidation: positive, claim: positive });

const TermsJson = z.object({
  symbols: z.record(z.string().min(1), SymbolJson),
  assets: z.record(z.string().min(1), AssetJson).optional(),
  autoExchange: positive.optional(),
  uniMmr: UniMmrJson.optional(),
});

function ascends(bands: readonly { readonly floor: Exact; readonly rate: Exact }[]): boolean {
  return bands.every((band, index) => {
    const before = bands[index - 1];
    return before === undefined || (compare(band.floor, before.floor) > 0 && compare(band.rate, before.rate) <= 0);
  });
}

/** Reads the body of a terms document: decimal text in, every tier table checked. */
export function readTerms(raw: unknown): Result<BinanceTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  const symbols: Record<string, SymbolTerms> = parsed.data.symbols;
  for (const [symbol, { tiers }] of Object.entries(symbols)) {
    const checked = checkTiers(symbol, tiers);
    if (!checked.ok) return fail(checked.failure);
  }
  const { assets, autoExchange, uniMmr } = parsed.data;
  return ok({
    symbols,
    ...(assets !== undefined && { assets }),
    ...(autoExchange !== undefined && { autoExchange }),
    ...(uniMmr !== undefined && { uniMmr }),
  });
}
