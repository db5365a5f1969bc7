import {
  type AccountKey,
  type Exact,
  type Why,
  ZERO,
  below,
  isZero,
  larger,
  multiply,
  ok,
  quotient,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import {
  type Draft,
  type Ground,
  type Option,
  type Purse,
  type Want,
  offerOf,
  onOf,
  optionsFor,
  slippageOf,
  withAction,
} from "./draft.ts";
import { type Goal, reaches, readHealth } from "@plimsoll/core/policy";
import type { Guard } from "@plimsoll/core/policy";
import type { HashOf } from "@plimsoll/core/policy";
import { leastAmount, stepsIn, stepsOf } from "./least-amount.ts";

/** A draft, and why the want is not met by it, or not wholly. */
export interface Rescue {
  readonly draft: Draft;
  readonly shortfall?: Why;
}

/** The health a guard wants back; undefined where it wants a share reduced. */
const goalOf = ({ trigger, target }: Guard, account: AccountKey): Goal | undefined =>
  target.want === "health"
    ? { account, line: trigger.when === "health" ? trigger.line : "maintenance", at: target.at }
    : undefined;

/**
 * Adds to a draft what one guard wants. Its ladder is tried in the order written: the first remedy that reaches the goal alone,
 * else one after the other, each giving the most it may, until it is reached.
 */
export function proposeRescue(draft: Draft, want: Want, purse: Purse, hashOf: HashOf): Rescue {
  const goal = goalOf(want.guard, want.account);
  if (goal === undefined) return reduceToLeft(draft, want, hashOf);
  const { engine, holding, scene } = draft.ground;
  const health = readHealth(engine, ok(holding), goal, scene);
  if (reaches(health, goal)) {
    const reached = health.is === "known" ? `health is ${text(health.value)}` : "nothing is left to liquidate";
    return {
      draft: noted(draft, `${want.guard.name}: anything more`, `not needed, after the actions before ${reached}`),
    };
  }
  const { chosen, notes } = alone(draft, want, goal, purse, hashOf);
  return chosen === undefined ? together(notes, want, goal, purse, hashOf) : { draft: chosen };
}

const noted = (draft: Draft, what: string, reason: string): Draft => ({
  ...draft,
  alternatives: [...draft.alternatives, { what, why: reason }],
});

const optionsOf = (draft: Draft, want: Want): readonly Option[] =>
  want.guard.ladder.flatMap((remedy) => optionsFor(draft.ground, want.account, remedy));

function sized(draft: Draft, { remedy, lever }: Option, goal: Goal, purse: Purse) {
  const { engine, holding, scene } = draft.ground;
  const family = (amount: Exact) => lever.act(amount, slippageOf(remedy));
  return leastAmount(engine, holding, scene, goal, family, offerOf(draft, { remedy, lever }, purse));
}

/** The first single action that reaches the goal, if there is one; what the others lack or would have taken is noted. */
function alone(
  draft: Draft,
  want: Want,
  goal: Goal,
  purse: Purse,
  hashOf: HashOf,
): { readonly chosen?: Draft; readonly notes: Draft } {
  let chosen: Draft | undefined;
  let notes = draft;
  for (const remedy of want.guard.ladder) {
    const what = `${remedy.use} ${onOf(remedy)}`;
    const options = optionsFor(draft.ground, want.account, remedy);
    if (options.length === 0) notes = noted(notes, what, "the account offers nothing of the kind now");
    for (const option of options) {
      const amount = sized(draft, option, goal, purse);
      if (amount.ok && chosen !== undefined) {
        notes = noted(notes, `${what} ${text(amount.value)}`, "reaches the target too, but stands later in the ladder");
        continue;
      }
      const added = amount.ok ? withAction(draft, want, option, amount.value, hashOf) : amount;
      if (added.ok) chosen = added.value;
      else notes = noted(notes, `${what} alone`, saying(added.failure));
    }
  }
  return { notes, ...(chosen && { chosen: { ...chosen, alternatives: notes.alternatives } }) };
}

/** No remedy is enough alone: the most of each in turn, as far as it helps, and the least of the last. */
function together(start: Draft, want: Want, goal: Goal, purse: Purse, hashOf: HashOf): Rescue {
  let draft = start;
  let refusal: Why | undefined;
  for (const remedy of want.guard.ladder) {
    for (const option of optionsFor(draft.ground, want.account, remedy)) {
      const least = sized(draft, option, goal, purse);
      const offer = offerOf(draft, option, purse);
      const amount = least.ok ? least.value : stepsOf(stepsIn(offer), offer);
      if (isZero(amount)) continue;
      const added = withAction(draft, want, option, amount, hashOf);
      if (!added.ok) refusal = added.failure;
      else if (helps(draft.ground, added.value.ground, goal)) draft = added.value;
      if (least.ok && added.ok) return { draft };
    }
  }
  const facts = { guard: want.guard.id, target: text(goal.at), next: "raise what the guard may use, or add a remedy" };
  return { draft, shortfall: why("target-out-of-reach", { ...facts, ...(refusal && { refused: saying(refusal) }) }) };
}

function helps(before: Ground, after: Ground, goal: Goal): boolean {
  const [then, now] = [before, after].map(({ engine, holding, scene }) => readHealth(engine, ok(holding), goal, scene));
  if (then?.is !== "known" || now?.is !== "known") return now?.is === "none";
  return below(then.value, now.value);
}

const saying = ({ code, facts }: Why): string =>
  [code, ...Object.entries(facts).map(([name, value]) => `${name} ${value}`)].join(", ");

/** A name for one lever that lasts while its position is there: the instrument and the side that reduces it. */
function leverName(lever: Option["lever"]): string {
  const action = lever.act(lever.step, ZERO);
  return action.do === "order" ? `${lever.on}:${action.side}` : lever.on;
}

/** The sizes that reducing by the guard's share leaves; fixed once an episode, so that a second attempt does not cut again. */
export function sizesLeft(ground: Ground, { target, ladder }: Guard, account: AccountKey): Record<string, Exact> {
  if (target.want !== "reduce") return {};
  const left = ladder
    .flatMap((remedy) => optionsFor(ground, account, remedy))
    .map(({ lever }) => {
      const cut = quotient(multiply(lever.most, target.share), lever.step, 0, "ceil").digits;
      return [leverName(lever), larger(ZERO, subtract(lever.most, stepsOf(cut, lever)))] as const;
    });
  return Object.fromEntries(left);
}

/** Reduces every position of the ladder to the size it shall keep. */
function reduceToLeft(start: Draft, want: Want, hashOf: HashOf): Rescue {
  let draft = start;
  let refusal: Why | undefined;
  for (const option of optionsOf(start, want)) {
    const keep = want.left[leverName(option.lever)] ?? ZERO;
    const offer = { step: option.lever.step, most: larger(ZERO, subtract(option.lever.most, keep)) };
    const amount = stepsOf(stepsIn(offer), offer);
    if (isZero(amount)) continue;
    const added = withAction(draft, want, option, amount, hashOf);
    if (added.ok) draft = added.value;
    else refusal = added.failure;
  }
  return refusal === undefined ? { draft } : { draft, shortfall: refusal };
}
