import type { HashOf } from "@plimsoll/core/policy";
import { worse } from "@plimsoll/core/risk";
import { driftOf } from "./apply-event.ts";
import type { AccountView, Decision } from "./contract.ts";
import { calm, raise } from "./episodes.ts";
import type { State } from "./state.ts";

/** One alert while any of our figures of the account's holding is not the venue's, also where nobody is judged by it. */
export function tellDrift(state: State, id: string, view: AccountView, hashOf: HashOf): readonly Decision[] {
  const { episodes, at: now, facts } = state;
  const identity = `${id}/parity`;
  const drift = facts.parity.get(view.holding)?.rows.find(({ verdict }) => verdict === "differs");
  if (drift === undefined) {
    calm(episodes, identity, now);
    return [];
  }
  const because = driftOf(drift);
  const told = { ...because, facts: { account: id, ...because.facts } };
  return raise(episodes, identity, { danger: worse(view.danger, "watch"), because: told, now }, hashOf);
}
