import { type Result, type Why, fail, isNegative, ms, ok, why } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { dexOf } from "./names.ts";
import { unreadable } from "./read-holding.ts";
import { type CoinTerms, type HyperliquidTerms, type Rules, marginTable } from "./terms.ts";

const atLeastZero = decimal(18).refine((value) => !isNegative(value), "must not be below 0");
const count = z.number().int().min(1);
const natural = count.transform(BigInt);
const duration = count.transform(ms);

const RulesJson = z
  .object({
    maintenanceDivisor: natural,
    printedPrice: z.enum(["at-the-line", "maintenance-frozen"]),
    transferShare: atLeastZero,
    backstop: z.object({ over: natural, under: natural }),
    partial: z.object({ above: atLeastZero, share: atLeastZero, coolDownMs: duration }),
    fundingEveryMs: duration,
    fundingCap: atLeastZero.optional(),
    takerFee: atLeastZero,
    minOrder: atLeastZero,
    priceFigures: count,
    priceDecimals: count,
  })
  .transform(({ fundingCap, ...rest }): Rules => (fundingCap === undefined ? rest : { ...rest, fundingCap }));

const CoinJson = z.object({
  table: z.string().min(1),
  sizeDecimals: z.number().int().min(0).max(18).optional(),
  margin: z.enum(["any", "isolated", "strict"]).default("any"),
});

const TermsJson = z.object({
  rules: RulesJson,
  dexes: z.record(z.string(), z.object({ token: z.string().min(1), backstop: z.boolean() })),
  tables: z.record(z.string(), z.array(z.object({ from: atLeastZero, maxLeverage: natural }))),
  coins: z.record(z.string().min(1), CoinJson),
});

/** Reads the body of a terms document: every table checked, every coin with its table and its dex. */
export function readTerms(raw: unknown): Result<HyperliquidTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  const { rules, dexes, tables, coins } = parsed.data;
  const read: Record<string, CoinTerms> = {};
  for (const [coin, { table: name, sizeDecimals, margin }] of Object.entries(coins)) {
    if (!Object.hasOwn(dexes, dexOf(coin))) return fail(missing(coin, `dex "${dexOf(coin)}"`));
    const rows = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (rows === undefined) return fail(missing(coin, `margin table "${name}"`));
    const table = marginTable(name, rows, rules.maintenanceDivisor);
    if (!table.ok) return fail(table.failure);
    read[coin] = { table: table.value, margin, ...(sizeDecimals !== undefined && { sizeDecimals }) };
  }
  return ok({ rules, dexes, coins: read });
}

const missing = (coin: string, what: string): Why =>
  why("hyperliquid/incomplete-terms", { coin, missing: what, next: "fetch the metadata of the coin's dex again" });
