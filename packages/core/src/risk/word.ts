import type { Assessment, Line } from "@plimsoll/core/margin";
import { type Why, below, text, why } from "@plimsoll/core/units";
import { type Danger, worse } from "./danger.ts";
import { byDistance, byHealth, byProbability } from "./levels.ts";
import type { Reaches } from "./reach.ts";

/** What the danger word rests on. Whatever is missing raises the word or leaves it; it never lowers it. */
export interface Sight {
  readonly assessment: Assessment;
  readonly reaches: Reaches;
  readonly probability?: { readonly withinHour?: number; readonly withinDay?: number };
}
export interface Word {
  readonly danger: Danger;
  /** The number that decided it. */
  readonly because: Why;
}

export const maintenanceOf = ({ lines }: Assessment): Line | undefined =>
  lines.find(({ name }) => name === "maintenance");

/** The danger word of one account, the worst of what its line, its distances, its health in a loop and its probability say. */
export function wordOf(sight: Sight): Word {
  const { equity } = sight.assessment;
  if (equity.is === "unknown" || equity.is === "stale") return { danger: "unknown", because: equity.why };
  const line = maintenanceOf(sight.assessment);
  if (line === undefined) return { danger: "safe", because: why("nothing-to-liquidate", {}) };
  if (line.crossed)
    return { danger: "liquidatable", because: why("line-crossed", { line: line.name, health: text(line.health) }) };
  const { moves, isLoop } = sight.reaches;
  const words = [
    distanceWord(moves),
    ...(isLoop ? [healthWord(line)] : []),
    probabilityWord(sight),
    ...sight.assessment.lines.flatMap(crossedWord),
  ];
  return words.reduce((a, b) => (worse(a.danger, b.danger) === a.danger ? a : b));
}

/** A line beside maintenance that is crossed: the venue warns, or a price that is already known will take the account. */
function crossedWord({ name, crossed, raises, health, meaning }: Line): readonly Word[] {
  if (!crossed || raises === undefined) return [];
  return [{ danger: raises, because: why("line-crossed", { line: name, health: text(health), meaning }) }];
}

function healthWord({ health }: Line): Word {
  const level = (["danger", "act", "watch"] as const).find((name) => below(health, byHealth[name]));
  const { watch, act, danger } = byHealth;
  const levels = { watch: text(watch), act: text(act), danger: text(danger) };
  const facts = { health: text(health), rule: "correlated-loop", ...levels };
  return { danger: level ?? "safe", because: why("health", facts) };
}

function distanceWord(moves: Reaches["moves"]): Word {
  const [nearest] = moves
    .map((move) => ({ ...move, scaled: move.share / move.multiplier }))
    .toSorted((a, b) => a.scaled - b.scaled);
  if (nearest === undefined) return { danger: "safe", because: why("no-price-reaches-the-line") };
  const { what, share, falls, multiplier, scaled } = nearest;
  const level = (["danger", "act", "watch"] as const).find((name) => scaled <= byDistance[name]);
  const at = (name: keyof typeof byDistance) => (byDistance[name] * multiplier).toFixed(4);
  const levels = { watch: at("watch"), act: at("act"), danger: at("danger") };
  const facts = { price: what, share: share.toFixed(6), way: falls ? "fall" : "rise", ...levels };
  return { danger: level ?? "safe", because: why("distance", facts) };
}

function probabilityWord({ probability = {} }: Sight): Word {
  const { withinHour = 0, withinDay = 0 } = probability;
  const because = why("probability", { withinHour: String(withinHour), withinDay: String(withinDay) });
  if (withinDay >= byProbability.danger || withinHour >= byProbability.dangerWithinHour)
    return { danger: "danger", because };
  if (withinDay >= byProbability.act) return { danger: "act", because };
  return { danger: withinDay >= byProbability.watch ? "watch" : "safe", because };
}
