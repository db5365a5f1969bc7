import { brief } from "@plimsoll/core/units";
import type { Draft, Need } from "./draft.ts";
import type { Alternative, Reserve, Route } from "./plan.ts";
import { available, purseOf } from "./purse.ts";

/**
 * Money of the ladder's assets that lies in other holdings, with how long it would travel. It is told and never counted: a plan
 * rests on what already lies where it is needed. Keys that can withdraw are refused, so that nobody here could send it, and in stress
 * nothing that was sent is sure to arrive.
 * @source Binance 2025-10-10: internal transfers late enough that the venue paid for it; FTX 2022-11-08: withdrawals ended.
 */
export function moneyElsewhere({ field, first, reserves, spent }: Draft, { want }: Need): readonly Alternative[] {
  const here = want.guard.scope.holding;
  const assets = new Set(want.guard.ladder.flatMap((remedy) => ("asset" in remedy ? [remedy.asset] : [])));
  return reserves.flatMap((reserve): readonly Alternative[] => {
    const isHere = purseOf(first, reserve.holding) === purseOf(first, here);
    if (isHere || !assets.has(reserve.asset)) return [];
    const route = reserve.routes?.find(({ to }) => to === here);
    const left = available({ reserves, spent, first }, reserve.holding, reserve.asset);
    if (left === undefined || left.digits <= 0n) return [];
    const what = `bring ${brief(left)} ${reserve.asset} from ${reserve.holding}`;
    const stress = want.urgent ? "it is urgent" : troubleOf(field.conditions, reserve);
    const way = route === undefined ? "no way here is known" : arrivalIn(route, stress);
    return [{ what, why: `${way}${needsOf(route)}, and no key here takes money out of ${reserve.at}: not counted on` }];
  });
}

const needsOf = (route: Route | undefined): string =>
  route === undefined || route.needs === "nothing" ? "" : `, needs a ${route.needs}`;

const arrivalIn = ({ arrives: { usualMs, worstMs } }: Route, stress: string | undefined): string => {
  if (stress !== undefined) return `${stress}, and in stress it may never arrive`;
  const worst = worstMs === "never" ? "perhaps never" : `at worst ${worstMs / 1000} s`;
  return `arrives in ${usualMs / 1000} s, ${worst}`;
};

/** What the venue where the money lies said of letting it go. */
function troubleOf(conditions: Draft["field"]["conditions"], { at }: Reserve): string | undefined {
  for (const way of ["withdrawals", "transfers"]) {
    const said = conditions.get(`venue-state/${at}/${way}`);
    if (said?.type === "venue-state" && said.state !== "normal") return `${at} is ${said.state} for ${way}`;
  }
  return undefined;
}
