import type { Action, Condition } from "@plimsoll/core/book";
import { ms } from "@plimsoll/core/units";
import { worksNow } from "./asked-of.ts";
import { gasCondition } from "./gas-cost.ts";
import type { Ground } from "./ground.ts";
import type { Arrival } from "./plan.ts";

/** One slot of Ethereum. */
const SLOT_MS = 12_000;
/** What a message to an exchange takes while it is well, assumed until measured. */
const MESSAGE_MS = 1_000;
/** Blocks that a transaction waits where nobody said how many. */
const BLOCKS = 1;

/**
 * When the effect of an action is there: inside one venue within a message, on a chain within the blocks that its price of gas
 * waits. A venue or a chain that is not well promises nothing.
 */
export function arrivalOf(conditions: ReadonlyMap<string, Condition>, ground: Ground, action: Action): Arrival {
  const works = worksNow(conditions, ground.holding.venue, action);
  const isWell = works.ok && works.value === "normal";
  const onChain = action.do === "supply" || action.do === "repay" || action.do === "withdraw";
  if (!onChain) return { usualMs: ms(MESSAGE_MS), worstMs: isWell ? ms(10 * MESSAGE_MS) : "never" };
  const blocks = gasCondition(conditions, ground)?.inclusionBlocks ?? BLOCKS;
  return { usualMs: ms(blocks * SLOT_MS), worstMs: isWell ? ms(10 * blocks * SLOT_MS) : "never" };
}
