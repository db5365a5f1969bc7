import { divide, minOf } from "@plimsoll/core/units";
import { rankedAgainst } from "./adl.ts";
import { ONE, onGrid, signOf } from "./fixed.ts";
import { fullDepth } from "./ladder.ts";
import { type Scope, figuresOf, profitOf } from "./margin.ts";
import { planFills } from "./match.ts";
import { newOrder } from "./new-order.ts";
import { marketLimit } from "./order.ts";
import { absolute } from "./position.ts";
import type { Order, Position, Side } from "./state.ts";
import { FREE, executeAside, executeFills } from "./trade.ts";
import { INSURANCE, type Turn, accountOf, marketOf, tell } from "./turn.ts";
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

/** Who gives a position up, in the venue's order terms. */
type Giver = Pick<Order, "account" | "symbol" | "positionSide">;

/** Moves signed `size` for signed `worth` from one party to another. */
function swap(
  turn: Turn,
  origin: "insurance" | "adl",
  from: Giver,
  to: Omit<Giver, "symbol">,
  size: bigint,
  worth: bigint,
): void {
  const [gives, takes]: readonly [Side, Side] = size > 0n ? ["sell", "buy"] : ["buy", "sell"];
  executeAside(turn, { ...from, side: gives, origin: "insurance" }, absolute(size), signOf(size) * worth);
  executeAside(turn, { ...from, ...to, side: takes, origin }, absolute(size), signOf(size) * worth);
}

/** `worth` is the signed money at which the position goes. */
function handOver(turn: Turn, scope: Scope, position: Position, worth: bigint): void {
  const from = { account: scope.account.id, symbol: position.symbol, positionSide: position.side };
  if (fundAccepts(turn, scope.asset, position)) {
    swap(turn, "insurance", from, { account: INSURANCE, positionSide: "BOTH" }, position.size, worth);
    tell(turn, {
      type: "takeover",
      account: INSURANCE,
      from: from.account,
      symbol: from.symbol,
      size: position.size,
      notional: worth,
    });
  } else deleverage(turn, from, position, worth);
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
function deleverage(turn: Turn, from: Giver, position: Position, worth: bigint): void {
  let [size, left] = [position.size, worth];
  for (const rank of rankedAgainst(turn, from.account, position)) {
    if (size === 0n) break;
    const part = minOf(absolute(size), rank.size) * signOf(size);
    const share = part === size ? left : divide(worth * part, position.size, "floor");
    swap(turn, "adl", from, { account: rank.account, positionSide: rank.positionSide }, part, share);
    tell(turn, {
      type: "adl",
      account: rank.account,
      from: from.account,
      symbol: from.symbol,
      size: part,
      notional: share,
    });
    size -= part;
    left -= share;
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
    executeFills(turn, market, newOrder(turn, INSURANCE, request, "insurance"), fills, FREE);
    traded = true;
  }
  return traded;
}
