import type { Reply } from "@plimsoll/core/book";
import {
  type Exact,
  add,
  assetId,
  compare,
  exact,
  magnitude,
  multiply,
  negate,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { mayArrive } from "./too-late.ts";

/** A margin move of a venue that lists none: what the position had before, and what was put in (above 0) or taken out. */
export interface MarginMove {
  readonly asset: string;
  readonly before: Exact;
  readonly change: Exact;
  /** The client's clock when it was made. */
  readonly at: number;
}

/** Funding may have moved the margin meanwhile; what is nearer than a quarter of the move is taken for it. Assumed. */
const NEAR = exact(25n, 2);

/** What the pool paid or got. */
export const marginMoved = ({ asset, change }: Pick<MarginMove, "asset" | "change">): Reply => ({
  is: "done",
  flows: [{ asset: assetId(asset), amount: negate(change) }],
});

/**
 * What a position's margin says of a move: it is there, it is not and cannot arrive any more, or neither can be said.
 * @param now the margin as the venue shows it; undefined where the position is gone. @param asked the client's clock before asking.
 */
export function replyOfMargin(venue: string, move: MarginMove, now: Exact | undefined, asked: number): Reply {
  const { before, change } = move;
  const within = multiply(magnitude(change), NEAR);
  const near = (to: Exact) => now !== undefined && compare(magnitude(subtract(now, to)), within) < 0;
  if (near(add(before, change))) return marginMoved(move);
  if (near(before) && !mayArrive(move.at, asked)) return { is: "not-found" };
  return {
    is: "ambiguous",
    why: why(`${venue}/margin-move-unclear`, {
      before: text(before),
      change: text(change),
      now: now === undefined ? "no position" : text(now),
      next: "ask again: margin moves carry no id of ours",
    }),
  };
}
