import type { Remedy } from "@plimsoll/core/policy";
import type { Lever } from "@plimsoll/core/margin";
import { type Hedge, hedgeOptions } from "./hedge.ts";
import {
  type Exact,
  type Result,
  ZERO,
  below,
  brief,
  compare,
  fail,
  isZero,
  larger,
  multiply,
  ok,
  smaller,
  text,
} from "@plimsoll/core/units";
import { worksNow } from "./asked-of.ts";
import { type Draft, type Need, type Option, groundIn, onOf } from "./draft.ts";
import { gasParts, gasShare } from "./gas-cost.ts";
import { keyForbids } from "./key-forbids.ts";
import { moneyLimits } from "./money-limits.ts";
import { stepsIn, stepsOf } from "./least-amount.ts";
import { totalOf } from "./cost.ts";
import type { Alternative } from "./plan.ts";
import { rateForbids } from "./rate-budget.ts";
import { saying } from "./saying.ts";
import { slippageAllowed } from "./slippage-allowed.ts";

/** What can be done for an account now, and what of the ladder cannot and why. */
export interface Choice {
  readonly options: readonly Option[];
  readonly refused: readonly Alternative[];
}

/** Every lever that the ladder allows, within money set aside, caps, what the venue takes right now and what the chain's fee may be. */
export function optionsFor(draft: Draft, need: Need, ladder: readonly Remedy[], health?: Exact): Choice {
  const options: Option[] = [];
  const refused: Alternative[] = [];
  for (const [place, remedy] of ladder.entries()) {
    const found =
      remedy.use === "hedge" ? hedgesHere(draft, need, remedy, place) : leversOf(draft, need, remedy, place, health);
    if (!found.ok) refused.push({ what: nameOf(remedy), why: found.failure });
    for (const option of found.ok ? found.value : []) {
      const because = refusalOf(draft, need, option);
      if (because === undefined) options.push(option);
      else refused.push({ what: nameOf(remedy), why: because });
    }
  }
  return { options, refused };
}

export const nameOf = (remedy: Remedy): string => `${remedy.use} ${onOf(remedy)}`;

const leverUse = {
  close: "reduce",
  hedge: "hedge",
  supply: "supply",
  repay: "repay",
  reduce: "reduce",
  "add-margin": "add-margin",
} as const;

/** What a remedy can pull; in hedge mode a reduction has a lever a side. */
function leversOf(
  draft: Draft,
  need: Need,
  remedy: Remedy,
  place: number,
  health: Exact | undefined,
): Result<readonly Option[], string> {
  const { engine, holding, scene } = groundIn(draft.field, need.want.guard.scope.holding);
  const levers = engine
    .levers(holding, need.want.account, scene)
    .filter(({ use, on }) => use === leverUse[remedy.use] && on === onOf(remedy));
  if (levers.length === 0) return fail("the account offers nothing of the kind now");
  return ok(levers.map((lever) => optionOf(draft, need, remedy, place, lever, health)));
}

/** A hedge raises the health of an account only where it stands in it: elsewhere what it earns is cash later, not margin now. */
function hedgesHere(draft: Draft, need: Need, remedy: Hedge, place: number): Result<readonly Option[], string> {
  if (remedy.holding !== need.want.guard.scope.holding)
    return fail("does not raise health here: what a hedge earns elsewhere is cash later, not margin now");
  const options = hedgeOptions(draft, need, remedy, place);
  return options.length === 0 ? fail("the venue opens none now") : ok(options);
}

function optionOf(
  draft: Draft,
  need: Need,
  remedy: Remedy,
  place: number,
  lever: Lever,
  health: Exact | undefined,
): Option {
  const { holding } = need.want.guard.scope;
  const slippage = slippageAllowed(remedy, need, groundIn(draft.field, holding), health);
  // a close is the whole position or nothing, so that no dust stays
  if (remedy.use === "close")
    return { remedy, place, holding, lever, slippage, offer: { step: lever.most, most: lever.most } };
  const { purse, worth } = moneyLimits(draft, need, remedy);
  const limits = [
    lever.most,
    ...("most" in remedy ? [remedy.most] : []),
    ...[purse, worth].flatMap((each) => each?.most ?? []),
  ];
  const offer = { step: lever.step, most: larger(ZERO, limits.reduce(smaller)) };
  return { remedy, place, holding, lever, slippage, offer, ...(purse !== undefined && { purse: purse.most }) };
}

/** The one number or word that keeps an option from being used at all. */
function refusalOf(draft: Draft, need: Need, option: Option): string | undefined {
  const { field } = draft;
  const ground = groundIn(field, option.holding);
  const { offer, lever, remedy, slippage } = option;
  const count = stepsIn(offer);
  if (count <= 0n) {
    const { purse, worth } = moneyLimits(draft, need, remedy);
    const decides = [purse, worth].find((limit) => limit !== undefined && compare(limit.most, offer.most) <= 0);
    return `${decides?.says ?? `there is ${text(offer.most)}`}, one step is ${text(lever.step)}`;
  }
  const action = lever.act(stepsOf(count, offer), slippage);
  const works = worksNow(field.conditions, ground.holding.venue, action);
  if (!works.ok)
    return `${works.failure.facts["venue"]} is ${works.failure.facts["state"]} for ${works.failure.facts["of"]}`;
  const forbids =
    keyForbids(field.conditions, option.holding, ground.scene.now, draft.mode) ??
    rateForbids(draft, ground, action, undefined);
  if (forbids !== undefined) return saying(forbids);
  return feeTooDear(gasParts(field.conditions, ground, action, need.unit), need);
}

/** Chain fees may take a share of what they save and no more; where the loss is not known they are no reason to stand still. */
function feeTooDear(parts: ReturnType<typeof gasParts>, { loss, want, unit }: Need): string | undefined {
  const fee = totalOf(parts);
  if (loss.is !== "known" || isZero(fee)) return undefined;
  const share = gasShare(want.urgent);
  if (!below(multiply(share, larger(ZERO, loss.value)), fee)) return undefined;
  return `gas of ${brief(fee)} ${unit} is more than ${text(multiply(share, { digits: 100n, scale: 0 }))} % of the ${brief(loss.value)} ${unit} that it would save`;
}
