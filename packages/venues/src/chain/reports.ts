import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, why } from "@plimsoll/core/units";

/** How many blocks back are asked about at the most; many endpoints refuse long ranges. */
const longestRange = 64n;

export interface Blocks {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * A reporter of what contracts logged in the blocks since the snapshot before, as events to be told before those of the snapshot
 * at block `to`. The first snapshot has no blocks before it. Blocks that could not be asked about are asked about with the next
 * ones; that, and blocks too far back to ask, is told once, under `name`, which takes no account with it.
 */
export function reportsOf(
  name: string,
): (to: bigint, read: (blocks: Blocks) => Promise<Result<readonly BookEvent[], Why>>) => Promise<readonly BookEvent[]> {
  let reportedTo: bigint | undefined;
  let failing = false;
  const unseen = (reason: Why): BookEvent => ({ type: "lost", what: name, why: reason });
  return async (to, read) => {
    const before = reportedTo;
    reportedTo ??= to;
    if (before === undefined || to <= before) return [];
    const from = to - before > longestRange ? to - longestRange + 1n : before + 1n;
    const events = await read({ from, to });
    if (!events.ok) {
      const told = failing ? [] : [unseen(events.failure)];
      failing = true;
      return told;
    }
    [reportedTo, failing] = [to, false];
    const skipped = from > before + 1n ? [unseen(tooFarBack(before + 1n, from - 1n))] : [];
    return [...skipped, ...events.value];
  };
}

const tooFarBack = (from: bigint, to: bigint): Why =>
  why("chain/blocks-not-asked", {
    from: `${from}`,
    to: `${to}`,
    detail: `what happened in blocks ${from} to ${to} is not reported, they are too far back; the holding shows its result`,
    next: "look these blocks up at a block explorer if the holding changed in them",
  });
