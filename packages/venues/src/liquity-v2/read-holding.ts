import type { Result, Why } from "@plimsoll/core/units";
import { integer, readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { LiquityBody } from "./holding.ts";

export const read = readerOf("liquity-v2");
/** A Solidity uint: decimal text in the journal, bigint in memory. */
export const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
const text = z.string().min(1);
const unknownOr = <S extends z.ZodType>(schema: S) => z.union([z.literal("unknown"), schema]);
const once = <T>(list: readonly T[], of: (each: T) => string): boolean => new Set(list.map(of)).size === list.length;

const PerStake = z.object({ coll: unsigned, debt: unsigned });
const Branch = z.object({
  branch: text,
  totals: unknownOr(z.object({ coll: unsigned, debt: unsigned })),
  pool: unknownOr(unsigned),
  shutdownTime: unsigned,
  perStake: PerStake,
  stakes: unknownOr(z.object({ total: unsigned, snapshot: unsigned, collSnapshot: unsigned })),
});
const Batch = z.object({
  ...{ manager: text, branch: text, debt: unsigned, lastUpdate: unsigned },
  ...{ rate: unsigned, fee: unsigned, shares: unsigned },
});
const Recorded = z.discriminatedUnion("by", [
  z.object({ by: z.literal("owner"), debt: unsigned, rate: unsigned, lastUpdate: unsigned }),
  z.object({ by: z.literal("batch"), manager: text, shares: unsigned }),
]);
const Trove = z.object({
  id: text,
  branch: text,
  status: z.enum(["active", "zombie"]),
  coll: unsigned,
  stake: unsigned,
  snapshot: PerStake,
  recorded: Recorded,
  debtInFront: unknownOr(unsigned),
});
const Balances = z
  .array(z.object({ asset: text, units: unsigned }))
  .refine((list) => once(list, ({ asset }) => asset), "an asset stands twice");

const Body = z
  .object({
    ...{ market: text, owner: text, block: unsigned, timestamp: unsigned },
    branches: z.array(Branch).refine((list) => once(list, ({ branch }) => branch), "a branch stands twice"),
    batches: z
      .array(Batch)
      .refine((list) => once(list, ({ branch, manager }) => `${branch}:${manager}`), "a batch stands twice"),
    troves: z.array(Trove).refine((list) => once(list, ({ branch, id }) => `${branch}:${id}`), "a trove stands twice"),
    surplus: Balances,
    wallet: unknownOr(Balances),
  })
  .refine((body) => body.troves.every((trove) => hasItsParts(body, trove)), "a trove's branch or batch is missing")
  .refine(
    ({ branches, batches, troves, timestamp }) =>
      branches.every(({ shutdownTime }) => shutdownTime <= timestamp) &&
      batches.every(({ lastUpdate }) => lastUpdate <= timestamp) &&
      troves.every(({ recorded }) => recorded.by === "batch" || recorded.lastUpdate <= timestamp),
    "something happened after the holding's timestamp: parts of two snapshots",
  );

/** A trove's branch is there and took over at least what the trove knows of; its batch is there with at least its shares. */
function hasItsParts(
  { branches, batches }: Pick<LiquityBody, "branches" | "batches">,
  trove: LiquityBody["troves"][number],
): boolean {
  const { recorded, snapshot } = trove;
  const branch = branches.find((each) => each.branch === trove.branch);
  if (branch === undefined || branch.perStake.coll < snapshot.coll || branch.perStake.debt < snapshot.debt)
    return false;
  if (recorded.by === "owner") return true;
  return batches.some(
    ({ manager, branch: of, shares }) =>
      manager === recorded.manager && of === trove.branch && shares >= recorded.shares,
  );
}

/** A holding's body from our own memory or our own JSON. */
export const readLiquityBody = (raw: unknown): Result<LiquityBody, Why> => read("holding", Body, raw);
