import { type Result, type Why, divide, maxOf, ok } from "@plimsoll/core/units";
import { type Hex, isAddressEqual, parseAbi } from "viem";
import { type Reader, readContract, together } from "./reader.ts";

/** One reserve that an owner supplies as collateral or owes, raw contract integers. */
export interface Held {
  readonly asset: Hex;
  /** One whole token. */
  readonly unit: bigint;
  /** Base currency. */
  readonly price: bigint;
  readonly scaledSupply: bigint;
  readonly scaledDebt: bigint;
  /** RAY, projected to the block. */
  readonly supplyIndex: bigint;
  readonly debtIndex: bigint;
  /** Bps; 0 where it does not count as collateral. */
  readonly threshold: bigint;
  /** Bps that a liquidator gets on top of its collateral. */
  readonly bonus: bigint;
}

/** What health goes by: every reserve that an owner's switches name. */
export type Account = readonly Held[];

const RAY = 10n ** 27n;
const WAD = 10n ** 18n;
const BPS = 10_000n;

export const marketAbi = parseAbi([
  "struct ReserveData { uint256 configuration; uint128 liquidityIndex; uint128 currentLiquidityRate; uint128 variableBorrowIndex; uint128 currentVariableBorrowRate; uint128 currentStableBorrowRate; uint40 lastUpdateTimestamp; uint16 id; address aToken; address stableDebtToken; address variableDebtToken; address interestRateStrategy; uint128 accruedToTreasury; uint128 unbacked; uint128 isolationModeTotalDebt; }",
  "struct CollateralConfig { uint16 ltv; uint16 liquidationThreshold; uint16 liquidationBonus; }",
  "function getPool() view returns (address)",
  "function getPriceOracle() view returns (address)",
  "function getAssetPrice(address asset) view returns (uint256)",
  "function getReservesList() view returns (address[])",
  "function getReserveData(address asset) view returns (ReserveData)",
  "function getReserveNormalizedIncome(address asset) view returns (uint256)",
  "function getReserveNormalizedVariableDebt(address asset) view returns (uint256)",
  "function getUserConfiguration(address user) view returns (uint256)",
  "function getUserEMode(address user) view returns (uint256)",
  "function getEModeCategoryCollateralConfig(uint8 id) view returns (CollateralConfig)",
  "function getEModeCategoryCollateralBitmap(uint8 id) view returns (uint128)",
  "function scaledBalanceOf(address user) view returns (uint256)",
]);

/** Where a market's parts are, and what its owner switched on. */
interface Market {
  readonly pool: Hex;
  readonly oracle: Hex;
  readonly owner: Hex;
  readonly config: bigint;
  /** Collateral of the owner's e-mode by bit, its threshold in bps, its bonus as it is stored. */
  readonly mode: { readonly bits: bigint; readonly threshold: bigint; readonly bonus: bigint };
}

const isSet = (bits: bigint, place: number): boolean => ((bits >> BigInt(place)) & 1n) === 1n;

/** Reads an owner's account at the reader's block; the block must be the same for every question. */
export async function readAccount(reader: Reader, provider: Hex, owner: Hex): Promise<Result<Account, Why>> {
  const market = await readMarket(reader, provider, owner);
  if (!market.ok) return market;
  const reserves = await readContract(reader, { to: market.value.pool, abi: marketAbi }, "getReservesList", []);
  if (!reserves.ok) return reserves;
  const named = reserves.value
    .map((asset, id) => ({ asset, id }))
    .filter(({ id }) => isSet(market.value.config, 2 * id) || isSet(market.value.config, 2 * id + 1));
  return together<readonly Held[]>(named.map(({ asset, id }) => readHeld(reader, market.value, asset, id)));
}

async function readMarket(reader: Reader, provider: Hex, owner: Hex): Promise<Result<Market, Why>> {
  const at = { to: provider, abi: marketAbi };
  const found = await together([
    readContract(reader, at, "getPool", []),
    readContract(reader, at, "getPriceOracle", []),
  ]);
  if (!found.ok) return found;
  const [pool, oracle] = found.value;
  const there = { to: pool, abi: marketAbi };
  const switches = await together([
    readContract(reader, there, "getUserConfiguration", [owner]),
    readContract(reader, there, "getUserEMode", [owner]),
  ]);
  if (!switches.ok) return switches;
  const [config, category] = switches.value;
  const none = { bits: 0n, threshold: 0n, bonus: 0n };
  if (category === 0n) return ok({ pool, oracle, owner, config, mode: none });
  const mode = await together([
    readContract(reader, there, "getEModeCategoryCollateralBitmap", [Number(category)]),
    readContract(reader, there, "getEModeCategoryCollateralConfig", [Number(category)]),
  ]);
  if (!mode.ok) return mode;
  const [bits, counts] = mode.value;
  return ok({
    pool,
    oracle,
    owner,
    config,
    mode: { bits, threshold: BigInt(counts.liquidationThreshold), bonus: BigInt(counts.liquidationBonus) },
  });
}

/** @source aave-v3-origin 3.6.0, ReserveConfiguration: threshold in bits 16 to 31, bonus in 32 to 47 (10,500 is 5 %), decimals in 48 to 55 */
async function readHeld(
  reader: Reader,
  { pool, oracle, owner, config, mode }: Market,
  asset: Hex,
  id: number,
): Promise<Result<Held, Why>> {
  const at = { to: pool, abi: marketAbi };
  const found = await together([
    readContract(reader, at, "getReserveData", [asset]),
    readContract(reader, at, "getReserveNormalizedIncome", [asset]),
    readContract(reader, at, "getReserveNormalizedVariableDebt", [asset]),
    readContract(reader, { to: oracle, abi: marketAbi }, "getAssetPrice", [asset]),
  ]);
  if (!found.ok) return found;
  const [{ configuration, aToken, variableDebtToken }, supplyIndex, debtIndex, price] = found.value;
  const balances = await together([
    readContract(reader, { to: aToken, abi: marketAbi }, "scaledBalanceOf", [owner]),
    readContract(reader, { to: variableDebtToken, abi: marketAbi }, "scaledBalanceOf", [owner]),
  ]);
  if (!balances.ok) return balances;
  const [scaledSupply, scaledDebt] = balances.value;
  const own = { threshold: (configuration >> 16n) & 0xffffn, bonus: (configuration >> 32n) & 0xffffn };
  const counts = isSet(mode.bits, id) ? mode : own;
  const threshold = isSet(config, 2 * id + 1) ? counts.threshold : 0n;
  const bonus = counts.bonus > BPS ? counts.bonus - BPS : 0n;
  const unit = 10n ** ((configuration >> 48n) & 0xffn);
  const lower = asset.toLowerCase() as Hex;
  return ok({ asset: lower, unit, price, scaledSupply, scaledDebt, supplyIndex, debtIndex, threshold, bonus });
}

/**
 * Health of an account, to the last wei, WAD.
 * @returns undefined where nothing is owed.
 * @source aave-v3-origin 3.6.0, GenericLogic.calculateUserAccountData: supply down, debt up, wadDiv half up, then by 100_00 down
 */
export function healthOf(account: Account): bigint | undefined {
  let [weighted, debt] = [0n, 0n];
  for (const { unit, price, scaledSupply, scaledDebt, supplyIndex, debtIndex, threshold } of account) {
    const supplied = (scaledSupply * supplyIndex) / RAY;
    const owed = divide(scaledDebt * debtIndex, RAY, "up");
    weighted += ((supplied * price) / unit) * threshold;
    debt += divide(owed * price, unit, "up");
  }
  return debt === 0n ? undefined : divide(weighted * WAD, debt, "half-up") / BPS;
}

/** Debt of one asset in its own units. */
export const debtOf = ({ scaledDebt, debtIndex }: Held): bigint => divide(scaledDebt * debtIndex, RAY, "up");

/** After repaying units of it; all of the debt leaves nothing. @source aave-v3-origin 3.6.0, TokenMath: burnt debt rounds down */
export function afterRepay(held: Held, repaid: bigint): Held {
  const burnt = repaid >= debtOf(held) ? held.scaledDebt : (repaid * RAY) / held.debtIndex;
  return { ...held, scaledDebt: held.scaledDebt - burnt };
}

/** After aTokens of it left. @source aave-v3-origin 3.6.0, TokenMath: what a transfer takes rounds up */
export function afterPull(held: Held, pulled: bigint): Held {
  const taken = divide(pulled * RAY, held.supplyIndex, "up");
  return { ...held, scaledSupply: held.scaledSupply - taken };
}

/**
 * What a liquidator would get on top while half the debt is closed, by the highest bonus among the collateral: base currency, down.
 * What acting in time is worth to the owner.
 */
export function penaltyOf(account: Account): bigint {
  const debt = account.reduce((sum, held) => sum + (debtOf(held) * held.price) / held.unit, 0n);
  const bonus = account.reduce((most, held) => (held.threshold > 0n ? maxOf(most, held.bonus) : most), 0n);
  return ((debt / 2n) * bonus) / BPS;
}

/** Value of units of an asset at the venue's price, base currency, up; 0 of one that the account does not have. */
export function valueOf(account: Account, asset: Hex, units: bigint): bigint {
  const held = account.find((each) => isAddressEqual(each.asset, asset));
  return held === undefined ? 0n : divide(units * held.price, held.unit, "up");
}

/** The market's price oracle. */
export const readMarketOracle = (reader: Reader, provider: Hex): Promise<Result<Hex, Why>> =>
  readContract(reader, { to: provider, abi: marketAbi }, "getPriceOracle", []);

/** What the market's oracle says an asset is worth, base currency; 0 where it says nothing. */
export async function priceOf(reader: Reader, provider: Hex, asset: Hex): Promise<Result<bigint, Why>> {
  const oracle = await readMarketOracle(reader, provider);
  return oracle.ok ? readContract(reader, { to: oracle.value, abi: marketAbi }, "getAssetPrice", [asset]) : oracle;
}
