import { absolute, dec, divide, exact, text, trim } from "@plimsoll/core/units";
import {
  type Account,
  type Market,
  ONE,
  type Position,
  type PositionSide,
  type Scope,
  type World,
  assetSums,
  availableOf,
  averageText,
  figuresOf,
  liquidationPrice,
  onGrid,
  onStep,
  positionFigures,
  quantileOf,
  scopesOf,
  settingsOf,
} from "@plimsoll/sim/exchange";
import { SETTLE_COIN } from "./call.ts";
import { inContracts, inFull, instIdOf } from "./contract.ts";

const POSITION_SIDES = { BOTH: "net", LONG: "long", SHORT: "short" } as const;
export const posSideOf = (side: PositionSide): "net" | "long" | "short" => POSITION_SIDES[side];

/** Equity over maintenance margin, higher is safer; "" without a maintenance margin. */
const ratioText = (equity16: bigint, maintenance24: bigint): string =>
  maintenance24 === 0n ? "" : text(trim(exact(divide(equity16 * ONE ** 2n, maintenance24, "down"), 8)));

/** A ratio in full, of what is liquidated together. */
function scopeRatio(world: World, scope: Scope | undefined): string {
  if (scope === undefined) return "";
  const { equity, maintenance } = figuresOf(world, scope);
  return ratioText(equity, maintenance);
}

/** On the tick that is worse for the owner; "" where there is no such price. */
function liquidationText(world: World, scope: Scope | undefined, { instrument }: Market, size: bigint): string {
  const price = scope === undefined ? null : liquidationPrice(world, scope, instrument.symbol);
  if (price === null) return "";
  return onStep(onGrid(price, instrument.tick, size > 0n ? "ceil" : "floor"), instrument.tick);
}

/** GET account/positions, one position. */
export function positionRow(world: World, account: Account, position: Position) {
  const { market, initial, profit, maintenance, isolated } = positionFigures(world, account, position);
  const { instrument, last, mark, index } = market;
  const { size, cost, side, updatedAt } = position;
  const scope = scopesOf(world, account).find(({ positions }) => positions.includes(position));
  const sized = inContracts(instrument, side === "BOTH" ? size : absolute(size));
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    mgnMode: isolated ? "isolated" : "cross",
    posId: `${[...world.state.markets.keys()].indexOf(instrument.symbol) + 1}0${Object.keys(POSITION_SIDES).indexOf(side)}`,
    posSide: posSideOf(side),
    pos: sized,
    availPos: side === "BOTH" ? "" : sized,
    posCcy: "",
    ccy: instrument.quote,
    avgPx: size === 0n ? "" : text(trim(dec(averageText(cost, size)))),
    markPx: inFull(mark, 8),
    idxPx: inFull(index, 8),
    last: onStep(last, instrument.tick),
    lever: `${settingsOf(account, instrument.symbol).leverage}`,
    liqPx: liquidationText(world, scope, market, size),
    margin: isolated ? inFull(position.isolated, 8) : "",
    imr: isolated ? "" : inFull(initial.position, 8),
    mmr: inFull(maintenance, 24),
    mgnRatio: scopeRatio(world, scope),
    upl: inFull(profit, 16),
    notionalUsd: inFull(absolute(size) * mark, 16),
    adl: size === 0n ? "0" : `${quantileOf(world, account, position) + 1}`,
    liab: "",
    liabCcy: "",
    cTime: `${updatedAt}`,
    uTime: `${updatedAt}`,
  };
}

/** GET account/balance in futures mode: the figures of the account are those of its one coin, which counts at 1 USD. */
export function balanceRow(world: World, account: Account) {
  const { cross, isolated, profit, crossProfit, orders } = assetSums(world, account, SETTLE_COIN);
  const scope = scopesOf(world, account).find((each) => !each.isolated && each.asset === SETTLE_COIN);
  const isolatedProfit = profit - crossProfit;
  const isolatedEquity = isolated * ONE + isolatedProfit;
  const equity = inFull(cross * ONE + crossProfit + isolatedEquity, 16);
  const available = availableOf(world, account, SETTLE_COIN);
  const crossInitial = (scope?.positions ?? []).reduce(
    (sum, position) => sum + positionFigures(world, account, position).initial.position,
    0n,
  );
  const maintenance = scope === undefined ? 0n : figuresOf(world, scope).maintenance;
  const uTime = `${world.state.now}`;
  return {
    totalEq: equity,
    isoEq: inFull(isolatedEquity, 16),
    adjEq: "",
    ordFroz: "",
    imr: "",
    mmr: "",
    mgnRatio: "",
    notionalUsd: "",
    upl: "",
    uTime,
    details: [
      {
        ccy: SETTLE_COIN,
        eq: equity,
        eqUsd: equity,
        disEq: equity,
        cashBal: inFull(cross, 8),
        availEq: inFull(available < 0n ? 0n : available, 8),
        availBal: inFull(available < 0n ? 0n : available, 8),
        frozenBal: inFull(isolatedEquity + (crossInitial + orders) * ONE, 16),
        ordFrozen: inFull(orders, 8),
        isoEq: inFull(isolatedEquity, 16),
        isoUpl: inFull(isolatedProfit, 16),
        upl: inFull(profit, 16),
        imr: inFull(crossInitial + orders, 8),
        mmr: inFull(maintenance, 24),
        mgnRatio: scopeRatio(world, scope),
        coinUsdPrice: "1",
        collateralEnabled: false,
        liab: "",
        crossLiab: "",
        isoLiab: "",
        interest: "",
        maxLoan: "",
        twap: "0",
        uTime,
      },
    ],
  };
}
