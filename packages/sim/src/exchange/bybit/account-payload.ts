import { absolute, divide, exact, text } from "@plimsoll/core/units";
import {
  type Account,
  type Market,
  ONE,
  type Position,
  type PositionSide,
  type World,
  assetSums,
  availableOf,
  averageText,
  cut,
  liquidationPrice,
  onGrid,
  onStep,
  positionFigures,
  positionOf,
  printed,
  quantileOf,
  scopesOf,
  settingsOf,
  tierAt,
  tiersOf,
} from "@plimsoll/sim/exchange";
import { SETTLE_COIN } from "./call.ts";

/** The account's one margin mode; the exchange keeps it per symbol, `set-margin-mode` sets all alike. */
export const isIsolated = ({ state }: World, account: Account): boolean =>
  [...state.markets.keys()].every((symbol) => settingsOf(account, symbol).margin === "isolated");

const INDEXES = { BOTH: 0, LONG: 1, SHORT: 2 } as const;
export const positionIndexOf = (side: PositionSide): 0 | 1 | 2 => INDEXES[side];

/**
 * On the tick that is worse for the owner; "" where there is no such price.
 * @source recorded rows of the venue
 */
const liquidationText = (price: bigint | null, size: bigint, tick: bigint): string =>
  price === null ? "" : onStep(onGrid(price, tick, size > 0n ? "ceil" : "floor"), tick);

/** A position, or what is left of one. */
const EMPTY = { size: 0n, cost: 0n, isolated: 0n };

/** GET v5/position/list, one row: also of a symbol in which nothing is held. */
export function positionRow(world: World, account: Account, market: Market, side: PositionSide) {
  const { symbol, tick, lot } = market.instrument;
  const position: Position = positionOf(account, symbol, side) ?? { ...EMPTY, symbol, side, updatedAt: 0 };
  const { size, cost, isolated, updatedAt } = position;
  const held = size !== 0n;
  const { initial, profit, maintenance } = positionFigures(world, account, position);
  const scope = scopesOf(world, account).find(({ positions }) => positions.includes(position));
  const tier = tierAt(tiersOf(account, market), absolute(size) * market.mark);
  return {
    category: "linear",
    symbol,
    positionIdx: positionIndexOf(side),
    riskId: tier.tier,
    riskLimitValue: printed(tier.cap ?? 0n),
    side: size > 0n ? "Buy" : size < 0n ? "Sell" : "",
    size: onStep(absolute(size), lot),
    avgPrice: held ? averageText(cost, size) : "",
    positionValue: held ? cut(absolute(size) * market.mark, 16) : "",
    tradeMode: 0,
    autoAddMargin: 0,
    positionStatus: "Normal",
    leverage: `${settingsOf(account, symbol).leverage}`,
    markPrice: printed(market.mark),
    liqPrice: liquidationText(scope === undefined ? null : liquidationPrice(world, scope, symbol), size, tick),
    bustPrice: "",
    positionBalance: printed(isolated),
    positionIM: held ? printed(initial.position) : "",
    positionMM: held ? cut(maintenance, 24) : "",
    unrealisedPnl: held ? cut(profit, 16) : "",
    tpslMode: "Full",
    takeProfit: "",
    stopLoss: "",
    trailingStop: "0",
    adlRankIndicator: held ? quantileOf(world, account, position) + 1 : 0,
    isReduceOnly: market.mode === "reduce-only",
    seq: world.state.ids,
    createdTime: `${updatedAt}`,
    updatedTime: `${updatedAt}`,
  };
}

/** Maintenance or initial margin as a share of the margin balance; without margins 0, without a balance none. */
const rateText = (required24: bigint, balance16: bigint): string => {
  if (required24 === 0n) return "0";
  return balance16 <= 0n ? "" : text(exact(divide(required24, balance16, "up"), 8));
};

/** GET v5/account/wallet-balance. A coin counts in full, at 1 USD; in isolated margin there are no rates of the account. */
export function walletPayload(world: World, account: Account) {
  const sums = assetSums(world, account, SETTLE_COIN);
  const wallet = sums.cross + sums.isolated;
  const equity = wallet * ONE + sums.profit;
  const initial = sums.position + sums.orders;
  const available = availableOf(world, account, SETTLE_COIN);
  const free = printed(available < 0n ? 0n : available);
  const apart = isIsolated(world, account);
  const whole = (figure: string): string => (apart ? "" : figure);
  return {
    accountType: "UNIFIED",
    accountIMRate: whole(rateText(initial * ONE * ONE, equity)),
    accountMMRate: whole(rateText(sums.maintenance, equity)),
    accountLTV: "0",
    totalEquity: cut(equity, 16),
    totalWalletBalance: whole(printed(wallet)),
    totalMarginBalance: whole(cut(equity, 16)),
    totalAvailableBalance: whole(free),
    totalPerpUPL: cut(sums.profit, 16),
    totalInitialMargin: whole(printed(initial)),
    totalMaintenanceMargin: whole(cut(sums.maintenance, 24)),
    coin: [
      {
        coin: SETTLE_COIN,
        equity: cut(equity, 16),
        usdValue: cut(equity, 16),
        walletBalance: printed(wallet),
        locked: "0",
        spotHedgingQty: "0",
        borrowAmount: "0",
        spotBorrow: "0",
        accruedInterest: "0",
        availableToWithdraw: "",
        totalOrderIM: printed(sums.orders),
        totalPositionIM: printed(sums.position),
        totalPositionMM: cut(sums.maintenance, 24),
        unrealisedPnl: cut(sums.profit, 16),
        bonus: "0",
        collateralSwitch: true,
        marginCollateral: true,
      },
    ],
  };
}
