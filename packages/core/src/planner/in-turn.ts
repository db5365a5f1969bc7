import type { HashOf } from "@plimsoll/core/policy";
import { toNumber } from "@plimsoll/core/units";
import { type Draft, type Want, groundIn } from "./draft.ts";
import { standingOf } from "./objective.ts";
import { goalOf, needOf } from "./propose-rescue.ts";

/**
 * The order in which wants draw on the same money: urgent first, then the accounts where a unit of what is missing avoids the
 * greatest loss; of one account what asks for most, so that the others need nothing more; then by name, so that the order in which
 * guards were written down does not matter.
 */
export function inTurn(start: Draft, wants: readonly Want[], hashOf: HashOf): readonly Want[] {
  if (wants.length === 1) return wants;
  const seen = wants.map((want) => ({ want, of: accountOf(want), ...needing(start, want, hashOf) }));
  const saves = new Map<string, number>();
  for (const [of, same] of Map.groupBy(seen, (each) => each.of)) {
    const most = Math.max(...same.map(({ missing }) => missing));
    saves.set(of, most > 0 ? Math.max(...same.map(({ loss }) => loss)) / most : 0);
  }
  return seen
    .toSorted((a, b) => {
      if (a.want.urgent !== b.want.urgent) return a.want.urgent ? -1 : 1;
      const byLoss = saves.get(b.of)! - saves.get(a.of)!;
      return byLoss || b.missing - a.missing || (nameOf(a.want) < nameOf(b.want) ? -1 : 1);
    })
    .map(({ want }) => want);
}

const accountOf = ({ guard, account }: Want): string => `${guard.scope.holding} ${account}`;
const nameOf = (want: Want): string => `${want.guard.id} ${accountOf(want)}`;

/** What the account lacks to the want's goal and what is lost if nothing is done; 0 where it is not known. */
function needing(start: Draft, want: Want, hashOf: HashOf): { readonly missing: number; readonly loss: number } {
  const goal = goalOf(want.guard, want.account);
  if (goal === undefined) return { missing: 0, loss: 0 };
  const { beyond = 0 } = standingOf(groundIn(start.field, want.guard.scope.holding), goal);
  const { loss } = needOf(start, want, hashOf);
  return { missing: Math.max(0, -beyond), loss: loss.is === "known" ? toNumber(loss.value) : 0 };
}
