import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import type { AaveBody } from "./holding.ts";
import { ascending, reader, small, unsigned } from "./read-own.ts";

const readOrUnknown = z.union([z.literal("unknown"), unsigned]);

const Pool = z
  .object({
    liquidityIndex: unsigned,
    variableBorrowIndex: unsigned,
    liquidityRate: unsigned,
    variableBorrowRate: unsigned,
    lastUpdate: unsigned,
    scaledSupply: unsigned,
    scaledDebt: unsigned,
    virtualBalance: unsigned,
    accruedToTreasury: unsigned,
    deficit: unsigned,
    isolationDebt: unsigned,
  })
  .readonly();

const ReserveHeld = z
  .object({
    id: small.max(127),
    pool: z.union([z.literal("not-read"), Pool]),
    scaledSupply: unsigned,
    scaledDebt: unsigned,
    wallet: readOrUnknown,
    allowance: readOrUnknown,
  })
  .readonly();

const Body = z
  .object({
    market: z.string().min(1),
    user: z.string().min(1),
    payer: z.string().min(1),
    block: unsigned,
    timestamp: unsigned,
    eMode: small.max(255),
    config: unsigned,
    sentinel: z.object({ borrowAllowed: z.boolean(), liquidationAllowed: z.boolean() }).readonly(),
    reserves: z.array(ReserveHeld).refine(ascending, "reserves are not in ascending order of their ids").readonly(),
  })
  .refine(
    ({ reserves, timestamp }) => reserves.every(({ pool }) => pool === "not-read" || pool.lastUpdate <= timestamp),
    "a reserve was updated after the holding's timestamp: parts of two snapshots",
  )
  .readonly();

/** A holding's body from our own memory or our own JSON. */
export const readAaveBody: (raw: unknown) => Result<AaveBody, Why> = reader(Body, "holding");
