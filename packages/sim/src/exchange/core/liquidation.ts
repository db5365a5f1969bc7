import { divide, maxOf, minOf } from "@plimsoll/core/units";
import { ONE, onGrid, signOf } from "./fixed.ts";
import { type Scope, figuresOf, isCrossed, maintenanceOf, scopesOf, tiersOf } from "./margin.ts";
import { endOrder, planFills } from "./match.ts";
import { newOrder } from "./new-order.ts";
import { coverWallet } from "./position.ts";
import type { Market, Position, Side } from "./state.ts";
import { reliefSize } from "./relief-size.ts";
import { takeOver } from "./takeover.ts";
import { executeFills, takeFee } from "./trade.ts";
import { INSURANCE, type Turn, isUser, marketOf, tell } from "./turn.ts";
import { isOpen, positionKey, positionOf, recordIncome, settingsOf } from "./wallet.ts";

/** Liquidates every scope at or beyond 100 %. @returns true when something was liquidated. */
export function liquidateAll(turn: Turn): boolean {
  let did = false;
  for (const account of turn.state.accounts.values()) {
    if (!isUser(account.id)) continue;
    for (const scope of scopesOf(turn, account)) {
      if (!isCrossed(turn, scope) || scope.positions.some(({ symbol }) => isShut(marketOf(turn, symbol)))) continue;
      did = true;
      liquidate(turn, scope);
    }
    const assets = [...account.cross.keys()];
    for (const asset of assets)
      if (!scopesOf(turn, account).some((scope) => !scope.isolated && scope.asset === asset))
        coverWallet(turn, account, asset);
  }
  return did;
}
const isShut = ({ mode }: Market): boolean => mode === "halted" || mode === "cancel-only";

/**
 * Cancels the scope's orders; reduces position by position, the largest maintenance first, each with one immediate-or-cancel
 * order sized to restore compliance; what is still not compliant then goes over at the bankruptcy price.
 * @source Binance liquidation protocol and insurance fund FAQ
 */
function liquidate(turn: Turn, scope: Scope): void {
  cancelOrders(turn, scope);
  const need = ({ symbol, size }: Position) =>
    maintenanceOf(tiersOf(scope.account, marketOf(turn, symbol)), size, marketOf(turn, symbol).mark);
  const order = scope.positions.toSorted((a, b) => (need(a) < need(b) ? 1 : -1));
  for (const position of order) {
    reduce(turn, current(scope), position);
    if (!isCrossed(turn, current(scope))) return;
  }
  takeOver(turn, current(scope));
}

/** The same scope with what is left of its positions. */
const current = (scope: Scope): Scope => ({
  ...scope,
  positions: scope.positions.filter(({ symbol, side }) => positionOf(scope.account, symbol, side) !== undefined),
});

function cancelOrders(turn: Turn, { account, asset, isolated, positions }: Scope): void {
  const inScope = (symbol: string) =>
    isolated
      ? positions.some((position) => position.symbol === symbol)
      : settingsOf(account, symbol).margin === "cross";
  for (const market of turn.state.markets.values()) {
    if (market.instrument.quote !== asset || !inScope(market.instrument.symbol)) continue;
    for (const order of [...market.bids, ...market.asks])
      if (order.account === account.id && isOpen(order)) endOrder(turn, market, order, "EXPIRED");
  }
}

function reduce(turn: Turn, scope: Scope, position: Position): void {
  const market = marketOf(turn, position.symbol);
  const side: Side = position.size > 0n ? "sell" : "buy";
  const limit = bankruptcyPrice(turn, scope, position);
  if (limit <= 0n) return;
  const plan = (size: bigint) => planFills(turn, market, { account: scope.account.id, side, size, limit });
  const size = reliefSize(turn, scope, position, plan);
  const { symbol, side: positionSide } = position;
  const request = {
    symbol,
    side,
    positionSide,
    type: "LIMIT",
    timeInForce: "IOC",
    price: limit,
    size,
    reduceOnly: true,
  } as const;
  const order = newOrder(
    turn,
    scope.account.id,
    { ...request, clientId: `autoclose-${turn.state.ids + 1}` },
    "liquidation",
  );
  tell(turn, { type: "order", did: "NEW", order: { ...order } });
  const purse = purseOf(turn, scope, position, market);
  executeFills(turn, market, order, plan(size), { rate: market.instrument.takerFee, limit: purse.spend });
  const clearance = minOf(purse.left(), (order.paid * market.instrument.liquidationFee) / ONE);
  takeFee(turn, order, scope.asset, clearance, INSURANCE);
  recordIncome(turn, scope.account.id, "INSURANCE_CLEAR", scope.asset, symbol, -clearance);
  if (isOpen(order)) endOrder(turn, market, order, "EXPIRED");
  tell(turn, { type: "liquidation", order: { ...order }, scope: scope.name });
  tell(turn, {
    type: "account",
    account: scope.account.id,
    reason: "INSURANCE_CLEAR",
    assets: [scope.asset],
    positions: [positionKey(symbol, positionSide)],
  });
}

/** Price of this position at which the scope has nothing left, the others at mark; on the tick that loses nothing. */
function bankruptcyPrice(turn: Turn, scope: Scope, position: Position): bigint {
  const { mark, instrument } = marketOf(turn, position.symbol);
  const { equity } = figuresOf(turn, scope);
  const price = mark - divide(equity, position.size, position.size > 0n ? "floor" : "ceil");
  return onGrid(price, instrument.tick, position.size > 0n ? "ceil" : "floor");
}

/**
 * What a scope can still pay while it is being liquidated: fills away from mark and commissions come out of it, and it never
 * goes below nothing. The taker commission goes first, then the clearance fee to the insurance fund.
 */
function purseOf(turn: Turn, scope: Scope, position: Position, market: Market) {
  const sign = signOf(position.size);
  let money = divide(figuresOf(turn, scope).equity, ONE, "floor");
  return {
    left: () => maxOf(money, 0n),
    spend: ({ size, notional }: { readonly size: bigint; readonly notional: bigint }) => {
      money += divide(sign * (notional * ONE - size * market.mark), ONE, "floor");
      const most = maxOf(money, 0n);
      money -= minOf(most, (notional * market.instrument.takerFee) / ONE);
      return most;
    },
  };
}
