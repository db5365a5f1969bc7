import { divide, maxOf, minOf } from "@plimsoll/core/units";
import { signOf } from "./fixed.ts";
import type { Account, Position, PositionSide } from "./state.ts";
import { INSURANCE, type Turn, accountOf, isUser, marketOf } from "./turn.ts";
import { credit, pay, positionKey, positionOf, recordIncome, settingsOf, walletOf } from "./wallet.ts";

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** A change of a position: signed size and the signed money for it (bought positive, sold negative). */
export interface Change {
  readonly symbol: string;
  readonly side: PositionSide;
  readonly size: bigint;
  readonly notional: bigint;
  /** A liquidation leaves the margin of an isolated position inside it until nothing of the position is left. */
  readonly keepMargin?: boolean;
}

/**
 * Books a change: first what closes, then what opens. Two changes with opposite size and money keep the sum of wallets
 * plus open profit exactly, whatever the rounding of the cost that leaves with a closed part.
 * @returns realised profit.
 */
export function applyChange(turn: Turn, accountId: string, change: Change): bigint {
  const account = accountOf(turn, accountId);
  const held = positionOf(account, change.symbol, change.side)?.size ?? 0n;
  const against = signOf(held) === -signOf(change.size);
  const closing = against ? minOf(absolute(held), absolute(change.size)) : 0n;
  const closingMoney = closing === 0n ? 0n : divide(change.notional * closing, absolute(change.size), "down");
  const realized = closing === 0n ? 0n : close(turn, account, change, closing, closingMoney);
  if (absolute(change.size) > closing) {
    const sign = signOf(change.size);
    open(turn, account, { ...change, size: change.size - sign * closing, notional: change.notional - closingMoney });
  }
  return realized;
}

function open(turn: Turn, account: Account, { symbol, side, size, notional }: Change): void {
  const position: Position = positionOf(account, symbol, side) ?? {
    symbol,
    side,
    size: 0n,
    cost: 0n,
    isolated: 0n,
    updatedAt: turn.now,
  };
  position.size += size;
  position.cost += notional;
  position.updatedAt = turn.now;
  account.positions.set(positionKey(symbol, side), position);
  const { leverage, margin } = settingsOf(account, symbol);
  if (margin !== "isolated" || !isUser(account.id)) return;
  const posted = divide(absolute(notional), BigInt(leverage), "up");
  position.isolated += posted;
  credit(account, marketOf(turn, symbol).instrument.quote, -posted);
}

/** Closes `size` (positive) of a position for `money` (signed as the change) and pays the owner out. */
function close(turn: Turn, account: Account, change: Change, size: bigint, moneyMoved: bigint): bigint {
  const { symbol, side, keepMargin = false } = change;
  const position = positionOf(account, symbol, side);
  if (position === undefined) throw new Error(`invariant broken: closing nothing on ${symbol}`);
  const cost = divide(position.cost * size, absolute(position.size), "down");
  const realized = -moneyMoved - cost;
  const share = keepMargin ? 0n : divide(position.isolated * size, absolute(position.size), "down");
  position.size -= signOf(position.size) * size;
  position.cost -= cost;
  position.updatedAt = turn.now;
  settle(turn, account, position, realized, share);
  if (position.size === 0n) account.positions.delete(positionKey(symbol, side));
  return realized;
}

/**
 * Isolated: the closed part's share of the margin and its profit go back to the cross wallet; a loss beyond that share eats
 * the rest of the margin. The venue does not publish this split: an assumption (see README).
 */
function settle(turn: Turn, account: Account, position: Position, realized: bigint, share: bigint): void {
  const { quote } = marketOf(turn, position.symbol).instrument;
  if (settingsOf(account, position.symbol).margin !== "isolated" || !isUser(account.id))
    return credit(account, quote, realized);
  const released = share + realized;
  position.isolated -= share;
  if (released < 0n || share === 0n) position.isolated += released;
  else credit(account, quote, released);
  if (position.size !== 0n) return;
  credit(account, quote, maxOf(position.isolated, 0n));
  if (position.isolated < 0n) coverShortfall(turn, account, position, quote);
  position.isolated = 0n;
}

/** A closed isolated position cannot owe: the insurance fund pays what its margin did not. */
function coverShortfall(turn: Turn, account: Account, position: Position, asset: string): void {
  pay(turn, INSURANCE, account.id, asset, -position.isolated);
  credit(account, asset, position.isolated);
  recordIncome(turn, account.id, "INSURANCE_CLEAR", asset, position.symbol, -position.isolated);
}

/** A cross wallet below zero with nothing left to sell is balanced back to zero by the fund, as the venue says. */
export function coverWallet(turn: Turn, account: Account, asset: string): void {
  const missing = -walletOf(account, asset);
  if (missing <= 0n) return;
  pay(turn, INSURANCE, account.id, asset, missing);
  recordIncome(turn, account.id, "INSURANCE_CLEAR", asset, "", missing);
}
