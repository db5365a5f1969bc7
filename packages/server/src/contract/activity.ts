import * as z from "zod";
import { contract } from "./registry.ts";
import { Danger, Decimal, Moment } from "./amount.ts";
import { ExecutionState } from "./book.ts";

/** Where the record lies in the hash-chained journal. */
export const ChainPosition = z
  .object({ stream: z.string(), seq: z.string().regex(/^\d+$/), hash: z.string() })
  .register(contract, { id: "ChainPosition" });

/** One figure that was predicted before an action and read after it. */
export const Comparison = z
  .object({ what: z.string(), predicted: Decimal, actual: Decimal.optional() })
  .register(contract, { id: "Comparison" });

export const Activity = z
  .object({
    /** Grows with each entry; the cursor of paging. */
    seq: z.int().min(1),
    at: Moment,
    kind: z.enum(["plan", "intent", "outcome", "alert", "venue", "note"]),
    title: z.string(),
    /** Each reason as a sentence with the number that decided it. */
    because: z.array(z.string()),
    holding: z.string().optional(),
    account: z.string().optional(),
    danger: Danger.optional(),
    key: z.string().optional(),
    state: ExecutionState.optional(),
    verified: z.enum(["as-predicted", "differs", "not-yet"]).optional(),
    comparisons: z.array(Comparison),
    /** What else was considered, and why it was not chosen. */
    alternatives: z.array(z.object({ what: z.string(), why: z.string() })),
    chain: ChainPosition.optional(),
  })
  .register(contract, { id: "Activity" });
export type Activity = z.infer<typeof Activity>;

/** Newest first; `next` is the cursor of the page before this one in time, absent on the last page. */
export const ActivityPage = z
  .object({ items: z.array(Activity), next: z.string().optional() })
  .register(contract, { id: "ActivityPage" });
export type ActivityPage = z.infer<typeof ActivityPage>;
