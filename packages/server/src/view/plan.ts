import type { Plan as CorePlan, PlanStep, Slices } from "@plimsoll/core/planner";
import type { Exact, Figure } from "@plimsoll/core/units";
import { text } from "@plimsoll/core/units";
import type { Plan } from "@plimsoll/server/contract";
import { viewMoment, viewReason } from "./plain.ts";
import { sayAction } from "./sentences.ts";

/** A plan as every door shows it before a person confirms it. */
export function viewPlan(plan: CorePlan): Plan {
  return {
    hash: plan.hash,
    mode: plan.mode,
    steps: plan.steps.map(viewStep),
    cost: text(plan.cost),
    costParts: plan.costParts.map((part) => ({ ...part, amount: text(part.amount) })),
    gap: text(plan.gap),
    doNothing: viewLoss(plan.doNothing),
    realisesSale: plan.realisesSale.map(({ instrument, size }) => ({ instrument, size: text(size) })),
    healths: plan.before.map(({ account }) => ({
      account,
      ...healthIn(plan.before, account, "before"),
      ...healthIn(plan.after, account, "after"),
    })),
    because: [...plan.because],
    alternatives: plan.alternatives.map(({ what, why, cost }) => ({
      ...{ what, why },
      ...(cost && { cost: text(cost) }),
    })),
    assumes: (plan.assumes ?? []).map(viewReason),
  };
}

const viewStep = ({
  holding,
  account,
  action,
  notBefore,
  expires,
  feeCap,
  slices,
}: PlanStep): Plan["steps"][number] => ({
  ...{ holding, account, action: sayAction(action) },
  notBefore: viewMoment(notBefore),
  expires: viewMoment(expires),
  ...(feeCap && { feeCap: text(feeCap) }),
  ...(slices && { slices: viewSlices(slices) }),
});

const viewSlices = ({ count, overMs, atRisk }: Slices) => ({ count, overMs, ...(atRisk && { atRisk: text(atRisk) }) });

const viewLoss = (figure: Figure<Exact>): Plan["doNothing"] =>
  figure.is === "known" ? { is: "known", amount: text(figure.value) } : { is: figure.is, why: viewReason(figure.why) };

function healthIn(moment: CorePlan["before"], account: string, when: "before" | "after") {
  const lines = moment.find((each) => each.account === account)?.lines;
  const health = lines?.find(({ name }) => name === "maintenance")?.health;
  return health && { [when]: text(health) };
}
