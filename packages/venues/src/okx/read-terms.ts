import { type Exact, type Result, type Why, fail, isNegative, isZero, ok } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./read-holding.ts";
import { type Band, type CoinTerms, type OkxTerms, checkBands, checkLoanTiers, checkTiers } from "./terms.ts";

const positive = decimal(18).refine((value: Exact) => !isZero(value) && !isNegative(value), "must be above 0");
const atLeastZero = decimal(18).refine((value: Exact) => !isNegative(value), "must not be below 0");
const share = atLeastZero.refine(({ digits, scale }: Exact) => digits <= 10n ** BigInt(scale), "must not be above 1");
const name = z.string().min(1);

const ContractJson = z.object({
  type: z.enum(["linear", "inverse"]),
  settle: name,
  quote: name,
  size: positive,
  tick: positive,
  lot: positive,
  takerFee: atLeastZero,
  tiers: z.array(z.object({ floor: atLeastZero, cap: positive, mmr: positive })),
});
const PairJson = z.object({
  base: name,
  quote: name,
  takerFee: atLeastZero,
  tiers: z.array(z.object({ baseLoan: positive, quoteLoan: positive, mmr: positive })),
});
const bandOf = (rate: typeof share) =>
  z
    .object({ cap: positive.optional(), rate })
    .transform(({ cap, rate: value }): Band => (cap === undefined ? { rate: value } : { cap, rate: value }));
const CoinJson = z
  .object({
    discountBy: z.enum(["usd", "coins"]),
    discounts: z.array(bandOf(share)),
    borrow: z.array(bandOf(positive)).optional(),
  })
  .transform(({ borrow, ...rest }): CoinTerms => (borrow === undefined ? rest : { ...rest, borrow }));

/** The tables of a terms document; a person may write the same for an account of their own. */
export const TermsJson = z.object({
  contracts: z.record(name, ContractJson),
  pairs: z.record(name, PairJson),
  coins: z.record(name, CoinJson),
});

/** Reads the body of a terms document: decimal text in, every table checked. */
export function readTerms(raw: unknown): Result<OkxTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  const { contracts, pairs, coins } = parsed.data;
  const checks = [
    ...Object.entries(contracts).map(([of, { tiers }]) => checkTiers(of, tiers)),
    ...Object.entries(pairs).map(([of, { tiers }]) => checkLoanTiers(of, tiers)),
    ...Object.entries(coins).map(([of, { discounts }]) => checkBands(of, discounts, "fall")),
    ...Object.entries(coins).flatMap(([of, { borrow }]) =>
      borrow === undefined ? [] : [checkBands(of, borrow, "rise")],
    ),
  ];
  for (const checked of checks) if (!checked.ok) return checked;
  return ok(parsed.data);
}
