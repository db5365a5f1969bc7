import { divide, minOf } from "@plimsoll/core/units";
import { rankedAgainst } from "./adl.ts";
import { ONE, onGrid } from "./fixed.ts";
import { fullDepth } from "./ladder.ts";
import { type Scope, figuresOf, profitOf } from "./margin.ts";
import { planFills } from "./match.ts";
import { marketLimit, newOrder } from "./order.ts";
import { absolute } from "./position.ts";
import type { Position } from "./state.ts";
import { NOTHING, executeFills, swap } from "./trade.ts";
import { INSURANCE, type Turn, accountOf, isUser, marketOf, tell } from "./turn.ts";
import { positionKey, walletOf } from "./wallet.ts";

/**
 * Hands all positions of a scope over so that it is left with exactly nothing: each at mark, moved by the same share of its
 * notional that uses up the scope's equity. The fund takes what its limit allows, deleveraging the rest.
 * @source Binance insurance fund FAQ: positions over at the bankruptcy price, remaining collateral to the fund
 */
export function takeOver(turn: Turn, scope: Scope): void {
  const equity = divide(figuresOf(turn, scope).equity, ONE, "floor");
  const values = scope.positions.map((position) => absolute(position.size) * marketOf(turn, position.symbol).mark);
  const total = values.reduce((sum, value) => sum + value, 0n);
  let left = equity;
  scope.positions.forEach((position, at) => {
    const share = at === scope.positions.length - 1 ? left : divide(equity * (values[at] ?? 0n), total, "floor");
    left -= share;
    const value = divide(position.size * marketOf(turn, position.symbol).mark, ONE, "floor");
    handOver(turn, scope, { ...position }, value - share);
  });
}

/** `worth` is the signed money at which the position goes. */
function handOver(turn: Turn, scope: Scope, position: Position, worth: bigint): void {
  const from = { account: scope.account.id, symbol: position.symbol, positionSide: position.side };
  if (fundAccepts(turn, scope.asset, position)) {
    swap(turn, from, { account: INSURANCE, positionSide: "BOTH" }, position.size, worth);
    tell(turn, {
      type: "takeover",
      account: INSURANCE,
      from: from.account,
      symbol: from.symbol,
      size: position.size,
      notional: worth,
    });
  } else deleverage(turn, from, position, worth);
  const positions = [positionKey(position.symbol, position.side)];
  tell(turn, { type: "account", account: from.account, reason: "INSURANCE_CLEAR", assets: [scope.asset], positions });
}

/** Net notional of the fund after the takeover may not exceed the fund itself (100 % by default). @source Binance insurance fund FAQ */
function fundAccepts(turn: Turn, asset: string, position: Position): boolean {
  const fund = accountOf(turn, INSURANCE);
  let equity = walletOf(fund, asset) * ONE;
  let notional = 0n;
  for (const market of turn.state.markets.values()) {
    const held = fund.positions.get(positionKey(market.instrument.symbol, "BOTH"));
    if (held !== undefined && market.instrument.quote === asset) equity += profitOf(held, market.mark);
    const size = (held?.size ?? 0n) + (market.instrument.symbol === position.symbol ? position.size : 0n);
    notional += absolute(size * market.mark);
  }
  return notional <= equity;
}

/** Closes the opposite side by rank at the bankruptcy price; the market maker stands behind the last of the queue. */
function deleverage(
  turn: Turn,
  from: Parameters<typeof swap>[1] & { readonly symbol: string },
  position: Position,
  worth: bigint,
): void {
  let [size, money] = [position.size, worth];
  for (const rank of rankedAgainst(turn, position)) {
    if (size === 0n) break;
    const part = minOf(absolute(size), rank.size) * (size > 0n ? 1n : -1n);
    const share = part === size ? money : divide(worth * part, position.size, "floor");
    swap(turn, from, rank, part, share);
    tell(turn, {
      type: "adl",
      account: rank.account,
      from: from.account,
      symbol: from.symbol,
      size: part,
      notional: share,
    });
    if (isUser(rank.account)) {
      const { quote } = marketOf(turn, from.symbol).instrument;
      tell(turn, {
        type: "account",
        account: rank.account,
        reason: "ADJUSTMENT",
        assets: [quote],
        positions: [positionKey(from.symbol, rank.positionSide)],
      });
    }
    size -= part;
    money -= share;
  }
}

/** Share of a side's full depth that the fund sells into at each step while it unwinds what it took over. */
const UNWIND_PART = 20n;

/** The fund gives positions back to the market gradually. @returns true when it traded. */
export function unwindFund(turn: Turn): boolean {
  let traded = false;
  for (const position of [...accountOf(turn, INSURANCE).positions.values()]) {
    const market = marketOf(turn, position.symbol);
    if (market.mode === "halted" || market.mode === "cancel-only") continue;
    const side = position.size > 0n ? "sell" : "buy";
    const { lot } = market.instrument;
    const part = onGrid(fullDepth(market, side, turn.seed) / UNWIND_PART, lot, "ceil");
    const size = minOf(absolute(position.size), part);
    const fills = planFills(turn, market, { account: INSURANCE, side, size, limit: marketLimit(market, side) });
    if (fills.length === 0) continue;
    const request = {
      symbol: position.symbol,
      side,
      positionSide: "BOTH",
      type: "MARKET",
      timeInForce: "IOC",
      price: 0n,
      size,
      reduceOnly: true,
      clientId: "",
    } as const;
    executeFills(turn, market, newOrder(turn, INSURANCE, request, "insurance"), fills, NOTHING);
    traded = true;
  }
  return traded;
}
