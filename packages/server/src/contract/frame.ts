import * as z from "zod";
import { contract } from "./registry.ts";
import { Account } from "./account.ts";
import { Activity } from "./activity.ts";
import { Moment } from "./amount.ts";
import { Book, BookHead } from "./book.ts";
import { Evidence, Story } from "./story.ts";

/** What the server speaks on the stream, named in the WebSocket sub-protocol; the token follows as a second name. */
export const streamProtocol = "plimsoll.v1";
export const tokenProtocol = (token: string): string => `token.${token}`;

/** Everything a dashboard shows, whole. */
export const Scenery = z
  .object({ book: Book, story: Story.optional(), evidence: Evidence, activity: z.array(Activity) })
  .register(contract, { id: "Scenery" });
export type Scenery = z.infer<typeof Scenery>;

/** What changed: absent means as before. `order` is the list of account keys where the order or the set changed. */
export const Change = z
  .object({
    head: BookHead.optional(),
    accounts: z.array(Account),
    order: z.array(z.string()).optional(),
    story: Story.optional(),
    evidence: Evidence.optional(),
    /** New entries, oldest first. */
    activity: z.array(Activity),
  })
  .register(contract, { id: "Change" });
export type Change = z.infer<typeof Change>;

const stamp = { session: z.string(), seq: z.int().min(0) };
const pulse = {
  /** The server's clock, so that ages do not depend on the reader's. */
  at: Moment,
  /** How long the source has said nothing; beyond `staleAfterMs` every figure is stale. */
  quietMs: z.int().min(0),
};

/**
 * One message of the stream. `seq` grows by one with every delta of a session; a reader that comes back with the session
 * and the last seq it has gets what it missed, or a snapshot where that is no longer held.
 */
export const Frame = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("snapshot"),
      ...stamp,
      ...pulse,
      staleAfterMs: z.int(),
      heartbeatMs: z.int(),
      scenery: Scenery,
    }),
    z.object({ type: z.literal("delta"), ...stamp, ...pulse, change: Change }),
    z.object({ type: z.literal("heartbeat"), ...stamp, ...pulse }),
    /** This reader was too slow: so many deltas were not sent to it; a snapshot follows. */
    z.object({ type: z.literal("dropped"), ...stamp, ...pulse, frames: z.int().min(1) }),
  ])
  .register(contract, { id: "Frame" });
export type Frame = z.infer<typeof Frame>;
