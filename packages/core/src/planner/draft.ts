import type { Holding } from "@plimsoll/core/book";
import type { Assessment, BoundEngine, Lever, Scene } from "@plimsoll/core/margin";
import { maintenanceOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Hash,
  type Ms,
  type Result,
  type Why,
  ZERO,
  fail,
  larger,
  ok,
  smaller,
  subtract,
  text,
  why,
  brief,
} from "@plimsoll/core/units";
import { healthOf } from "@plimsoll/core/policy";
import type { Guard, Remedy } from "@plimsoll/core/policy";
import type { HashOf } from "@plimsoll/core/policy";
import type { Offer } from "./least-amount.ts";
import type { Proposal } from "./plan.ts";
import { type Spend, spendOf } from "./purse.ts";

/** Where proposals are made: a holding under its engine in one scene. */
export interface Ground {
  readonly engine: BoundEngine;
  readonly holding: Holding;
  readonly scene: Scene<unknown>;
}

/** One guard that fired for one account. */
export interface Want {
  readonly guard: Guard;
  readonly version: Hash;
  readonly account: AccountKey;
  readonly urgent: boolean;
  readonly because: string;
  /** Sizes to leave, by lever, where the guard wants a share reduced. */
  readonly left: Readonly<Record<string, Exact>>;
}

/** What the money set aside still gives for an asset; undefined where none was set aside and `Remedy.most` is the limit. */
export type Purse = (asset: string, spent: readonly Spend[]) => Exact | undefined;

export interface Alternative {
  readonly what: string;
  readonly why: string;
}

/** Proposals so far, the ground they lead to, and what they take. */
export interface Draft {
  readonly ground: Ground;
  readonly proposals: readonly Proposal[];
  readonly spent: readonly Spend[];
  readonly alternatives: readonly Alternative[];
}

/** One lever that one remedy of the ladder allows, now. */
export interface Option {
  readonly remedy: Remedy;
  readonly lever: Lever;
}

export const onOf = (remedy: Remedy): string => ("instrument" in remedy ? remedy.instrument : remedy.asset);
export const slippageOf = (remedy: Remedy): Exact => ("instrument" in remedy ? remedy.slippage : ZERO);

/** The levers that a remedy can pull; in hedge mode a reduction has one a side. */
export const optionsFor = (
  { engine, holding, scene }: Ground,
  account: AccountKey,
  remedy: Remedy,
): readonly Option[] =>
  engine
    .levers(holding, account, scene)
    .filter(({ use, on }) => use === remedy.use && on === onOf(remedy))
    .map((lever) => ({ remedy, lever }));

/** The most that guard, account and money set aside allow together. */
export function offerOf({ spent }: Draft, { remedy, lever }: Option, purse: Purse): Offer {
  const { step } = lever;
  if ("instrument" in remedy) return { step, most: lever.most };
  const free = purse(remedy.asset, spent) ?? remedy.most;
  return { step, most: larger(ZERO, smaller(free, smaller(remedy.most, lever.most))) };
}

/** The draft with one more action, or why the venue or our own rule against harming a neighbour forbids it. */
export function withAction(
  draft: Draft,
  want: Want,
  { remedy, lever }: Option,
  amount: Exact,
  hashOf: HashOf,
): Result<Draft, Why> {
  const { ground } = draft;
  const action = lever.act(amount, slippageOf(remedy));
  const applied = ground.engine.apply(ground.holding, action, ground.scene);
  if (!applied.ok) return applied;
  const next = { ...ground, holding: applied.value };
  const harmed = harmedNeighbour(ground, next, want.account);
  if (harmed !== undefined) return fail(harmed);
  const [before, after] = [assessed(ground, want.account), assessed(next, want.account)];
  const proposal: Omit<Proposal, "id"> = {
    guard: want.guard.id,
    holding: ground.holding.id,
    account: want.account,
    action,
    urgent: want.urgent,
    cost: action.do === "order" ? equityLost(before, after) : ZERO,
    before: before?.lines ?? [],
    after: after?.lines ?? [],
    because: `${want.because}; ${remedy.use} ${text(amount)} ${onOf(remedy)}${leadsTo(want, after, ground.scene.now)}`,
  };
  const spend = spendOf(ground.holding.id, action, ground.scene.now);
  return ok({
    ground: next,
    proposals: [...draft.proposals, { ...proposal, id: hashOf(["proposal", want.version, proposal]) }],
    spent: spend === undefined ? draft.spent : [...draft.spent, spend],
    alternatives: draft.alternatives,
  });
}

/** Exact state of an account; undefined once it is gone, closed by what was done. */
export const assessed = ({ engine, holding, scene }: Ground, account: AccountKey): Assessment | undefined =>
  engine.accounts(holding).includes(account) ? engine.assess(holding, account, scene) : undefined;

/** An action may not push another account of the same holding over a line it is not over now. */
function harmedNeighbour(before: Ground, after: Ground, own: AccountKey): Why | undefined {
  for (const account of after.engine.accounts(after.holding)) {
    if (account === own || !isTaken(assessed(after, account)) || isTaken(assessed(before, account))) continue;
    return why("would-liquidate-another-account", { account, next: "take less, or from elsewhere" });
  }
  return undefined;
}

/** Whether the venue may take the account as it stands. */
export const isTaken = (assessment: Assessment | undefined): boolean =>
  (assessment && maintenanceOf(assessment)?.crossed) ?? false;

/** Fees and slippage show as equity lost; a figure that is not known counts as no cost, and the plan's after-state says so. */
function equityLost(before: Assessment | undefined, after: Assessment | undefined): Exact {
  if (before?.equity.is !== "known" || after?.equity.is !== "known") return ZERO;
  return larger(ZERO, subtract(before.equity.value, after.equity.value));
}

function leadsTo({ guard: { trigger } }: Want, after: Assessment | undefined, now: Ms): string {
  const line = trigger.when === "health" ? trigger.line : "maintenance";
  const health = after && healthOf(after, line, now);
  return health?.is === "known" ? ` leads to ${brief(health.value)}` : " leaves nothing to liquidate";
}
