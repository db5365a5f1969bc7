import type { AccountKey, AssetId, Exact, HoldingId } from "@plimsoll/core/units";
import { arrivalOf } from "./arrival.ts";
import { worksNow } from "./asked-of.ts";
import { groundIn } from "./draft.ts";
import type { Field } from "./ground.ts";
import type { Arrival, Reserve } from "./plan.ts";
import { available } from "./purse.ts";

/** One way to bring money to an account, and when it is there. */
export interface WayToAdd {
  readonly how: "supply" | "repay" | "add-margin" | "bring";
  readonly asset: AssetId;
  /** As much as the way gives: what lies ready, or what a reserve elsewhere has left. */
  readonly most: Exact;
  readonly from: HoldingId;
  readonly arrives: Arrival;
  readonly needs: "nothing" | "signature" | "approval";
}

/**
 * Every way to bring money to an account, the safest first: by its worst arrival, then by its usual one. What the venue does not
 * take now is left out.
 */
export function waysToAdd(
  field: Field,
  holding: HoldingId,
  account: AccountKey,
  reserves: readonly Reserve[],
): readonly WayToAdd[] {
  const ground = groundIn(field, holding);
  const here = ground.engine.levers(ground.holding, account, ground.scene).flatMap((lever): readonly WayToAdd[] => {
    const { use, on, most, step } = lever;
    if (use === "reduce" || use === "hedge") return [];
    const action = lever.act(step, { digits: 0n, scale: 0 });
    if (!worksNow(field.conditions, ground.holding.venue, action).ok) return [];
    const arrives = arrivalOf(field.conditions, ground, action);
    return [{ how: use, asset: on as AssetId, most, from: holding, arrives, needs: "nothing" }];
  });
  const elsewhere = reserves.flatMap((reserve): readonly WayToAdd[] => {
    const route = reserve.routes?.find(({ to }) => to === holding);
    const left = available({ reserves, spent: [], first: field }, reserve.holding, reserve.asset);
    if (route === undefined || reserve.holding === holding || left === undefined || left.digits <= 0n) return [];
    return [{ how: "bring", asset: reserve.asset, most: left, from: reserve.holding, ...route }];
  });
  const worst = ({ arrives: { worstMs } }: WayToAdd): number => (worstMs === "never" ? Infinity : worstMs);
  return [...here, ...elsewhere].toSorted(
    (a, b) => (worst(a) === worst(b) ? 0 : worst(a) - worst(b)) || a.arrives.usualMs - b.arrives.usualMs,
  );
}
