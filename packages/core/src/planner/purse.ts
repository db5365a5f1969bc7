import type { Action } from "@plimsoll/core/book";
import {
  type AccountKey,
  type AssetId,
  type Exact,
  type HoldingId,
  type Ms,
  ONE,
  ZERO,
  add,
  isNegative,
  larger,
  multiply,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import { haircutOf } from "./haircut.ts";
import type { Reserve } from "./plan.ts";

/** Money that an action takes, or took, out of a reserve, and for which account. */
export interface Spend {
  readonly holding: HoldingId;
  readonly asset: AssetId;
  readonly amount: Exact;
  readonly at: Ms;
  readonly account?: AccountKey;
}

/**
 * What an action takes from money set aside; nothing for orders, cancels and what is paid out of own supply, and for "all" what the
 * plan cannot know.
 */
export function spendOf(holding: HoldingId, action: Action, at: Ms, account?: AccountKey): Spend | undefined {
  if (action.do !== "supply" && action.do !== "repay" && action.do !== "move-margin") return undefined;
  if (action.amount === "all" || (action.do === "repay" && action.from === "own-supply")) return undefined;
  return { holding, asset: action.asset, amount: action.amount, at, ...(account !== undefined && { account }) };
}

const total = (spends: readonly Spend[]): Exact => spends.reduce((sum, { amount }) => add(sum, amount), ZERO);

/**
 * What a reserve still has for an asset at a holding, after what was spent since it was counted.
 * @returns undefined where no reserve limits it (the guard's own `most` does); 0 where its size is not known.
 */
export function available(
  reserves: readonly Reserve[],
  spends: readonly Spend[],
  holding: HoldingId,
  asset: string,
): Exact | undefined {
  const mine = reserves.filter((reserve) => reserve.holding === holding && reserve.asset === asset);
  if (mine.length === 0) return undefined;
  return mine.reduce((sum, reserve) => add(sum, leftIn(reserve, spends)), ZERO);
}

function leftIn({ free, floor, holding, asset }: Reserve, spends: readonly Spend[]): Exact {
  if (free.is !== "known") return ZERO;
  const since = spends.filter((spend) => spend.holding === holding && spend.asset === asset && spend.at >= free.asOf);
  const rest = subtract(subtract(free.value, floor), total(since));
  return isNegative(rest) ? ZERO : rest;
}

const DAY_MS = 86_400_000;

/** Why an account may not have more, and how much it may. */
export interface Allowance {
  readonly most: Exact;
  readonly decides: "reserve" | "cap";
}

/**
 * What money set aside gives one account: what is left, less a haircut where it stands in for another unit, and no more than the
 * account's own cap less what it was given within a day.
 */
export function allowanceOf(
  reserves: readonly Reserve[],
  spends: readonly Spend[],
  holding: HoldingId,
  asset: string,
  to: { readonly account: AccountKey; readonly sameUnit: boolean; readonly now: Ms },
): Allowance | undefined {
  const mine = reserves.filter((reserve) => reserve.holding === holding && reserve.asset === asset);
  const left = available(reserves, spends, holding, asset);
  if (left === undefined) return undefined;
  const cut = to.sameUnit ? ZERO : mine.map(haircutOf).reduce(larger, ZERO);
  const most = multiply(left, subtract(ONE, cut));
  const caps = mine.flatMap(({ caps = [] }) => caps.filter(({ account }) => account === to.account));
  if (caps.length === 0) return { most, decides: "reserve" };
  const given = total(
    spends.filter(
      (spend) =>
        spend.account === to.account &&
        spend.holding === holding &&
        spend.asset === asset &&
        to.now - spend.at < DAY_MS,
    ),
  );
  const room = larger(ZERO, subtract(caps.map((cap) => cap.most).reduce(smaller), given));
  return room === smaller(room, most) ? { most: room, decides: "cap" } : { most, decides: "reserve" };
}
