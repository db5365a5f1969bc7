import type { Assessment, Line } from "@plimsoll/core/margin";
import { type QuoteKey, type Why, below, text, why } from "@plimsoll/core/units";
import { type Danger, worse } from "./danger.ts";
import { byDistance, byHealth, byProbability, familyOf } from "./levels.ts";

/** How far one price must move, as a share of itself, until it alone takes the account. */
export interface Reach {
  readonly quote: QuoteKey;
  readonly share: number;
}

/** What the danger word rests on. Whatever is missing raises the word or leaves it; it never lowers it. */
export interface Sight {
  readonly assessment: Assessment;
  /** Every price the account depends on. */
  readonly quotes: readonly QuoteKey[];
  /** For every price with a boundary the nearer one; a price without a boundary is left out. */
  readonly reaches: readonly Reach[];
  readonly probability?: { readonly withinHour?: number; readonly withinDay?: number };
}
export interface Word {
  readonly danger: Danger;
  /** The number that decided it. */
  readonly because: Why;
}

export const maintenanceOf = ({ lines }: Assessment): Line | undefined =>
  lines.find(({ name }) => name === "maintenance");

/** The danger word of one account, worst of what its line, its distances (or its health in a loop) and its probability say. */
export function wordOf(sight: Sight): Word {
  const { equity } = sight.assessment;
  if (equity.is === "unknown" || equity.is === "stale") return { danger: "unknown", because: equity.why };
  const line = maintenanceOf(sight.assessment);
  if (line === undefined) return { danger: "safe", because: why("nothing-to-liquidate", {}) };
  if (line.crossed)
    return { danger: "liquidatable", because: why("line-crossed", { line: line.name, health: text(line.health) }) };
  const words = [isLoop(sight.quotes) ? healthWord(line) : distanceWord(sight.reaches), probabilityWord(sight)];
  return words.reduce((a, b) => (worse(a.danger, b.danger) === a.danger ? a : b));
}

/** Collateral and debt of one family: they rise and fall together. */
const isLoop = (quotes: readonly QuoteKey[]): boolean =>
  quotes.length > 1 && new Set(quotes.map((quote) => familyOf(quote).name)).size === 1;

function healthWord({ health }: Line): Word {
  const level = (["danger", "act", "watch"] as const).find((name) => below(health, byHealth[name]));
  return { danger: level ?? "safe", because: why("health", { health: text(health), rule: "correlated-loop" }) };
}

function distanceWord(reaches: readonly Reach[]): Word {
  const words = reaches.map(({ quote, share }): Word & { readonly scaled: number } => {
    const scaled = share / familyOf(quote).multiplier;
    const level = (["danger", "act", "watch"] as const).find((name) => scaled <= byDistance[name]);
    return { scaled, danger: level ?? "safe", because: why("distance", { quote, share: share.toFixed(6) }) };
  });
  const [nearest] = words.toSorted((a, b) => a.scaled - b.scaled);
  if (nearest === undefined) return { danger: "safe", because: why("no-single-price-reaches-the-line", {}) };
  return { danger: nearest.danger, because: nearest.because };
}

function probabilityWord({ probability = {} }: Sight): Word {
  const { withinHour = 0, withinDay = 0 } = probability;
  const because = why("probability", { withinHour: String(withinHour), withinDay: String(withinDay) });
  if (withinDay >= byProbability.danger || withinHour >= byProbability.dangerWithinHour)
    return { danger: "danger", because };
  if (withinDay >= byProbability.act) return { danger: "act", because };
  return { danger: withinDay >= byProbability.watch ? "watch" : "safe", because };
}
