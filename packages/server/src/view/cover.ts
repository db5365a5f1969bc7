import type { GapBound, Shield } from "@plimsoll/core/protection";
import type { BookCover } from "@plimsoll/core/turn";
import { text } from "@plimsoll/core/units";
import type { Cover } from "@plimsoll/server/contract";
import { viewFigure, viewMoment, viewReason } from "./plain.ts";

/** What protects one position if the machine dies now, as every door shows it. */
export function viewCover({ holding, account, unit, instrument, size, bound, ...rest }: BookCover): Cover {
  return {
    ...{ holding, account },
    ...(instrument !== undefined && { instrument }),
    ...(size && { size: text(size) }),
    by: rest.by.map(viewShield),
    notBy: rest.notBy.map(viewReason),
    assumes: rest.assumes.map(viewReason),
    unprotectedMs: rest.unprotectedMs,
    atRisk: viewFigure(rest.atRisk, unit),
    ...(bound && { bound: viewBound(bound, unit) }),
  };
}

const viewShield = (shield: Shield): Cover["by"][number] =>
  shield.is === "stop"
    ? { ...shield, trigger: text(shield.trigger), size: shield.size === "all" ? "all" : text(shield.size) }
    : { ...shield, until: viewMoment(shield.until) };

const viewBound = (
  { gap, quote, side, trigger, price, loss, reachesLiquidation }: GapBound,
  unit: string,
): NonNullable<Cover["bound"]> => ({
  ...{ quote, side, reachesLiquidation },
  ...{ gap: text(gap), trigger: text(trigger), price: text(price) },
  loss: viewFigure(loss, unit),
});
