import type { Goal } from "@plimsoll/core/policy";
import {
  type Exact,
  ZERO,
  below,
  brief,
  compare,
  dec,
  fromNumber,
  larger,
  multiply,
  rescale,
  subtract,
  text,
  toNumber,
} from "@plimsoll/core/units";
import { type Mix, cheapestMix } from "./cheapest-mix.ts";
import { type Draft, type Need, type Option, groundIn, noted, onOf } from "./draft.ts";
import { standingOf } from "./objective.ts";
import type { Alternative } from "./plan.ts";
import { type Sampled, sampleOption } from "./remedy-curve.ts";
import { saying } from "./saying.ts";
import { closeWith, costOfDraft, settleMix } from "./settle-mix.ts";

/** Every set of so many candidates is looked at; of more the cheapest mix of all, rounded, with what that leaves open in the gap. */
const MOST_CANDIDATES = 12;
/** So many sets, best first, are worked out by the venue's own rules. */
const MOST_SETTLED = 12;

/** Where coarse steps leave more than this share of the cost open, their neighbours are tried too. */
const WORTH_A_SECOND_LOOK = dec("0.01");

interface Candidate {
  readonly option: Option;
  readonly sampled: Sampled;
}

/** The cheapest draft that reaches the goal, and what of it is still open: how much cheaper an ideal plan might be. */
export interface Cheapest {
  readonly draft: Draft | undefined;
  readonly gap: Exact;
}

/**
 * Chooses the cheapest mix of options: straight lines rank every set of candidates, the best are worked out exactly, and a set
 * whose lower bound is above what was found is left out. Ties go to what stands first in the ladder.
 */
export function chooseCheapest(start: Draft, need: Need, goal: Goal, options: readonly Option[]): Cheapest {
  const { candidates, notes } = candidatesOf(start, need, goal, options);
  const missing = -(standingOf(groundIn(start.field, need.want.guard.scope.holding), goal).beyond ?? 0);
  const ranked = rankSets(candidates, Math.max(missing, 0));
  const before = costOfDraft(start);
  let best: { readonly draft: Draft; readonly set: RankedSet; readonly cost: Exact } | undefined;
  for (const set of ranked.slice(0, MOST_SETTLED)) {
    if (best !== undefined && set.cost >= toNumber(best.cost)) break;
    const support = { options: set.members.map(({ option }) => option), amounts: set.amounts };
    const draft = settleMix(start, need, goal, support);
    if (draft === undefined) continue;
    const cost = subtract(costOfDraft(draft), before);
    if (best === undefined || below(cost, best.cost)) best = { draft, set, cost };
  }
  if (best === undefined) return { draft: undefined, gap: ZERO };
  const bound = fromNumber(Math.max(0, Math.min(...ranked.map((set) => set.bound))));
  const gapOf = (cost: Exact) => rescale(larger(ZERO, subtract(cost, bound)), 8, "ceil");
  if (below(multiply(best.cost, WORTH_A_SECOND_LOOK), gapOf(best.cost))) {
    const support = { options: best.set.members.map(({ option }) => option), amounts: best.set.amounts };
    const draft = settleMix(start, need, goal, support, "neighbours");
    const cost = draft && subtract(costOfDraft(draft), before);
    if (cost !== undefined && below(cost, best.cost)) best = { ...best, draft: draft!, cost };
  }
  const chosen = new Set(best.set.members.map(({ option }) => option));
  const others = [...alone(start, need, goal, candidates, chosen, best.cost), ...notes];
  return { draft: noted(best.draft, ...others), gap: gapOf(best.cost) };
}

/** Options that help, by place in the ladder, and why the others do not. */
function candidatesOf(start: Draft, need: Need, goal: Goal, options: readonly Option[]) {
  const candidates: Candidate[] = [];
  const notes: Alternative[] = [];
  for (const option of options) {
    const sampled = sampleOption(start, need, option, goal);
    if (sampled.ok) candidates.push({ option, sampled: sampled.value });
    else notes.push({ what: `${option.remedy.use} ${onOf(option.remedy)}`, why: saying(sampled.failure) });
  }
  return { candidates, notes };
}

interface RankedSet {
  readonly members: readonly Candidate[];
  readonly amounts: readonly number[];
  readonly cost: number;
  /** What no plan of these candidates is cheaper than: where every set was looked at the cost itself, else without what is fixed. */
  readonly bound: number;
}

/** The cheapest mix of each set of candidates that reaches what is missing, cheapest first; sets that end in the same mix once. */
function rankSets(candidates: readonly Candidate[], missing: number): readonly RankedSet[] {
  const purses = pursesOf(candidates);
  const found = new Map<string, RankedSet>();
  for (const members of setsOf(candidates)) {
    const mix = cheapestMix(
      members.map(({ sampled }) => sampled.curve),
      missing,
      purses,
    );
    if (mix === undefined) continue;
    const used = usedOf(members, mix, candidates.length <= MOST_CANDIDATES);
    const name = used.members.map(({ option }) => candidates.findIndex((each) => each.option === option)).join(" ");
    if (!found.has(name)) found.set(name, used);
  }
  const byPlace = (a: RankedSet, b: RankedSet) => placesOf(a) - placesOf(b);
  return [...found.values()].toSorted(
    (a, b) => a.cost - b.cost || a.members.length - b.members.length || byPlace(a, b),
  );
}

/** Every set, or of many candidates all together and each alone: then fixed costs are not weighed against each other. */
function setsOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  if (candidates.length > MOST_CANDIDATES) return [candidates, ...candidates.map((each) => [each])];
  const masks = Array.from({ length: 2 ** candidates.length - 1 }, (_, index) => index + 1);
  return masks.map((mask) => candidates.filter((_, index) => (mask >> index) & 1));
}

const placesOf = ({ members }: RankedSet): number => Math.min(...members.map(({ option }) => option.place));

function usedOf(members: readonly Candidate[], { amounts, cost }: Mix, every: boolean): RankedSet {
  const used = members.map((member, index) => ({ member, amount: amounts[index]! })).filter(({ amount }) => amount > 0);
  const fixed = used.reduce((sum, { member }) => sum + member.sampled.fixed, 0);
  return {
    members: used.map(({ member }) => member),
    amounts: used.map(({ amount }) => amount),
    cost: cost + fixed,
    bound: every ? cost + fixed : cost,
  };
}

/** What each purse holds: the largest offer out of it, since every offer of one purse is counted against the whole of it. */
function pursesOf(candidates: readonly Candidate[]): ReadonlyMap<string, number> {
  const purses = new Map<string, number>();
  for (const { option, sampled } of candidates) {
    const { purse } = sampled.curve;
    if (purse !== undefined && option.purse !== undefined) purses.set(purse, toNumber(option.purse));
  }
  return purses;
}

/** What each option would cost by itself, or why it is not enough. */
function alone(
  start: Draft,
  need: Need,
  goal: Goal,
  candidates: readonly Candidate[],
  chosen: ReadonlySet<Option>,
  best: Exact,
): readonly Alternative[] {
  const before = costOfDraft(start);
  return candidates.flatMap(({ option }): readonly Alternative[] => {
    if (chosen.size === 1 && chosen.has(option)) return [];
    const what = `${option.remedy.use} ${onOf(option.remedy)}`;
    const closed = closeWith(start, start, need, goal, option);
    if (!closed.ok) return [{ what: `${what} alone`, why: saying(closed.failure) }];
    const cost = subtract(costOfDraft(closed.value), before);
    const amount = amountOf(closed.value.proposals.at(-1)!.action);
    const more = compare(cost, best) > 0;
    const why = more
      ? `reaches the target too, for ${brief(cost)} ${need.unit} against ${brief(best)}`
      : "reaches the target too, for as much, but stands later in the ladder";
    return [{ what: `${what} ${amount}`, why, cost }];
  });
}

const amountOf = (action: Draft["proposals"][number]["action"]): string => {
  if (action.do === "order") return text(action.size);
  return "amount" in action && action.amount !== "all" ? text(action.amount) : "";
};
