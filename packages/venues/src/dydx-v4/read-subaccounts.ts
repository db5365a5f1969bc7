import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  negate,
  ok,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { decimal, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, Position, Subaccount } from "./holding.ts";
import { DYDX } from "./names.ts";
import { QUOTE_SCALE, unitsOf } from "./quantums.ts";
import { readBody } from "./read-holding.ts";
import type { IndexerMarket } from "./read-markets.ts";

const figure = decimal(36);
const side = z.enum(["LONG", "SHORT"]);
const sided = { side, size: figure };

const Row = z.object({
  subaccountNumber: z.number().int().min(0),
  equity: figure,
  freeCollateral: figure,
  openPerpetualPositions: z.record(z.string().min(1), z.object({ ...sided, status: z.literal("OPEN") })),
  assetPositions: z.record(z.string(), z.object(sided)),
});
type Row = z.infer<typeof Row>;

/** A subaccount's own figures as the indexer tells them, for comparison. */
export interface VenueSubaccount {
  readonly number: number;
  readonly equity: Exact;
  readonly freeCollateral: Exact;
}

export interface ReadSubaccounts {
  readonly body: Body;
  readonly subaccounts: readonly VenueSubaccount[];
}

const read = readerOf(DYDX);
const One = z.object({ subaccount: Row }).transform(({ subaccount }) => [subaccount]);
const Many = z.object({ subaccounts: z.array(Row) }).transform(({ subaccounts }) => subaccounts);

/**
 * The subaccounts of GET addresses/{address}, of GET .../subaccountNumber/{number}, or of the first message of the subaccount's channel.
 * USDC comes with funding already settled in it, so every position stands at its market's index.
 * @source v4-chain, indexer comlink: the USDC position is adjusted by unsettled funding before it is told.
 */
export function readSubaccounts(
  raw: unknown,
  markets: ReadonlyMap<string, IndexerMarket>,
): Result<ReadSubaccounts, Why> {
  const rows = read("subaccounts", z.union([One, Many]), raw);
  if (!rows.ok) return rows;
  const subaccounts: Subaccount[] = [];
  for (const row of rows.value) {
    const made = subaccountOf(row, markets);
    if (!made.ok) return made;
    subaccounts.push(made.value);
  }
  const held = new Set(subaccounts.flatMap(({ positions }) => positions.map(({ ticker }) => ticker)));
  const body = readBody({
    subaccounts,
    markets: [...held].map((ticker) => ({ ticker, fundingIndex: 0n, openInterest: markets.get(ticker)?.openInterest })),
  });
  if (!body.ok) return body;
  const figures = rows.value.map(({ subaccountNumber: number, equity, freeCollateral }) => ({
    number,
    equity,
    freeCollateral,
  }));
  return ok({ body: body.value, subaccounts: figures });
}

function subaccountOf(row: Row, markets: ReadonlyMap<string, IndexerMarket>): Result<Subaccount, Why> {
  const { subaccountNumber: number, assetPositions, openPerpetualPositions } = row;
  const other = Object.keys(assetPositions).find((asset) => asset !== "USDC");
  if (other !== undefined)
    return fail(why("dydx-v4/other-asset", { asset: other, next: "only USDC is collateral here" }));
  const usdc = assetPositions["USDC"];
  const positions: Position[] = [];
  for (const [ticker, each] of Object.entries(openPerpetualPositions)) {
    const made = positionOf(ticker, each, markets.get(ticker));
    if (!made.ok) return made;
    positions.push(made.value);
  }
  const quote = usdc === undefined ? 0n : rescale(signed(usdc), QUOTE_SCALE, "floor").digits;
  return ok({ number, quote, positions });
}

/** Shorts are told with and without their sign: the side decides. */
const signed = ({ side: of, size }: { readonly side: "LONG" | "SHORT"; readonly size: Exact }): Exact =>
  of === "LONG" ? size : negate(magnitude(size));

function positionOf(
  ticker: string,
  each: { readonly side: "LONG" | "SHORT"; readonly size: Exact },
  market: IndexerMarket | undefined,
): Result<Position, Why> {
  if (market === undefined) return fail(why("dydx-v4/no-market", { market: ticker, next: "read the markets again" }));
  const bad = isZero(each.size) || (each.side === "LONG" && isNegative(each.size));
  const scale = -market.terms.atomicResolution;
  const size = unitsOf(signed(each), scale, "down");
  if (bad || compare({ digits: size, scale }, signed(each)) !== 0)
    return fail(
      why("dydx-v4/bad-size", {
        market: ticker,
        side: each.side,
        size: text(each.size),
        next: "read the account again",
      }),
    );
  return ok({ ticker, size, fundingIndex: 0n });
}
