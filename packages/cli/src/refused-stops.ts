import { stopProblems } from "@plimsoll/core/policy";
import type { BookView } from "@plimsoll/core/turn";
import { type Why, why } from "@plimsoll/core/units";

/** The first stop of a book that lies beyond its account's liquidation price, with both numbers; none where each could fire. */
export function refusedStop({ guards, waiting = [], accounts }: BookView): Why | undefined {
  const all = [...guards, ...waiting.flatMap(({ to }) => (to === undefined ? [] : [to]))];
  for (const guard of all) {
    const { holding, account } = guard.scope;
    const mine = accounts.filter(
      (one) => one.holding === holding && (account === undefined || one.account === account),
    );
    const [problem] = mine.flatMap(({ boundaries }) => stopProblems(guard, boundaries));
    if (problem === undefined) continue;
    const detail = `guard ${guard.name}: ${problem.field} ${problem.value} ${problem.wrong}`;
    return why("book-invalid", { detail, next: problem.next });
  }
  return undefined;
}
