import type { Action } from "@plimsoll/core/book";
import type { Remedy } from "@plimsoll/core/policy";
import type { Guard, HashOf } from "@plimsoll/core/policy";
import { healthOf } from "@plimsoll/core/policy";
import type { Assessment, Lever } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Hash,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  brief,
  fail,
  ok,
  text,
} from "@plimsoll/core/units";
import { costOf } from "./action-cost.ts";
import { totalOf } from "./cost.ts";
import { feeCapOf } from "./gas-cost.ts";
import { type Field, type Ground, assessed, harmedNeighbour } from "./ground.ts";
import type { Offer } from "./least-amount.ts";
import { keyForbids } from "./key-forbids.ts";
import type { Alternative, Plan, Proposal, Reserve } from "./plan.ts";
import { type Spend, spendOf } from "./purse.ts";
import { rateForbids } from "./rate-budget.ts";
import { type Slices, riskMeanwhile, slicesOf } from "./slices.ts";

/** One guard that fired for one account. */
export interface Want {
  readonly guard: Guard;
  readonly version: Hash;
  readonly account: AccountKey;
  readonly urgent: boolean;
  readonly because: string;
  /** Sizes to leave, by lever, where the guard wants a share reduced. */
  readonly left: Readonly<Record<string, Exact>>;
  /** Of a pair: the share of our leg against which nothing stands any more. */
  readonly unpaired?: Exact;
}

/** Proposals so far, the field they lead to, and what they take. */
export interface Draft {
  readonly field: Field;
  /** As it was before any proposal, and before a plan that this one comes on top of: `spent` says what was taken since. */
  readonly first: Field;
  readonly mode: Plan["mode"];
  readonly reserves: readonly Reserve[];
  readonly proposals: readonly Proposal[];
  readonly spent: readonly Spend[];
  readonly alternatives: readonly Alternative[];
}

/** One lever that one remedy of the ladder allows, now. */
export interface Option {
  readonly remedy: Remedy;
  /** Where it stands in the ladder. */
  readonly place: number;
  /** Where it acts. */
  readonly holding: HoldingId;
  readonly lever: Lever;
  /** The most that guard, account and money set aside allow together, in whole steps. */
  readonly offer: Offer;
  /** What the purse it is paid out of holds for this account; absent where no reserve limits it. */
  readonly purse?: Exact;
  /** Share of the price that an order may lose. */
  readonly slippage: Exact;
}

/** What a plan for one want needs besides the draft, looked up once. */
export interface Need {
  readonly want: Want;
  /** The unit in which the account counts, and so what a cost is in. */
  readonly unit: string;
  /** What is lost at the nearest boundary if nothing is done. */
  readonly loss: Figure<Exact>;
  readonly hashOf: HashOf;
}

export const onOf = (remedy: Remedy): string => ("instrument" in remedy ? remedy.instrument : remedy.asset);
export const groundIn = ({ grounds }: Field, holding: HoldingId): Ground => {
  const ground = grounds.get(holding);
  if (ground === undefined) throw new Error(`invariant broken: nothing is known of ${holding}`);
  return ground;
};

export const noted = (draft: Draft, ...more: readonly Alternative[]): Draft => ({
  ...draft,
  alternatives: [...draft.alternatives, ...more],
});

/** The draft with one more action, or why the venue or our own rule against harming a neighbour forbids it. */
export function withAction(draft: Draft, need: Need, option: Option, amount: Exact): Result<Draft, Why> {
  const { want, hashOf } = need;
  const { remedy, lever, holding, slippage } = option;
  const ground = groundIn(draft.field, holding);
  const action = lever.act(amount, slippage);
  const applied = ground.engine.apply(ground.holding, action, ground.scene);
  if (!applied.ok) return applied;
  const next = { ...ground, holding: applied.value };
  const sliced = slicedOf(draft.field, ground, option, action, want);
  const forbids =
    harmedNeighbour(ground, next, want.account) ??
    keyForbids(draft.field.conditions, holding, ground.scene.now, draft.mode) ??
    rateForbids(draft, ground, action, sliced);
  if (forbids !== undefined) return fail(forbids);
  const own = groundIn(draft.field, want.guard.scope.holding);
  const grounds = new Map(draft.field.grounds).set(holding, next);
  const field = { ...draft.field, grounds };
  const before = assessed(own, want.account);
  const after = assessed(groundIn(field, want.guard.scope.holding), want.account);
  const parts = costOf({ field: draft.field, reserves: draft.reserves, need }, option, amount, next);
  const feeCap = feeCapOf(draft.field.conditions, ground, action, need.loss, need.unit, want.urgent);
  const proposal: Omit<Proposal, "id"> = {
    ...{ guard: want.guard.id, holding, account: want.account, action, urgent: want.urgent },
    ...{ cost: totalOf(parts), parts, ...(feeCap !== undefined && { feeCap }) },
    ...(sliced !== undefined && { slices: atRiskIn(sliced, need, option, action, [ground, next]) }),
    ...{ before: before?.lines ?? [], after: after?.lines ?? [] },
    because: `${want.because}; ${remedy.use} ${text(amount)} ${onOf(remedy)}${leadsTo(want, after, own.scene.now)}`,
  };
  const spend = spendOf(holding, action, ground.scene.now, want.account);
  return ok({
    ...draft,
    field,
    proposals: [...draft.proposals, { ...proposal, id: hashOf(["proposal", want.version, proposal]) }],
    spent: spend === undefined ? draft.spent : [...draft.spent, spend],
  });
}

function slicedOf(field: Field, ground: Ground, { lever }: Option, action: Action, { guard }: Want) {
  if (action.do !== "order") return undefined;
  return slicesOf(field, ground, action, { step: lever.step, maxAgeMs: guard.bounds.maxAgeMs });
}

/** A hedge may stand in any account of its holding. */
function atRiskIn(
  slices: Pick<Slices, "count" | "overMs">,
  { want, unit }: Need,
  { holding }: Option,
  action: Action,
  grounds: readonly [Ground, Ground],
): Slices {
  if (action.do !== "order") return slices;
  const account = holding === want.guard.scope.holding ? want.account : undefined;
  const atRisk = riskMeanwhile(slices, action, grounds, { account, unit });
  return { ...slices, ...(atRisk !== undefined && { atRisk }) };
}

function leadsTo({ guard: { trigger } }: Want, after: Assessment | undefined, now: Ms): string {
  const line = trigger.when === "health" ? trigger.line : "maintenance";
  const health = after && healthOf(after, line, now);
  return health?.is === "known" ? ` leads to ${brief(health.value)}` : " leaves nothing to liquidate";
}
