import { text } from "@plimsoll/core/units";
import type { PanicStep, Residual } from "@plimsoll/keeper";
import type { Ran, Rehearsal, Relived } from "@plimsoll/lab";
import type {
  Arming,
  Lived,
  AccountPlan as PlanAnswer,
  PanicReport,
  Rehearsal as RehearsalAnswer,
} from "@plimsoll/server/contract";
import { sayAction, viewMoment, viewPlan, viewReason } from "@plimsoll/server/view";
import type { Foreseen } from "./foresee.ts";
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

/** What arming would mean; without a guard's foresight, of one that goes to shadow, nothing. */
export const viewForeseen = (
  ahead: Foreseen | undefined,
): Pick<Arming, "relived" | "rehearsals" | "places" | "cannotPlace" | "now"> => ({
  ...(ahead?.relived && { relived: viewRelived(ahead.relived) }),
  rehearsals: ahead?.rehearsals.map(viewRehearsal) ?? [],
  places: ahead?.placing.places.map(({ action, ...rest }) => ({ ...rest, action: sayAction(action) })) ?? [],
  cannotPlace: ahead?.placing.cannot.map(viewReason) ?? [],
  now: ahead?.now.map(viewAccountPlan) ?? [],
});

const viewRelived = ({ history, without, withGuards }: Relived): NonNullable<Arming["relived"]> => ({
  ...{ of: history.of, from: viewMoment(history.from), to: viewMoment(history.to) },
  ...{ scaled: history.isScaled, still: [...history.still] },
  ...{ without: viewRan(without), armed: viewRan(withGuards) },
});

const viewRan = ({ survived, liquidations, actions, lowestHealth }: Ran): Lived => ({
  survived,
  liquidations: liquidations.map(({ at, ...taken }) => ({ at: viewMoment(at), ...taken })),
  actions: actions.map(({ at, intent: { step }, because, refused }) => ({
    ...{ at: viewMoment(at), account: step.account, action: sayAction(step.action), because },
    ...(refused && { refused: viewReason(refused) }),
  })),
  ...(lowestHealth && { lowestHealth: text(lowestHealth) }),
});

/** A panic, or what one would do: what was said, and what was left when it was last read. */
export interface PanicSeen {
  readonly isReal: boolean;
  readonly isRunning: boolean;
  readonly steps: readonly PanicStep[];
  readonly left: readonly Residual[];
}

export const viewPanic = ({ isReal, isRunning, steps, left }: PanicSeen): PanicReport => ({
  ...{ sent: isReal, running: isRunning, flat: isReal && !isRunning && left.length === 0 },
  steps: steps.map(({ holding, is, text: words }) => ({ holding, is, text: words })),
  left: left.map(({ holding, account, why }) => ({
    holding,
    ...(account !== undefined && { account }),
    why: viewReason(why),
  })),
});
