import {
  type Account,
  assetSums,
  availableOf,
  averageText,
  cut,
  largestNotional,
  liquidationPrice,
  marketOf,
  ONE,
  onStep,
  type Position,
  positionFigures,
  printed,
  quantileOf,
  scopesOf,
  settingsOf,
  type World,
} from "@plimsoll/sim/exchange";

/** GET fapi/v3/positionRisk, one position; with `full` the fields that only v2 has. */
export function positionRisk(world: World, account: Account, position: Position, full: boolean) {
  const { market, initial, profit, maintenance, isolated } = positionFigures(world, account, position);
  const { lot, quote } = market.instrument;
  const scope = scopesOf(world, account).find(({ positions }) => positions.includes(position));
  const liquidation = scope === undefined ? null : liquidationPrice(world, scope, position.symbol);
  const settings = settingsOf(account, position.symbol);
  const more = {
    leverage: `${settings.leverage}`,
    marginType: settings.margin,
    isAutoAddMargin: "false",
    maxNotionalValue: printed(largestNotional(account, market, settings.leverage) ?? 0n),
  };
  const entry = averageText(position.cost, position.size);
  return {
    symbol: position.symbol,
    positionSide: position.side,
    positionAmt: onStep(position.size, lot),
    entryPrice: entry,
    breakEvenPrice: entry,
    markPrice: printed(market.mark),
    unRealizedProfit: cut(profit, 16),
    liquidationPrice: liquidation === null ? "0" : printed(liquidation),
    isolatedMargin: isolated ? cut(position.isolated * ONE + profit, 16) : "0",
    notional: cut(position.size * market.mark, 16),
    marginAsset: quote,
    isolatedWallet: isolated ? printed(position.isolated) : "0",
    initialMargin: printed(initial.position + initial.orders),
    maintMargin: cut(maintenance, 24),
    positionInitialMargin: printed(initial.position),
    openOrderInitialMargin: printed(initial.orders),
    adl: quantileOf(world, account, position),
    bidNotional: cut(initial.bids, 16),
    askNotional: cut(initial.asks, 16),
    updateTime: position.updatedAt,
    ...(full ? more : {}),
  };
}

const notBelowZero = (value: bigint): bigint => (value < 0n ? 0n : value);

function assetRow(world: World, account: Account, asset: string) {
  const sums = assetSums(world, account, asset);
  const wallet = sums.cross + sums.isolated;
  const available = printed(notBelowZero(availableOf(world, account, asset)));
  return {
    asset,
    walletBalance: printed(wallet),
    unrealizedProfit: cut(sums.profit, 16),
    marginBalance: cut(wallet * ONE + sums.profit, 16),
    maintMargin: cut(sums.maintenance, 24),
    initialMargin: printed(sums.position + sums.orders),
    positionInitialMargin: printed(sums.position),
    openOrderInitialMargin: printed(sums.orders),
    crossWalletBalance: printed(sums.cross),
    crossUnPnl: cut(sums.crossProfit, 16),
    availableBalance: available,
    maxWithdrawAmount: available,
    marginAvailable: true,
    updateTime: world.state.now,
  };
}

/** Margin assets of the venue. */
const assetsOf = (world: World): readonly string[] => [
  ...new Set([...world.state.markets.values()].map(({ instrument }) => instrument.quote)),
];

/** GET fapi/v3/account: assets, and positions in short form. Totals are in USD, here the one stablecoin at 1. */
export function accountInfo(world: World, account: Account) {
  const assets = assetsOf(world).map((asset) => assetRow(world, account, asset));
  const total = (field: keyof (typeof assets)[number]) =>
    printed(assets.reduce((sum, row) => sum + BigInt(String(row[field]).replace(".", "")), 0n));
  return {
    totalInitialMargin: total("initialMargin"),
    totalMaintMargin: total("maintMargin"),
    totalWalletBalance: total("walletBalance"),
    totalUnrealizedProfit: total("unrealizedProfit"),
    totalMarginBalance: total("marginBalance"),
    totalPositionInitialMargin: total("positionInitialMargin"),
    totalOpenOrderInitialMargin: total("openOrderInitialMargin"),
    totalCrossWalletBalance: total("crossWalletBalance"),
    totalCrossUnPnl: total("crossUnPnl"),
    availableBalance: total("availableBalance"),
    maxWithdrawAmount: total("maxWithdrawAmount"),
    assets,
    positions: [...account.positions.values()].map((position) => {
      const { market, initial, profit, maintenance, isolated } = positionFigures(world, account, position);
      return {
        symbol: position.symbol,
        positionSide: position.side,
        positionAmt: onStep(position.size, market.instrument.lot),
        unrealizedProfit: cut(profit, 16),
        isolatedMargin: isolated ? cut(position.isolated * ONE + profit, 16) : "0",
        notional: cut(position.size * market.mark, 16),
        isolatedWallet: isolated ? printed(position.isolated) : "0",
        initialMargin: printed(initial.position + initial.orders),
        maintMargin: cut(maintenance, 24),
        updateTime: position.updatedAt,
      };
    }),
  };
}

/** GET fapi/v3/balance */
export const balances = (world: World, account: Account) =>
  assetsOf(world).map((asset) => {
    const {
      walletBalance,
      crossWalletBalance,
      crossUnPnl,
      availableBalance,
      maxWithdrawAmount,
      marginAvailable,
      updateTime,
    } = assetRow(world, account, asset);
    return {
      accountAlias: account.id,
      asset,
      balance: walletBalance,
      crossWalletBalance,
      crossUnPnl,
      availableBalance,
      maxWithdrawAmount,
      marginAvailable,
      updateTime,
    };
  });

/** GET fapi/v1/symbolConfig, one symbol */
export function symbolConfig(world: World, account: Account, symbol: string) {
  const { leverage, margin } = settingsOf(account, symbol);
  const cap = largestNotional(account, marketOf(world, symbol), leverage);
  return {
    symbol,
    marginType: margin === "cross" ? "CROSSED" : "ISOLATED",
    isAutoAddMargin: false,
    leverage,
    maxNotionalValue: printed(cap ?? 0n),
  };
}
