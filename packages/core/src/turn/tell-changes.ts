import type { Holding } from "@plimsoll/core/book";
import { type HashOf } from "@plimsoll/core/policy";
import { type Change, explainChange, foundAgain } from "@plimsoll/core/protection";
import { worse } from "@plimsoll/core/risk";
import { type HoldingId, type Why, why } from "@plimsoll/core/units";
import type { Decision, Input, TurnPorts } from "./contract.ts";
import { groundOf, isGround } from "./look.ts";
import { noteReductions } from "./note-loss.ts";
import type { State } from "./state.ts";

const elsewhere: readonly Change["what"][] = ["own-action", "funding", "interest"];

/** A holding that was not read for longer was not watched: reports of the venue may be missing. */
const AWAY_MS = 60_000;

/** Remembers what a venue reports of a holding until a reading shows it. */
export function noteEffect({ effects }: State, { event }: Input): void {
  if (event.type === "effect") effects.set(event.holding, [...(effects.get(event.holding) ?? []), event]);
}

/**
 * Says what happened to a holding since the reading before: what the venue did, what was done by hand, what a stop of ours did; and,
 * where nobody had looked for a while, what was found. What we did ourselves, and what is paid for time, is told elsewhere.
 */
export function tellChanges(ports: TurnPorts, state: State, before: Holding, hashOf: HashOf): readonly Decision[] {
  const after = state.facts.holdings.get(before.id)!;
  if (after.asOf <= before.asOf) return [];
  const [was, is] = [before, after].map((holding) => groundOf(ports, state.facts, holding, after.asOf));
  if (!isGround(was!) || !isGround(is!)) return [];
  const awayMs = after.asOf - before.asOf;
  const isWatched = awayMs <= AWAY_MS;
  const changes = explainChange(was, is, { ...between(state, before, after), isWatched });
  noteReductions(state, was, changes, after.asOf);
  forgetUpTo(state, after);
  const told = changes.filter(({ what }) => !elsewhere.includes(what)).map((change) => said(state, before.id, change));
  if (!isWatched) told.push({ account: before.id, because: foundAgain(was, is, changes, awayMs) });
  return told.map(({ account, because }) => ({
    type: "alert",
    episode: hashOf(["change", before.id, after.asOf, because]),
    danger: worse(state.looks.get(account)?.view.danger ?? "unknown", "watch"),
    why: because,
  }));
}

function between({ effects, open, deeds }: State, before: Holding, after: Holding) {
  const under = [...open.values()].map(({ intent }) => intent.step);
  const ended = (deeds.get(before.id) ?? []).filter(({ at }) => at >= before.asOf).map(({ step }) => step);
  return {
    effects: (effects.get(before.id) ?? []).filter(({ at }) => at <= after.asOf),
    deeds: [...under, ...ended].filter(({ holding }) => holding === before.id),
  };
}

/** What a reading showed is explained; what came after it waits for the next one. */
function forgetUpTo({ effects, deeds }: State, { id, asOf }: Holding): void {
  keep(effects, id, (each) => each.at > asOf);
  keep(deeds, id, (each) => each.at > asOf);
}

function keep<V>(map: Map<HoldingId, readonly V[]>, id: HoldingId, isLater: (each: V) => boolean): void {
  const left = (map.get(id) ?? []).filter(isLater);
  if (left.length === 0) map.delete(id);
  else map.set(id, left);
}

function said(
  state: State,
  holding: HoldingId,
  { what, account, text }: Change,
): { readonly account: string; readonly because: Why } {
  const id = `${holding}/${account}`;
  return { account: id, because: why(`change/${what}`, { account: id, detail: `${id}: ${text}` }) };
}
