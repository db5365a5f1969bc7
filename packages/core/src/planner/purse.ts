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
  larger,
  multiply,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import type { Draft } from "./draft.ts";
import type { Field } from "./ground.ts";
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

/** Money set aside, what was taken, and the wallets as they were read. */
export type Money = Pick<Draft, "reserves" | "spent" | "first">;

/** Whose money pays for a holding: its wallet's, which other holdings may share, or its own. */
export const purseOf = ({ wallets }: Pick<Field, "wallets">, holding: HoldingId): string =>
  wallets?.get(holding)?.name ?? holding;

/** Of things that lie somewhere those of one purse and asset. */
const inPurse = <T extends { readonly holding: HoldingId; readonly asset: string }>(
  first: Field,
  all: readonly T[],
  holding: HoldingId,
  asset: string,
): readonly T[] =>
  all.filter((each) => each.asset === asset && purseOf(first, each.holding) === purseOf(first, holding));

/**
 * What is left of an asset for a holding, after what was spent since it was counted: of the reserves, and of the wallet that pays,
 * whoever's plan took it. No cent of a wallet is promised to two of its accounts.
 * @returns undefined where neither limits it (the guard's own `most` does); 0 where a reserve's size is not known.
 */
export function available(money: Money, holding: HoldingId, asset: string): Exact | undefined {
  const { reserves, spent, first } = money;
  const spends = inPurse(first, spent, holding, asset);
  const mine = inPurse(first, reserves, holding, asset);
  const declared = mine.length === 0 ? [] : [mine.reduce((sum, reserve) => add(sum, leftIn(reserve, spends)), ZERO)];
  const limits = [...declared, ...walletLeft(first, spends, holding, asset)];
  return limits.length === 0 ? undefined : limits.reduce(smaller);
}

function leftIn({ free, floor }: Reserve, spends: readonly Spend[]): Exact {
  if (free.is !== "known") return ZERO;
  const rest = subtract(subtract(free.value, floor), total(spends.filter(({ at }) => at >= free.asOf)));
  return larger(ZERO, rest);
}

/** What each reading of the wallet that pays for a holding leaves of an asset. */
function walletLeft(
  { grounds, wallets }: Field,
  spends: readonly Spend[],
  holding: HoldingId,
  asset: string,
): readonly Exact[] {
  const name = wallets?.get(holding)?.name;
  if (wallets === undefined || name === undefined) return [];
  return [...grounds.values()].flatMap(({ engine, holding: read, scene }) => {
    const wallet = wallets.get(read.id);
    const holds = wallet?.name === name ? engine.wallet?.(read, asset, scene) : undefined;
    if (wallet === undefined || holds === undefined) return [];
    return [larger(ZERO, subtract(holds, total(spends.filter(({ at }) => at >= wallet.readAt))))];
  });
}

const DAY_MS = 86_400_000;

/** Why an account may not have more, and how much it may. */
export interface Allowance {
  readonly most: Exact;
  readonly decides: "reserve" | "wallet" | "cap";
}

/**
 * What money set aside gives one account: what is left, less a haircut where it stands in for another unit, and no more than the
 * account's own cap less what it was given within a day.
 */
export function allowanceOf(
  money: Money,
  holding: HoldingId,
  asset: string,
  to: { readonly account: AccountKey; readonly sameUnit: boolean; readonly now: Ms },
): Allowance | undefined {
  const { reserves, spent, first } = money;
  const mine = inPurse(first, reserves, holding, asset);
  const left = available(money, holding, asset);
  if (left === undefined) return undefined;
  const cut = to.sameUnit ? ZERO : mine.map(haircutOf).reduce(larger, ZERO);
  const most = multiply(left, subtract(ONE, cut));
  const decides = mine.length === 0 ? "wallet" : "reserve";
  const caps = mine.flatMap(({ caps = [] }) => caps.filter(({ account }) => account === to.account));
  if (caps.length === 0) return { most, decides };
  const given = total(
    inPurse(first, spent, holding, asset).filter(({ account, at }) => account === to.account && to.now - at < DAY_MS),
  );
  const room = larger(ZERO, subtract(caps.map((cap) => cap.most).reduce(smaller), given));
  return room === smaller(room, most) ? { most: room, decides: "cap" } : { most, decides };
}
