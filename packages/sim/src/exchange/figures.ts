import {
  type Account,
  type ExchangeState,
  type Position,
  initialOf,
  maintenanceOf,
  marketOf,
  profitOf,
  settingsOf,
  sidesOf,
  tiersOf,
  walletOf,
} from "./core/index.ts";

export type World = { readonly state: ExchangeState };

/** What every view of a position shares; sums are taken over these exact figures, text is made last. */
export function positionFigures(world: World, account: Account, position: Position) {
  const market = marketOf(world, position.symbol);
  const initial = initialOf(world, account, position.symbol, position.side);
  const profit = profitOf(position, market.mark);
  const maintenance = maintenanceOf(tiersOf(account, market), position.size, market.mark);
  const isolated = settingsOf(account, position.symbol).margin === "isolated";
  return { market, initial, profit, maintenance, isolated };
}

/** Sums over one margin asset, exact: money 1e-8, profits 1e-16, maintenance 1e-24. */
export function assetSums(world: World, account: Account, asset: string) {
  const sums = {
    cross: walletOf(account, asset),
    isolated: 0n,
    profit: 0n,
    crossProfit: 0n,
    maintenance: 0n,
    position: 0n,
    orders: 0n,
  };
  for (const position of account.positions.values()) {
    const { market, profit, maintenance, isolated } = positionFigures(world, account, position);
    if (market.instrument.quote !== asset) continue;
    sums.isolated += position.isolated;
    sums.profit += profit;
    if (!isolated) sums.crossProfit += profit;
    sums.maintenance += maintenance;
  }
  for (const market of world.state.markets.values())
    if (market.instrument.quote === asset)
      for (const side of sidesOf(account)) {
        const initial = initialOf(world, account, market.instrument.symbol, side);
        sums.position += initial.position;
        sums.orders += initial.orders;
      }
  return sums;
}
