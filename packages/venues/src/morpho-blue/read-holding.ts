import { type Result, type Why } from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { MorphoBody } from "./holding.ts";
import { morphoBlueId } from "./names.ts";
import { distinct, name, readOrUnknown, unsigned } from "./read-own.ts";

const Totals = z
  .object({
    supplyAssets: unsigned,
    supplyShares: unsigned,
    borrowAssets: unsigned,
    borrowShares: unsigned,
    lastUpdate: unsigned,
    borrowRate: readOrUnknown,
  })
  .readonly();

const MarketHeld = z
  .object({ market: name, totals: Totals, supplyShares: unsigned, borrowShares: unsigned, collateral: unsigned })
  .refine(({ totals, borrowShares }) => borrowShares <= totals.borrowShares, "more debt than the whole market's")
  .readonly();

const Body = z
  .object({
    deployment: name,
    owner: name,
    payer: name,
    block: unsigned,
    timestamp: unsigned,
    markets: z
      .array(MarketHeld)
      .refine((markets) => distinct(markets.map(({ market }) => market)), "a market stands twice")
      .readonly(),
    purses: z
      .array(z.object({ asset: name, balance: readOrUnknown, allowance: readOrUnknown }).readonly())
      .refine((purses) => distinct(purses.map(({ asset }) => asset)), "a token stands twice")
      .readonly(),
  })
  .refine(
    ({ markets, timestamp }) => markets.every(({ totals }) => totals.lastUpdate <= timestamp),
    "a market was updated after the holding's timestamp: parts of two snapshots",
  )
  .readonly();

const read = readerOf(morphoBlueId);
/** A holding's body from our own memory or our own JSON. */
export const readMorphoBody = (raw: unknown): Result<MorphoBody, Why> => read("holding", Body, raw);
