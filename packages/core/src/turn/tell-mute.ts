import { keyForbids } from "@plimsoll/core/planner";
import type { HashOf } from "@plimsoll/core/policy";
import { worse } from "@plimsoll/core/risk";
import { why } from "@plimsoll/core/units";
import type { AccountView, Decision } from "./contract.ts";
import { end, raise } from "./episodes.ts";
import type { State } from "./state.ts";

/**
 * An alert while an armed guard watches an account for which nothing can be sent: its signer is away or waits for its passphrase, its
 * key has ended or may not trade, or nobody holds one. That it can be sent again is told as well.
 */
export function tellMute(state: State, id: string, view: AccountView, hashOf: HashOf): readonly Decision[] {
  const { episodes, facts, at: now } = state;
  const { holding, account, danger } = view;
  const identity = `${id}/mute`;
  const guards = state.guardIndex.ofHolding.get(holding) ?? [];
  const armed = guards.filter(({ mode, scope }) => mode === "armed" && (scope.account ?? account) === account);
  const mute = keyForbids(facts.conditions, holding, now, "armed");
  if (mute !== undefined && armed.length > 0) {
    const because = why(mute.code, { account: id, guards: armed.map((guard) => guard.id).join(", "), ...mute.facts });
    return raise(episodes, identity, { danger: worse(danger, "watch"), because, now }, hashOf);
  }
  const episode = episodes.get(identity)?.id;
  if (!end(episodes, identity, now) || mute !== undefined || episode === undefined) return [];
  const because = why("can-act-again", { account: id, detail: `what guards want for ${id} can be sent again` });
  return [{ type: "alert", episode, danger, why: because }];
}
