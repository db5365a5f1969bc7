import { maxOf } from "@plimsoll/core/units";
import {
  type Account,
  ONE,
  type Position,
  type World,
  absolute,
  availableOf,
  averageText,
  liquidationPrice,
  positionFigures,
  scopesOf,
  settingsOf,
  tiersOf,
  walletOf,
} from "@plimsoll/sim/exchange";
import { COLLATERAL } from "./coins.ts";
import { plain, usd } from "./figures.ts";

/** Exact figures of a position: its cash leg at 1e-8, value, equity and margin at 1e-16, maintenance at 1e-24. */
function figuresOf(world: World, account: Account, position: Position) {
  const { market, profit, maintenance, isolated } = positionFigures(world, account, position);
  const { leverage } = settingsOf(account, position.symbol);
  const notional = absolute(position.size) * market.mark;
  const equity = position.isolated * ONE + profit;
  const margin = isolated ? equity : notional / BigInt(leverage);
  return {
    market,
    profit,
    maintenance,
    isolated,
    leverage,
    notional,
    equity,
    margin,
    raw: position.isolated - position.cost,
  };
}

/** A position of `clearinghouseState`; funding since it was opened is not kept and left out. */
function positionRow(world: World, account: Account, position: Position) {
  const { market, profit, isolated, leverage, notional, margin, raw } = figuresOf(world, account, position);
  const { symbol, size, cost } = position;
  const scope = scopesOf(world, account).find(({ positions }) => positions.includes(position));
  const price = scope === undefined ? null : liquidationPrice(world, scope, symbol);
  const posted = absolute(cost) / BigInt(leverage);
  return {
    type: "oneWay",
    position: {
      coin: symbol,
      szi: plain(size),
      leverage: isolated
        ? { type: "isolated", value: leverage, rawUsd: usd(raw, 8) }
        : { type: "cross", value: leverage },
      entryPx: averageText(cost, size),
      positionValue: usd(notional, 16),
      unrealizedPnl: usd(profit, 16),
      returnOnEquity: posted === 0n ? "0.0" : plain(profit / posted),
      liquidationPx: price === null ? null : plain(price),
      marginUsed: usd(margin, 16, "down"),
      maxLeverage: tiersOf(account, market)[0]?.maxLeverage,
    },
  };
}

/** `clearinghouseState` of the first dex: the pool of cross positions, and beside it isolated ones. */
export function clearinghouseState(world: World, account: Account) {
  const wallet = walletOf(account, COLLATERAL);
  const cross = { value: wallet * ONE, raw: wallet, notional: 0n, margin: 0n, maintenance: 0n };
  const apart = { value: 0n, raw: 0n, notional: 0n, margin: 0n };
  for (const position of account.positions.values()) {
    const { isolated, equity, raw, notional, margin, maintenance } = figuresOf(world, account, position);
    const sums = isolated ? apart : cross;
    sums.value += equity;
    sums.raw += raw;
    sums.notional += notional;
    sums.margin += margin;
    if (!isolated) cross.maintenance += maintenance;
  }
  const all = {
    value: cross.value + apart.value,
    raw: cross.raw + apart.raw,
    notional: cross.notional + apart.notional,
    margin: cross.margin + apart.margin,
  };
  return {
    marginSummary: summary(all),
    crossMarginSummary: summary(cross),
    crossMaintenanceMarginUsed: usd(cross.maintenance, 24, "down"),
    withdrawable: usd(maxOf(availableOf(world, account, COLLATERAL), 0n), 8),
    assetPositions: [...account.positions.values()].map((position) => positionRow(world, account, position)),
    time: world.state.now,
  };
}

const summary = (sums: {
  readonly value: bigint;
  readonly raw: bigint;
  readonly notional: bigint;
  readonly margin: bigint;
}) => ({
  accountValue: usd(sums.value, 16),
  totalNtlPos: usd(sums.notional, 16),
  totalRawUsd: usd(sums.raw, 8),
  totalMarginUsed: usd(sums.margin, 16, "down"),
});
