import { type Exact, type Result, type Why, isNegative, isZero, ok } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { read } from "./read-holding.ts";
import { type Band, type BybitTerms, type CoinTerms, type ContractTerms, checkBands, checkTiers } from "./terms.ts";

const positive = decimal(18).refine((value: Exact) => !isZero(value) && !isNegative(value), "must be above 0");
const atLeastZero = decimal(18).refine((value: Exact) => !isNegative(value), "must not be below 0");
const share = atLeastZero.refine(({ digits, scale }: Exact) => digits <= 10n ** BigInt(scale), "must not be above 1");
const name = z.string().min(1);

/** "" is how the venue writes that a row deducts nothing. @source Bybit API documentation, `mmDeduction` */
export const deduction = z.union([z.literal("").transform(() => "0"), z.string()]).pipe(atLeastZero);

const ContractJson = z
  .object({
    type: z.enum(["linear", "inverse"]),
    settle: name,
    quote: name,
    tick: positive,
    step: positive,
    takerFee: atLeastZero,
    complete: z.boolean(),
    tiers: z.array(z.object({ floor: atLeastZero, cap: positive, mmr: share, deduction })),
    funding: z.object({ floor: decimal(18), cap: decimal(18) }).optional(),
  })
  .transform(({ funding, ...rest }): ContractTerms => (funding === undefined ? rest : { ...rest, funding }));

const bandOf = (rate: typeof share) =>
  z
    .object({ cap: positive.optional(), rate })
    .transform(({ cap, rate: value }): Band => (cap === undefined ? { rate: value } : { cap, rate: value }));
const CoinJson = z
  .object({ ratios: z.array(bandOf(share)), borrow: z.array(bandOf(positive)).optional() })
  .transform(({ borrow, ratios }): CoinTerms => (borrow === undefined ? { ratios } : { ratios, borrow }));

const TermsJson = z.object({
  valuation: z.enum(["mark", "entry"]),
  contracts: z.record(name, ContractJson),
  coins: z.record(name, CoinJson),
});

/** Reads the body of a terms document: decimal text in, every table checked. */
export function readTerms(raw: unknown): Result<BybitTerms, Why> {
  const parsed = read("terms", TermsJson, raw);
  if (!parsed.ok) return parsed;
  const { contracts, coins } = parsed.value;
  const checks = [
    ...Object.entries(contracts).map(([of, { tiers }]) => checkTiers(of, tiers)),
    ...Object.entries(coins).map(([of, { ratios }]) => checkBands(of, ratios, "never-rises")),
    ...Object.entries(coins).flatMap(([of, { borrow }]) =>
      borrow === undefined ? [] : [checkBands(of, borrow, "never-falls")],
    ),
  ];
  for (const checked of checks) if (!checked.ok) return checked;
  return ok(parsed.value);
}
