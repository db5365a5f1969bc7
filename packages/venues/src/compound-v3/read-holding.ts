import type { Result, Why } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { CometBody } from "./holding.ts";
import { ascending, assetNumber, read, unordered, unsigned } from "./read-own.ts";

const readOrUnknown = z.union([z.literal("unknown"), unsigned]);
const Funds = z.object({ wallet: readOrUnknown, allowance: readOrUnknown }).readonly();

const Totals = z
  .object({
    supplyIndex: unsigned.refine((index) => index > 0n, "an index is above 0"),
    borrowIndex: unsigned.refine((index) => index > 0n, "an index is above 0"),
    supplied: unsigned,
    borrowed: unsigned,
    lastAccrual: unsigned,
    cash: unsigned,
  })
  .readonly();

const CollateralHeld = z
  .object({ id: assetNumber, balance: unsigned, supplied: readOrUnknown, funds: Funds })
  .refine(
    ({ supplied, balance }) => supplied === "unknown" || supplied >= balance,
    "everybody together supplied less than the user: parts of two snapshots",
  )
  .readonly();

const Body = z
  .object({
    market: z.string().min(1),
    user: z.string().min(1),
    payer: z.string().min(1),
    block: unsigned,
    timestamp: unsigned,
    principal: integer,
    totals: z.union([z.literal("not-read"), Totals]),
    funds: Funds,
    manager: z.union([z.literal("unknown"), z.boolean()]),
    collateral: z.array(CollateralHeld).refine(ascending, unordered).readonly(),
  })
  .refine(
    ({ totals, timestamp }) => totals === "not-read" || totals.lastAccrual <= timestamp,
    "the market was touched after the holding's timestamp: parts of two snapshots",
  )
  .refine(
    ({ totals, principal }) => totals === "not-read" || (totals.supplied >= principal && totals.borrowed >= -principal),
    "everybody together has less than the user: parts of two snapshots",
  )
  .readonly();

/** A holding's body from our own memory or our own JSON. */
export const readCometBody = (raw: unknown): Result<CometBody, Why> => read("holding", Body, raw);
