import {
  type Guard,
  type HashOf,
  type Waiting,
  applyVersion,
  applyWaits,
  changePolicy,
  dueAt,
  guardHash,
} from "@plimsoll/core/policy";
import { type Spend, purseOf } from "@plimsoll/core/planner";
import { type HoldingId, why } from "@plimsoll/core/units";
import type { Decision, Input } from "./contract.ts";
import { raise } from "./episodes.ts";
import { byId, indexGuards } from "./guard-index.ts";
import { walletsOf } from "./look.ts";
import type { State } from "./state.ts";

/** Takes a policy in: what tightens is in force at once, what loosens is told and waits. */
export function applyPolicy(
  state: State,
  { guards, reserves, confirmed = [] }: Extract<Input["event"], { type: "policy" }>,
  hashOf: HashOf,
): readonly Decision[] {
  const before = { inForce: state.guards, waiting: state.waiting };
  const after = changePolicy(before, guards, confirmed, state.at);
  putInForce(state, after.inForce, hashOf);
  state.waiting = after.waiting;
  state.reserves = reserves;
  for (const [key, spend] of state.spends)
    if (!stillCounts(state, spend) && !state.open.has(key)) state.spends.delete(key);
  return after.waiting.flatMap((one) => tellWaiting(state, one, hashOf));
}

/** Whether what was taken is missing in a count that stands: of a reserve, or in the last reading of the wallet that paid. */
function stillCounts({ facts, reserves }: State, spend: Spend): boolean {
  const wallets = walletsOf(facts);
  const isSame = (holding: HoldingId) => purseOf({ wallets }, holding) === purseOf({ wallets }, spend.holding);
  return (
    reserves.some(
      ({ holding, asset, free }) =>
        isSame(holding) && asset === spend.asset && free.is === "known" && spend.at >= free.asOf,
    ) || [...wallets].some(([holding, { readAt }]) => isSame(holding) && spend.at >= readAt)
  );
}

/** Puts looser versions in force whose wait is over, unless any account is at act or worse. */
export function endWaits(state: State, hashOf: HashOf): void {
  if (state.waiting.length === 0) return;
  const words = [...state.looks.all().values()].flat().map((id) => state.looks.get(id)!.view.danger);
  const isCalm = words.every((danger) => danger === "safe" || danger === "watch");
  const after = applyWaits({ inForce: state.guards, waiting: state.waiting }, state.at, isCalm);
  if (after.waiting.length === state.waiting.length) return;
  putInForce(state, after.inForce, hashOf);
  state.waiting = after.waiting;
}

/** A new version of a guard starts with a fresh watch; what it did today and what it measured still counts. */
function putInForce(state: State, guards: readonly Guard[], hashOf: HashOf): void {
  const versions = new Map(guards.map((guard) => [guard.id, guardHash(hashOf, guard)]));
  const old = new Map(state.guards.map((guard) => [guard.id, guard]));
  const young = new Map(guards.map((guard) => [guard.id, guard]));
  for (const [id, watch] of state.watches) {
    const guard = young.get(id.slice(0, id.indexOf(" ")));
    if (guard === undefined) {
      state.watches.delete(id);
      state.readings.delete(id);
    } else if (versions.get(guard.id) !== state.versions.get(guard.id))
      state.watches.set(id, applyVersion(old.get(guard.id), guard, watch));
  }
  state.guards = guards.toSorted(byId);
  state.guardIndex = indexGuards(guards);
  state.versions = versions;
}

function tellWaiting(state: State, { guard, loosens, confirmedAt }: Waiting, hashOf: HashOf): readonly Decision[] {
  const fields = loosens.map(({ field, from, to }) => `${field} from ${from} to ${to}`).join("; ");
  const because =
    confirmedAt === undefined
      ? why("loosening-unconfirmed", { guard, fields, next: "confirm it, or write the guard as it was" })
      : why("loosening-waits", { guard, fields, until: `${dueAt(confirmedAt)}` });
  const identity = `policy/${guard}/${because.code}`;
  return raise(state.episodes, identity, { danger: "watch", because, now: state.at }, hashOf);
}
