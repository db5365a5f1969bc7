import type { Remedy } from "@plimsoll/core/policy";
import { type Exact, type Why, ZERO, brief, compare, isZero, larger, subtract } from "@plimsoll/core/units";
import { type Draft, type Need, noted, withAction } from "./draft.ts";
import { familyOfInstrument } from "./exposure.ts";
import { type Hedge, addHedge } from "./hedge.ts";
import { stepsIn, stepsOf } from "./least-amount.ts";
import { nameOf, optionsFor } from "./options.ts";
import { saying } from "./saying.ts";
import { costOfDraft } from "./settle-mix.ts";
import { leverName } from "./sizes-left.ts";

/** One way to take off risk, tried: where it leads, and what of it is missing. */
interface Way {
  readonly name: string;
  readonly draft: Draft;
  readonly refusal?: Why;
}

/**
 * Takes a share of what is at risk: positions are reduced to the size that they shall keep, or their prices hedged elsewhere,
 * whichever is cheaper of what the ladder allows for one family of prices, or stands first where the guard insists on its order.
 */
export function reduceShare(start: Draft, need: Need): { readonly draft: Draft; readonly shortfall?: Why } {
  const { ladder, choose } = need.want.guard;
  let draft = start;
  let shortfall: Why | undefined;
  for (const remedies of Map.groupBy(ladder.filter(isOnPrices), ({ instrument }) =>
    familyOfInstrument(instrument),
  ).values()) {
    const ways = waysOf(draft, need, remedies);
    const before = costOfDraft(draft);
    const cost = (way: Way): Exact => subtract(costOfDraft(way.draft), before);
    const whole = ways.filter(({ refusal }) => refusal === undefined);
    const ranked = choose === "as-written" ? whole : whole.toSorted((a, b) => compare(cost(a), cost(b)));
    // nothing does it wholly: then what reduces at all, before what does not
    const best = ranked[0] ?? ways.find((way) => way.draft !== draft) ?? ways[0];
    if (best === undefined) continue;
    const others = ways.filter((way) => way !== best);
    draft = noted(
      best.draft,
      ...others.map((way) => ({
        what: way.name,
        why: way.refusal
          ? saying(way.refusal)
          : `does it too, for ${brief(cost(way))} ${need.unit} against ${brief(cost(best))}`,
        ...(way.refusal === undefined && { cost: cost(way) }),
      })),
    );
    shortfall ??= best.refusal;
  }
  return { draft, ...(shortfall && { shortfall }) };
}

type OnPrices = Extract<Remedy, { instrument: string }>;
const isOnPrices = (remedy: Remedy): remedy is OnPrices => "instrument" in remedy;

/** Reducing all that is named is one way; each hedge is another. In the order of the ladder. */
function waysOf(draft: Draft, need: Need, remedies: readonly OnPrices[]): readonly Way[] {
  const reduces = remedies.filter(({ use }) => use !== "hedge");
  const ways = remedies.flatMap((remedy): readonly Way[] => {
    if (remedy.use === "hedge") return [hedged(draft, need, remedy)];
    return remedy === reduces[0] ? [reduced(draft, need, reduces)] : [];
  });
  return ways;
}

function hedged(draft: Draft, need: Need, remedy: Hedge): Way {
  const added = addHedge(draft, need, remedy, need.want.guard.ladder.indexOf(remedy));
  return added.ok
    ? { name: nameOf(remedy), draft: added.value }
    : { name: nameOf(remedy), draft, refusal: added.failure };
}

/** Every position of the remedies brought to the size it shall keep. */
function reduced(start: Draft, need: Need, remedies: readonly OnPrices[]): Way {
  const { options, refused } = optionsFor(start, need, remedies);
  let draft = noted(start, ...refused);
  let refusal: Why | undefined;
  for (const option of options) {
    const { lever } = option;
    const keep = need.want.left[leverName(lever)] ?? ZERO;
    const offer = { step: lever.step, most: larger(ZERO, subtract(lever.most, keep)) };
    const amount = stepsOf(stepsIn(offer), offer);
    if (isZero(amount)) continue;
    const added = withAction(draft, need, option, amount);
    if (added.ok) draft = added.value;
    else refusal = added.failure;
  }
  return { name: remedies.map(nameOf).join(" and "), draft, ...(refusal && { refusal }) };
}
