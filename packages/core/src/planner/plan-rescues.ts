import type { Action } from "@plimsoll/core/book";
import { type Exact, type Figure, ZERO, add, known, ms } from "@plimsoll/core/units";
import { costOfNothing } from "./cost-of-nothing.ts";
import { type Draft, type Ground, type Purse, type Want, assessed } from "./draft.ts";
import type { HashOf } from "@plimsoll/core/policy";
import type { Plan, PlanStep, Proposal } from "./plan.ts";
import { type Rescue, proposeRescue } from "./propose-rescue.ts";

/** One plan for one holding, and which want each of its steps serves; no plan where nothing can be done. */
export interface Planned {
  readonly plan?: Plan;
  readonly steps: readonly { readonly step: PlanStep; readonly want: Want; readonly proposal: Proposal }[];
  /** Wants that are not met, or not wholly, and why. */
  readonly shortfalls: readonly { readonly want: Want; readonly why: NonNullable<Rescue["shortfall"]> }[];
  /** The ground after the plan and what it takes, for a plan that comes on top. */
  readonly draft: Draft;
}

/**
 * Turns what several guards want of one holding into one plan: urgent wants first, each sized on the holding that the ones
 * before leave, all out of the same money.
 */
export function planRescues(
  start: Pick<Draft, "ground" | "spent">,
  wants: readonly Want[],
  mode: Plan["mode"],
  purse: Purse,
  hashOf: HashOf,
): Planned {
  let draft: Draft = { ...start, proposals: [], alternatives: [] };
  const served: { readonly proposal: Proposal; readonly want: Want }[] = [];
  const shortfalls: Planned["shortfalls"][number][] = [];
  for (const want of inOrder(wants)) {
    const rescue = proposeRescue(draft, want, purse, hashOf);
    served.push(...rescue.draft.proposals.slice(draft.proposals.length).map((proposal) => ({ proposal, want })));
    if (rescue.shortfall !== undefined) shortfalls.push({ want, why: rescue.shortfall });
    draft = rescue.draft;
  }
  if (served.length === 0) return { steps: [], shortfalls, draft };
  const steps: Planned["steps"][number][] = [];
  for (const { proposal, want } of served) {
    const before = steps.filter(({ step }) => step.account === proposal.account).map(({ step }) => step.id);
    steps.push({ step: stepOf(proposal, want, before, start.ground), want, proposal });
  }
  const body: Omit<Plan, "hash"> = {
    mode,
    steps: steps.map(({ step }) => step),
    cost: draft.proposals.reduce((sum, { cost }) => add(sum, cost), ZERO),
    doNothing: ifNothing(start.ground, wants),
    after: draft.ground.engine
      .accounts(draft.ground.holding)
      .map((account) => ({ account, lines: assessed(draft.ground, account)?.lines ?? [] })),
    because: draft.proposals.map(({ because }) => because),
    alternatives: draft.alternatives,
  };
  return { plan: { ...body, hash: hashOf(["plan", body]) }, steps, shortfalls, draft };
}

/** Urgent first; the rest by name, so that the order in which guards were written down does not matter. */
const inOrder = (wants: readonly Want[]): readonly Want[] =>
  wants.toSorted((a, b) => {
    if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
    return `${a.guard.id} ${a.account}` < `${b.guard.id} ${b.account}` ? -1 : 1;
  });

/** What was decided on data of now must not be sent when that data would be too old to decide on. */
function stepOf(proposal: Proposal, { guard }: Want, after: PlanStep["after"], { scene }: Ground): PlanStep {
  const { id, holding, account, action } = proposal;
  const expires = ms(scene.now + guard.bounds.maxAgeMs);
  return { id, holding, account, action, after, notBefore: scene.now, expires, undo: undoOf(action) };
}

/** What would take an action back; a repayment or a fill cannot be. */
function undoOf(action: Action): Action | "none" {
  if (action.do === "supply") return { ...action, do: "withdraw" };
  if (action.do === "move-margin") return { ...action, from: action.to, to: action.from };
  return "none";
}

function ifNothing(ground: Ground, wants: readonly Want[]): Figure<Exact> {
  const accounts = [...new Set(wants.map(({ account }) => account))];
  let sum = ZERO;
  for (const account of accounts) {
    const cost = costOfNothing(ground, account);
    if (cost.is !== "known") return cost;
    sum = add(sum, cost.value);
  }
  return known(sum, ground.scene.now);
}
