import { type Result, type Why, fail, ok, text, why } from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./read-holding.ts";

const leverage = z.number().int().min(1);
const flag = z.boolean().nullish();
const Meta = z.object({
  universe: z.array(
    z.object({
      name: z.string().min(1),
      szDecimals: z.number().int().min(0),
      maxLeverage: leverage,
      marginTableId: z.number().int().optional(),
      onlyIsolated: flag,
      marginMode: z.enum(["any", "noCross", "strictIsolated"]).optional(),
    }),
  ),
  marginTables: z
    .array(
      z.tuple([
        z.number().int(),
        z.object({ marginTiers: z.array(z.object({ lowerBound: decimal(6), maxLeverage: leverage })) }),
      ]),
    )
    .default([]),
});
type Coin = z.infer<typeof Meta>["universe"][number];

type RowJson = { readonly from: string; readonly maxLeverage: number };
type CoinJson = {
  readonly table: string;
  readonly sizeDecimals: number;
  readonly margin: "any" | "isolated" | "strict";
};

/** The part of a terms document that a dex's metadata tells. */
export interface MetaTerms {
  readonly tables: Readonly<Record<string, readonly RowJson[]>>;
  readonly coins: Readonly<Record<string, CoinJson>>;
}

/** Table ids below this one are not tables but the largest leverage itself. @source documentation, margin tiers. */
const FIRST_TABLE = 50;

/**
 * Reads a `meta` answer into tables and coins. A table whose first row does not allow the coin's own largest leverage is
 * refused: one of the two is of another day, or rows are missing.
 */
export function readMeta(raw: unknown): Result<MetaTerms, Why> {
  const parsed = Meta.safeParse(raw);
  if (!parsed.success) return fail(unreadable("meta", parsed.error));
  const published = new Map(parsed.data.marginTables.map(([id, { marginTiers }]) => [id, marginTiers]));
  const tables: Record<string, readonly RowJson[]> = {};
  const coins: Record<string, CoinJson> = {};
  for (const coin of parsed.data.universe) {
    const { name, szDecimals: sizeDecimals, maxLeverage, marginTableId: id } = coin;
    const rows = id === undefined ? undefined : published.get(id);
    const first = rows === undefined ? (id ?? maxLeverage) : rows[0]?.maxLeverage;
    if ((rows === undefined && id !== undefined && id >= FIRST_TABLE) || first !== maxLeverage)
      return fail(incomplete(name, `${id ?? "none"}`, maxLeverage));
    const table = rows === undefined ? `flat-${maxLeverage}` : `${id}`;
    tables[table] = rows?.map(({ lowerBound, ...row }) => ({ from: text(lowerBound), ...row })) ?? [
      { from: "0", maxLeverage },
    ];
    coins[name] = { table, sizeDecimals, margin: marginOf(coin) };
  }
  return ok({ tables, coins });
}

function marginOf({ marginMode, onlyIsolated }: Coin): CoinJson["margin"] {
  if (marginMode === "strictIsolated") return "strict";
  return marginMode === "noCross" || onlyIsolated === true ? "isolated" : "any";
}

const incomplete = (coin: string, table: string, maxLeverage: number): Why =>
  why("hyperliquid/incomplete-terms", {
    coin,
    table,
    maxLeverage: `${maxLeverage}`,
    next: "fetch the metadata again: the coin's margin table is missing or does not fit its largest leverage",
  });
