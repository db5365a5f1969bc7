import type { Result, Why } from "@plimsoll/core/units";
import { integer, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { SkyBody } from "./holding.ts";
import { RAY } from "./fixed-point.ts";

export const read = readerOf("sky");
/** A Solidity uint: decimal text in the journal, bigint in memory. */
export const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
export const above = integer.refine((value) => value > 0n, "must be above 0");
const text = z.string().min(1);
const unknownOr = <S extends z.ZodType>(schema: S) => z.union([z.literal("unknown"), schema]);
const once = <T>(list: readonly T[], of: (each: T) => string): boolean => new Set(list.map(of)).size === list.length;

const IlkHeld = z.object({
  ilk: text,
  rate: integer.refine((rate) => rate >= RAY, "a rate starts at one and never falls"),
  rho: unsigned,
  fee: unknownOr(integer.refine((fee) => fee >= RAY, "a fee per second is at least one")),
  dirt: unknownOr(unsigned),
});
const Vault = z.object({ id: text, ilk: text, ink: unsigned, art: unsigned, gem: unsigned });
const Sale = z
  .object({ vault: text, ilk: text, tab: above, penalty: unsigned, lot: above, top: above, tic: unsigned })
  .refine(({ tab, penalty }) => penalty <= tab, "the penalty is a part of the target");
const Balance = z.object({ asset: text, units: unsigned });

const Body = z
  .object({
    market: text,
    owner: text,
    block: unsigned,
    timestamp: unsigned,
    dirt: unknownOr(unsigned),
    ilks: z.array(IlkHeld).refine((ilks) => once(ilks, ({ ilk }) => ilk), "a vault type stands twice"),
    vaults: z.array(Vault).refine((vaults) => once(vaults, ({ ilk, id }) => `${ilk}:${id}`), "a vault stands twice"),
    sales: z.array(Sale),
    wallet: unknownOr(z.array(Balance).refine((list) => once(list, ({ asset }) => asset), "an asset stands twice")),
  })
  .refine(
    ({ ilks, vaults }) => vaults.every((vault) => ilks.some(({ ilk }) => ilk === vault.ilk)),
    "a vault's type is missing",
  )
  .refine(
    ({ ilks, timestamp }) => ilks.every(({ rho }) => rho <= timestamp),
    "a type was dripped after the holding's timestamp: parts of two snapshots",
  );

/** A holding's body from our own memory or our own JSON. */
export const readSkyBody = (raw: unknown): Result<SkyBody, Why> => read("holding", Body, raw);
