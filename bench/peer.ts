import { type UserReserveData, formatReserves, formatUserSummary } from "@aave/math-utils";
import { generateRawUserSummary } from "@aave/math-utils/dist/cjs/formatters/user/generate-raw-user-summary.js";
import { generateUserReserveSummary } from "@aave/math-utils/dist/cjs/formatters/user/generate-user-reserve-summary.js";
import { type Account, type Pools, type Prices, ethereum, now } from "./aave.ts";

/** Aave's own front-end library, given the same balances, indices, prices and moment. */
const frame = {
  marketReferenceCurrencyDecimals: 8,
  marketReferencePriceInUsd: "100000000",
  currentTimestamp: Number(now),
};

type Reserves = ReturnType<typeof formatReserves>;

/** The reserves as the peer wants them: formatted once for all accounts, which is not part of any time measured here. */
export function peerReserves(prices: Prices, pools: Pools): Reserves {
  const reserves = ethereum.reserves.map((reserve) => ({
    ...{ originalId: reserve.id, id: reserve.asset, symbol: reserve.asset, name: reserve.asset },
    decimals: reserve.decimals,
    underlyingAsset: reserve.address,
    usageAsCollateralEnabled: true,
    reserveFactor: `${reserve.reserveFactor}`,
    baseLTVasCollateral: `${reserve.ltv}`,
    reserveLiquidationThreshold: `${reserve.liquidationThreshold}`,
    reserveLiquidationBonus: `${reserve.liquidationBonus}`,
    liquidityIndex: `${pools[reserve.asset]!.liquidityIndex}`,
    liquidityRate: `${pools[reserve.asset]!.liquidityRate}`,
    variableBorrowIndex: `${pools[reserve.asset]!.variableBorrowIndex}`,
    variableBorrowRate: `${pools[reserve.asset]!.variableBorrowRate}`,
    lastUpdateTimestamp: Number(pools[reserve.asset]!.lastUpdate),
    ...{ availableLiquidity: "0", totalScaledVariableDebt: "0", virtualUnderlyingBalance: "0", deficit: "0" },
    ...{ borrowCap: "0", supplyCap: "0", isolationModeTotalDebt: "0", debtCeilingDecimals: 2 },
    debtCeiling: `${reserve.debtCeiling}`,
    priceInMarketReferenceCurrency: `${prices[reserve.asset]}`,
  }));
  return formatReserves({ reserves, ...frame });
}

/** Only the reserves that the account uses; a front end that passes all of the market's gives the peer more work. */
export const peerAccount = ({ body }: Account): UserReserveData[] =>
  body.reserves.map(({ id, scaledSupply, scaledDebt }) => ({
    underlyingAsset: ethereum.reserves.find((reserve) => reserve.id === id)!.address,
    scaledATokenBalance: `${scaledSupply}`,
    usageAsCollateralEnabledOnUser: ((body.config >> BigInt(2 * id + 1)) & 1n) === 1n,
    scaledVariableDebt: `${scaledDebt}`,
  }));

export const peerSummary = (userReserves: UserReserveData[], formattedReserves: Reserves) =>
  formatUserSummary({ userReserves, formattedReserves, userEmodeCategoryId: 0, ...frame });

/** The user's reserves joined with the market's, as the peer does it at the start of every summary. */
export const peerCombined = (userReserves: readonly UserReserveData[], reserves: Reserves) =>
  userReserves.map((user) => ({
    ...user,
    reserve: reserves.find(({ underlyingAsset }) => underlyingAsset === user.underlyingAsset)!,
  }));

/** The peer's inner functions, not exported by its door: the same arithmetic without the texts that a front end shows. */
export const peerRawSummary = (combined: ReturnType<typeof peerCombined>) =>
  generateRawUserSummary({
    userReserves: combined.map((userReserve) =>
      generateUserReserveSummary({ userReserve, marketReferencePriceInUsdNormalized: "1", ...frame }),
    ),
    marketReferencePriceInUsd: "1",
    marketReferenceCurrencyDecimals: frame.marketReferenceCurrencyDecimals,
    userEmodeCategoryId: 0,
  });
