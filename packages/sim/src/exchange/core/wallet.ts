import type { Account, IncomeType, Order, Position, PositionSide, Settings } from "./state.ts";
import { type Turn, accountOf, nextId } from "./turn.ts";

/** Leverage of a symbol nobody has touched, as the venue sets it for a new account. */
const UNTOUCHED: Settings = { leverage: 20, margin: "cross" };

export const walletOf = (account: Account, asset: string): bigint => account.cross.get(asset) ?? 0n;
export const settingsOf = (account: Account, symbol: string): Settings => account.settings.get(symbol) ?? UNTOUCHED;
export const positionKey = (symbol: string, side: PositionSide): string => `${symbol}:${side}`;
export const positionOf = (account: Account, symbol: string, side: PositionSide): Position | undefined =>
  account.positions.get(positionKey(symbol, side));
/** Signed size, 0 without a position. */
export const sizeOf = (account: Account, symbol: string, side: PositionSide): bigint =>
  positionOf(account, symbol, side)?.size ?? 0n;

export const credit = (account: Account, asset: string, amount: bigint): void =>
  void account.cross.set(asset, walletOf(account, asset) + amount);

/** Books an amount that has already moved, for the owner's history. */
export function recordIncome(
  turn: Turn,
  account: string,
  type: IncomeType,
  asset: string,
  symbol: string,
  amount: bigint,
  tradeId = 0,
): void {
  if (amount === 0n) return;
  turn.state.incomes.push({ id: nextId(turn), account, type, asset, symbol, amount, at: turn.now, tradeId });
}

/** Moves money between cross wallets of two accounts; the sum stays. */
export function pay(turn: Turn, from: string, to: string, asset: string, amount: bigint): void {
  credit(accountOf(turn, from), asset, -amount);
  credit(accountOf(turn, to), asset, amount);
}

export const isOpen = (order: Order): boolean => order.status === "NEW" || order.status === "PARTIALLY_FILLED";
