import { text } from "@plimsoll/core/units";
import type { PanicStep, Residual } from "@plimsoll/keeper";
import type { Rehearsal } from "@plimsoll/lab";
import type { AccountPlan as PlanAnswer, PanicReport, Rehearsal as RehearsalAnswer } from "@plimsoll/server/contract";
import { sayAction, viewMoment, viewPlan, viewReason } from "@plimsoll/server/view";
import type { AccountPlan } from "./make-plans.ts";

/** What the command line's steps give, in the contract's plain shapes. */
export const viewAccountPlan = ({ holding, account, asked, plan, shortfalls }: AccountPlan): PlanAnswer => ({
  ...{ holding, account, asked },
  ...(plan && { plan: viewPlan(plan) }),
  shortfalls: shortfalls.map(viewReason),
});

export const viewRehearsal = ({ guard, steps, moments }: Rehearsal): RehearsalAnswer => ({
  ...{ guard, steps },
  fires: moments.filter(({ what }) => what === "fires").length,
  moments: moments.map(({ at, note, account, what, value, because, proposes }) => ({
    ...{ note, account, what, because },
    at: viewMoment(at),
    ...(value && { value: text(value) }),
    proposes: proposes.map(sayAction),
  })),
});

export const viewPanic = (isReal: boolean, steps: readonly PanicStep[], left: readonly Residual[]): PanicReport => ({
  sent: isReal,
  flat: isReal && left.length === 0,
  steps: steps.map(({ holding, is, text: words }) => ({ holding, is, text: words })),
  left: left.map(({ holding, account, why }) => ({
    holding,
    ...(account !== undefined && { account }),
    why: viewReason(why),
  })),
});
