import { divide, maxOf } from "@plimsoll/core/units";
import { ONE } from "./fixed.ts";
import { type Tier, scaleTiers } from "./instrument.ts";
import { absolute } from "./position.ts";
import type { Account, Market, Order, Position, PositionSide, Side } from "./state.ts";
import { type Turn, marketOf } from "./turn.ts";
import { isOpen, positionOf, settingsOf, walletOf } from "./wallet.ts";

type World = Pick<Turn, "state">;

/** What is liquidated together: a cross wallet with its positions, or one isolated position. */
export interface Scope {
  readonly name: string;
  readonly account: Account;
  readonly asset: string;
  readonly isolated: boolean;
  readonly positions: readonly Position[];
}

export const tiersOf = (account: Account, market: Market): readonly Tier[] =>
  scaleTiers(market.instrument.tiers, account.coef);

/** The tier the whole notional falls in; a notional on a boundary belongs to the lower tier. Notional at 1e-16. */
export function tierAt(tiers: readonly Tier[], notional16: bigint): Tier {
  const tier = tiers.find(({ cap }) => cap === null || notional16 <= cap * ONE) ?? tiers.at(-1);
  if (tier === undefined) throw new Error("invariant broken: no tiers");
  return tier;
}

/** The rate that a tier charges a size, cut to 1e-8. */
export const rateFor = ({ rate, perCoin = 0n }: Tier, size: bigint): bigint => rate + (perCoin * absolute(size)) / ONE;

/** Maintenance of a size at a price, exact at 1e-24: whole notional times rate, minus the tier's amount. */
export function maintenanceOf(tiers: readonly Tier[], size: bigint, price: bigint): bigint {
  const notional = absolute(size) * price;
  const tier = tierAt(tiers, notional);
  return maxOf(notional * rateFor(tier, size) - tier.amount * ONE * ONE, 0n);
}

/** Exact figures of a scope at marks: equity at 1e-16, maintenance at 1e-24. */
export function figuresOf(world: World, scope: Scope): { readonly equity: bigint; readonly maintenance: bigint } {
  let equity = walletOfScope(scope) * ONE;
  let maintenance = 0n;
  for (const position of scope.positions) {
    const market = marketOf(world, position.symbol);
    equity += profitOf(position, market.mark);
    maintenance += maintenanceOf(tiersOf(scope.account, market), position.size, market.mark);
  }
  return { equity, maintenance };
}

/** Unrealised profit at a price, exact at 1e-16. */
export const profitOf = (position: Position, price: bigint): bigint => position.size * price - position.cost * ONE;

export const walletOfScope = (scope: Scope): bigint =>
  scope.isolated ? (scope.positions[0]?.isolated ?? 0n) : walletOf(scope.account, scope.asset);

/** Liquidation at a margin ratio of 100 % or more: equality counts. */
export function isCrossed(world: World, scope: Scope): boolean {
  const { equity, maintenance } = figuresOf(world, scope);
  return maintenance > 0n && equity * ONE <= maintenance;
}

/** One scope for each asset with cross positions, one for each isolated position. */
export function scopesOf(world: World, account: Account): readonly Scope[] {
  const cross = new Map<string, Position[]>();
  const scopes: Scope[] = [];
  for (const position of account.positions.values()) {
    const asset = marketOf(world, position.symbol).instrument.quote;
    if (settingsOf(account, position.symbol).margin === "cross")
      cross.set(asset, [...(cross.get(asset) ?? []), position]);
    else
      scopes.push({
        name: `${position.symbol}:${position.side}`,
        account,
        asset,
        isolated: true,
        positions: [position],
      });
  }
  for (const [asset, positions] of cross)
    scopes.push({ name: `cross:${asset}`, account, asset, isolated: false, positions });
  return scopes;
}

/** An order that is only being considered, for the margin check. */
export type Considered = Pick<Order, "symbol" | "side" | "positionSide" | "price" | "reduceOnly"> & {
  readonly left: bigint;
};

/** Initial margins of one symbol and position side at mark: what the position needs and what its open orders add, 1e-8. */
export function initialOf(world: World, account: Account, symbol: string, side: PositionSide, extra?: Considered) {
  const market = marketOf(world, symbol);
  const value = (positionOf(account, symbol, side)?.size ?? 0n) * market.mark;
  const waiting = (way: Side) =>
    openNotional(market, account, side, way) + (extra?.side === way && extra.positionSide === side ? opens(extra) : 0n);
  // one-way: the larger of "all buys fill" and "all sells fill"; in hedge mode only one of the two can add to a side
  const [bids, asks] = [side === "SHORT" ? 0n : waiting("buy"), side === "LONG" ? 0n : waiting("sell")];
  const most = maxOf(absolute(value), maxOf(absolute(value + bids), absolute(value - asks)));
  const leverage = BigInt(settingsOf(account, symbol).leverage) * ONE;
  const position = divide(absolute(value), leverage, "down");
  return { position, orders: divide(most, leverage, "down") - position, bids, asks };
}

const opens = (order: Considered): bigint => (order.reduceOnly ? 0n : order.price * order.left);

function openNotional(market: Market, account: Account, side: PositionSide, way: Side): bigint {
  let sum = 0n;
  for (const order of way === "buy" ? market.bids : market.asks)
    if (order.account === account.id && order.positionSide === side && isOpen(order) && !order.reduceOnly)
      sum += order.price * (order.size - order.filled);
  return sum;
}

export const sidesOf = (account: Account): readonly PositionSide[] => (account.hedge ? ["LONG", "SHORT"] : ["BOTH"]);

/** Cross money that may still be used: wallet and cross profit, less initial margins of cross positions and of all orders; 1e-8. */
export function availableOf(world: World, account: Account, asset: string, extra?: Considered): bigint {
  let available = walletOf(account, asset) * ONE;
  for (const market of world.state.markets.values()) {
    if (market.instrument.quote !== asset) continue;
    const { symbol } = market.instrument;
    const cross = settingsOf(account, symbol).margin === "cross";
    for (const side of sidesOf(account)) {
      const position = positionOf(account, symbol, side);
      const own = extra?.symbol === symbol ? extra : undefined;
      if (position === undefined && own === undefined && market.bids.length + market.asks.length === 0) continue;
      const initial = initialOf(world, account, symbol, side, own);
      if (position !== undefined && cross) available += profitOf(position, market.mark);
      available -= (initial.orders + (cross ? initial.position : 0n)) * ONE;
    }
  }
  return divide(available, ONE, "floor");
}
