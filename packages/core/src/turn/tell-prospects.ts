import type { HashOf } from "@plimsoll/core/policy";
import { type Foreseen, nearnessOf, worse } from "@plimsoll/core/risk";
import { why } from "@plimsoll/core/units";
import type { AccountView, Decision } from "./contract.ts";
import { raise } from "./episodes.ts";
import type { State } from "./state.ts";

/** An alert for each coming change that worsens an account's word: when it becomes known, at each reminder, and when it is due. */
export function tellProspects(state: State, id: string, view: AccountView, hashOf: HashOf): readonly Decision[] {
  const { episodes, at: now } = state;
  const worsening = (view.foreseen ?? []).filter(
    ({ danger }) => danger !== view.danger && worse(danger, view.danger) === danger,
  );
  const told = new Map(
    worsening.map((change) => [`${id}/pending:${change.at} ${change.source}/${nearnessOf(change.at, now)}`, change]),
  );
  for (const identity of episodes.keys())
    if (identity.startsWith(`${id}/pending:`) && !told.has(identity)) episodes.delete(identity);
  return [...told].flatMap(([identity, change]) =>
    raise(episodes, identity, { danger: change.danger, because: becauseOf(id, view, change), now }, hashOf),
  );
}

const becauseOf = (id: string, { danger }: AccountView, change: Foreseen) =>
  why("rules-change", {
    account: id,
    on: `${change.at}`,
    what: [...change.changes.map(({ path, to }) => `${path} becomes ${to ?? "nothing"}`), ...change.unread].join(", "),
    now: danger,
    then: change.danger,
    how: change.how,
    source: change.source,
  });
