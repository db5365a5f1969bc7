import type { Action } from "@plimsoll/core/book";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Why,
  ZERO,
  add,
  canonical,
  known,
  ms,
} from "@plimsoll/core/units";
import type { HashOf } from "@plimsoll/core/policy";
import { arrivalOf } from "./arrival.ts";
import { joinParts, totalOf } from "./cost.ts";
import { costOfNothing } from "./cost-of-nothing.ts";
import { type Draft, type Want, groundIn } from "./draft.ts";
import { type Field, assessed } from "./ground.ts";
import { inTurn } from "./in-turn.ts";
import { keyUnsure } from "./key-forbids.ts";
import type { AccountLines, Plan, PlanStep, Proposal } from "./plan.ts";
import { type Rescue, proposeRescue } from "./propose-rescue.ts";
import { rateUnsure } from "./rate-budget.ts";

/** One plan for the holdings of a field, and which want each of its steps serves; no plan where nothing can be done. */
export interface Planned {
  readonly plan?: Plan;
  readonly steps: readonly { readonly step: PlanStep; readonly want: Want; readonly proposal: Proposal }[];
  /** Wants that are not met, or not wholly, and why. */
  readonly shortfalls: readonly { readonly want: Want; readonly why: NonNullable<Rescue["shortfall"]> }[];
  /** The field after the plan and what it takes, for a plan that comes on top. */
  readonly draft: Draft;
}

/** Where a plan starts: what is known, what is set aside, and what was taken of it already. */
export type Start = Pick<Draft, "field" | "reserves" | "spent"> & Partial<Pick<Draft, "first">>;

/**
 * Turns what several guards want into one plan: urgent wants first, then the greatest loss avoided for what is missing, each sized
 * on what the ones before leave, all out of the same money.
 */
export function planRescues(start: Start, wants: readonly Want[], mode: Plan["mode"], hashOf: HashOf): Planned {
  let draft: Draft = { ...start, first: start.first ?? start.field, mode, proposals: [], alternatives: [] };
  let gap = ZERO;
  const served: { readonly proposal: Proposal; readonly want: Want }[] = [];
  const shortfalls: Planned["shortfalls"][number][] = [];
  for (const want of inTurn(draft, wants, hashOf)) {
    const rescue = proposeRescue(draft, want, hashOf);
    served.push(...rescue.draft.proposals.slice(draft.proposals.length).map((proposal) => ({ proposal, want })));
    if (rescue.shortfall !== undefined) shortfalls.push({ want, why: rescue.shortfall });
    gap = add(gap, rescue.gap);
    draft = rescue.draft;
  }
  if (served.length === 0) return { steps: [], shortfalls, draft };
  const steps: Planned["steps"][number][] = [];
  for (const { proposal, want } of served) {
    const before = steps.filter(({ step }) => step.account === proposal.account).map(({ step }) => step.id);
    steps.push({ step: stepOf(proposal, want, before, start.field), want, proposal });
  }
  const accounts = [...new Set(draft.proposals.map(({ holding }) => holding))];
  const parts = draft.proposals.flatMap((proposal) => proposal.parts);
  const assumes = assumedOf(start.field, draft.proposals);
  const body: Omit<Plan, "hash"> = {
    mode,
    steps: steps.map(({ step }) => step),
    cost: totalOf(parts),
    costParts: joinParts(parts),
    gap,
    doNothing: ifNothing(start.field, wants),
    realisesSale: draft.proposals.flatMap(({ action }) => salesOf(action)),
    before: accounts.flatMap((holding) => linesOf(start.field, holding)),
    after: accounts.flatMap((holding) => linesOf(draft.field, holding)),
    because: draft.proposals.map(({ because }) => because),
    alternatives: draft.alternatives,
    ...(assumes.length > 0 && { assumes }),
  };
  return { plan: { ...body, hash: hashOf(["plan", body]) }, steps, shortfalls, draft };
}

/** What was decided on data of now must not be sent when that data would be too old to decide on. */
function stepOf(proposal: Proposal, { guard }: Want, after: PlanStep["after"], field: Field): PlanStep {
  const { id, holding, account, action, feeCap, slices } = proposal;
  const ground = groundIn(field, holding);
  const { now } = ground.scene;
  return {
    ...{ id, holding, account, action, after, notBefore: now, expires: ms(now + guard.bounds.maxAgeMs) },
    ...{ arrives: arrivalOf(field.conditions, ground, action), undo: undoOf(action) },
    ...(feeCap !== undefined && { feeCap }),
    ...(slices !== undefined && { slices }),
  };
}

/** What the proposals rest on and nobody has said, each once. */
function assumedOf(field: Field, proposals: readonly Proposal[]): readonly Why[] {
  const unsure = proposals.flatMap(({ holding, action }) => [
    keyUnsure(field.conditions, holding) ?? [],
    rateUnsure(field.conditions, groundIn(field, holding), action) ?? [],
  ]);
  return [...new Map(unsure.flat().map((each) => [canonical(each), each])).values()];
}

/** What would take an action back; a repayment or a fill cannot be. */
function undoOf(action: Action): Action | "none" {
  if (action.do === "supply") return { ...action, do: "withdraw" };
  if (action.do === "move-margin") return { ...action, from: action.to, to: action.from };
  return "none";
}

/** A reduction sells or buys back what is held; a hedge opens something new and realises nothing. */
const salesOf = (action: Action): Plan["realisesSale"] =>
  action.do === "order" && action.reduceOnly ? [{ instrument: action.instrument, size: action.size }] : [];

function linesOf(field: Field, holding: Proposal["holding"]): readonly AccountLines[] {
  const ground = groundIn(field, holding);
  return ground.engine
    .accounts(ground.holding)
    .map((account) => ({ account, lines: assessed(ground, account)?.lines ?? [] }));
}

function ifNothing(field: Field, wants: readonly Want[]): Figure<Exact> {
  const accounts = new Map<string, readonly [Want["guard"]["scope"]["holding"], AccountKey]>();
  for (const { guard, account } of wants)
    accounts.set(`${guard.scope.holding} ${account}`, [guard.scope.holding, account]);
  let sum = known(ZERO, groundIn(field, wants[0]!.guard.scope.holding).scene.now) as Extract<
    Figure<Exact>,
    { is: "known" }
  >;
  for (const [holding, account] of accounts.values()) {
    const cost = costOfNothing(groundIn(field, holding), account);
    if (cost.is !== "known") return cost;
    sum = { ...sum, value: add(sum.value, cost.value) };
  }
  return sum;
}
