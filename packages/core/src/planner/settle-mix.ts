import { type Goal } from "@plimsoll/core/policy";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  below,
  isZero,
  larger,
  ok,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import { totalOf } from "./cost.ts";
import { type Draft, type Need, type Option, groundIn, withAction } from "./draft.ts";
import { leastAmount, stepsIn, stepsOf } from "./least-amount.ts";
import { standingOf } from "./objective.ts";
import { purseOf } from "./purse.ts";
import { fromAmount } from "./whole-steps.ts";

/** Which options a mix uses, and how much of each the straight lines say. */
export interface Support {
  readonly options: readonly Option[];
  readonly amounts: readonly number[];
}

/** Of more options each is rounded down, and what closes makes up for all. */
const MOST_ROUNDED = 6;
/** More roundings than these are not tried: with few remedies each has one or two. */
const MOST_ROUNDINGS = 16;

/**
 * The cheapest way to make a mix real: each option in turn closes the gap exactly, by the venue's rules, while the others stand at
 * their amounts rounded to whole steps, down and up.
 * @returns undefined where no rounding reaches the goal.
 */
export function settleMix(
  draft: Draft,
  need: Need,
  goal: Goal,
  { options, amounts }: Support,
  reach: "nearest" | "neighbours" = "nearest",
): Draft | undefined {
  let best: Draft | undefined;
  // the last of the ladder closes first, so that equal costs leave the ladder in its order
  for (const closer of options.toReversed()) {
    const others = options.filter((option) => option !== closer);
    const whole = others.map((option) => roundings(amounts[options.indexOf(option)]!, option, reach));
    const counts = options.length > MOST_ROUNDED ? whole.map((each) => each.slice(0, 1)) : whole;
    for (const rounded of product(counts).slice(0, MOST_ROUNDINGS)) {
      const settled = apply(draft, need, goal, others, rounded, closer);
      if (settled !== undefined && (best === undefined || below(costOfDraft(settled), costOfDraft(best))))
        best = settled;
    }
  }
  return best;
}

export const costOfDraft = ({ proposals }: Draft): Exact => totalOf(proposals.flatMap(({ parts }) => parts));

/** Whole steps around an amount, and on demand their neighbours: what one leaves over another may need less of. */
function roundings(amount: number, { offer }: Option, reach: "nearest" | "neighbours"): readonly bigint[] {
  const most = stepsIn(offer);
  const { down, up } = fromAmount(amount, offer.step);
  const around = reach === "nearest" ? [down, up] : [down, up, down - 1n, up + 1n];
  return [...new Set(around.map((count) => (count > most ? most : count < 0n ? 0n : count)))];
}

const product = (counts: readonly (readonly bigint[])[]): readonly (readonly bigint[])[] =>
  counts.reduce<readonly (readonly bigint[])[]>(
    (rows, each) => rows.flatMap((row) => each.map((count) => [...row, count])),
    [[]],
  );

function apply(
  draft: Draft,
  need: Need,
  goal: Goal,
  others: readonly Option[],
  counts: readonly bigint[],
  closer: Option,
): Draft | undefined {
  let at = draft;
  for (const [index, option] of others.entries()) {
    const amount = stepsOf(counts[index]!, option.offer);
    if (isZero(amount)) continue;
    const added = withAction(at, need, option, within(draft, at, option, amount));
    if (!added.ok) return undefined;
    at = added.value;
  }
  const closed = closeWith(at, draft, need, goal, closer);
  return closed.ok ? closed.value : undefined;
}

/** The least of one option that reaches the goal from where a draft stands; `start` is where its offer was counted. */
export function closeWith(at: Draft, start: Draft, need: Need, goal: Goal, option: Option): Result<Draft, Why> {
  const { lever, slippage, holding } = option;
  const ground = groundIn(at.field, holding);
  if (standingOf(ground, goal).reached) return ok(at);
  const offer = { step: option.offer.step, most: within(start, at, option, option.offer.most) };
  const least = leastAmount(
    ground.engine,
    ground.holding,
    ground.scene,
    goal,
    (amount) => lever.act(amount, slippage),
    offer,
  );
  return least.ok ? withAction(at, need, option, least.value) : least;
}

/** An amount of an option, or what its purse still holds after what the draft took out of it since the start. */
export function within(start: Draft, at: Draft, { remedy, holding, offer, purse }: Option, amount: Exact): Exact {
  if (!("asset" in remedy) || purse === undefined) return amount;
  const since = at.spent
    .slice(start.spent.length)
    .filter((spend) => spend.asset === remedy.asset && purseOf(at.first, spend.holding) === purseOf(at.first, holding));
  const left = since.reduce((rest, spend) => subtract(rest, spend.amount), purse);
  return smaller(amount, stepsOf(stepsIn({ step: offer.step, most: larger(ZERO, left) }), offer));
}
