import { divide, maxOf, minOf } from "@plimsoll/core/units";
import { ONE, money, onGrid, signOf } from "./fixed.ts";
import { type Scope, figuresOf, isCrossed, maintenanceOf, scopesOf, tierAt, tiersOf } from "./margin.ts";
import { type Fill, endOrder, planFills, sizeOfFills } from "./match.ts";
import { newOrder } from "./new-order.ts";
import { absolute, coverWallet } from "./position.ts";
import type { Market, Position, Side } from "./state.ts";
import { takeOver } from "./takeover.ts";
import { executeFills } from "./trade.ts";
import { INSURANCE, type Turn, isUser, marketOf, tell } from "./turn.ts";
import { isOpen, positionKey, positionOf, settingsOf } from "./wallet.ts";

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
  executeFills(turn, market, order, plan(size), clearance(turn, scope, position, market));
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

/** The clearance fee goes to the insurance fund in place of a commission, and never takes more than the scope still has. */
function clearance(turn: Turn, scope: Scope, position: Position, market: Market) {
  const sign = signOf(position.size);
  let left = divide(figuresOf(turn, scope).equity, ONE, "floor");
  const limit = ({ size, notional }: { readonly size: bigint; readonly notional: bigint }) => {
    left += divide(sign * (notional * ONE - size * market.mark), ONE, "floor");
    const most = maxOf(left, 0n);
    left -= minOf(most, (notional * market.instrument.liquidationFee) / ONE);
    return most;
  };
  return { rate: market.instrument.liquidationFee, to: INSURANCE, type: "INSURANCE_CLEAR", limit } as const;
}

/** Steps in which a relieving size is looked for before it is narrowed down to the lot. */
const SLICES = 64;

/** Smallest size whose planned fills bring equity above maintenance; everything in the first tier, or when nothing less does. */
function reliefSize(turn: Turn, scope: Scope, position: Position, plan: (size: bigint) => readonly Fill[]): bigint {
  const market = marketOf(turn, position.symbol);
  const tiers = tiersOf(scope.account, market);
  const whole = absolute(position.size);
  if (tierAt(tiers, whole * market.mark).tier === tiers[0]?.tier) return whole;
  const { lot, liquidationFee } = market.instrument;
  const before = figuresOf(turn, scope);
  const others = before.maintenance - maintenanceOf(tiers, whole, market.mark);
  const relieves = (size: bigint): boolean => {
    const fills = plan(size);
    const filled = sizeOfFills(fills);
    let paid = 0n;
    for (const fill of fills) paid += fill.price * fill.size;
    const slip = signOf(position.size) * (paid - filled * market.mark);
    const equity = before.equity + slip - money(paid, "up") * liquidationFee;
    return filled === size && equity * ONE > others + maintenanceOf(tiers, whole - filled, market.mark);
  };
  // more is not always better: fee and impact grow while the tier's rate falls, so the first size that relieves is looked for
  const lots = whole / lot;
  const found = Array.from({ length: SLICES }, (_, at) => (lots * BigInt(at + 1)) / BigInt(SLICES)).find((size) =>
    relieves(size * lot),
  );
  if (found === undefined) return whole;
  let [low, high] = [found - lots / BigInt(SLICES) - 1n, found];
  if (low < 0n) low = 0n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (relieves(middle * lot)) high = middle;
    else low = middle;
  }
  return high * lot;
}

/** Share of the margin ratio at which the owner is told, 80 %: the venue does not publish its level. */
const CALL_AT = 80n;

/** Tells owners whose margin ratio has come near 100 %, once until it recovers. */
export function callMargins(turn: Turn): void {
  for (const account of turn.state.accounts.values()) {
    if (!isUser(account.id)) continue;
    const near = scopesOf(turn, account).filter((scope) => isNear(turn, scope));
    const fresh = near.filter(({ name }) => !account.called.has(name));
    account.called.clear();
    for (const { name } of near) account.called.add(name);
    const positions = fresh.flatMap((scope) => scope.positions.map(({ symbol, side }) => positionKey(symbol, side)));
    if (positions.length > 0) tell(turn, { type: "margin-call", account: account.id, positions });
  }
}
function isNear(turn: Turn, scope: Scope): boolean {
  const { equity, maintenance } = figuresOf(turn, scope);
  return maintenance > 0n && maintenance * 100n >= equity * ONE * CALL_AT;
}
