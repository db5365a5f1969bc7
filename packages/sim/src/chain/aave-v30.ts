import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Hex, zeroAddress } from "viem";
import type { Chain } from "./chain.ts";
import { type Artifacts, findPackage } from "@plimsoll/contracts/compile";
import { type Admin, adminOf, readAddress } from "./deploy.ts";
import { type ReserveSetup, eModes, flashPremium, reserves } from "./market.ts";
import type { Contract } from "./rpc.ts";

/** The market of market.ts under the contracts of release 3.0, beside the other one, over the same tokens and price feeds. */
export interface LocalAaveV30 {
  readonly provider: Contract;
  readonly pool: Contract;
  readonly configurator: Contract;
  readonly sequencer: Contract;
  readonly sentinel: Contract;
  /** What prices the second e-mode for its users, and the settable feed behind it. */
  readonly priceSource: Hex;
  readonly priceFeed: Contract;
  /** The name behind a numbered refusal: "35" is "HealthFactorLowerThanLiquidationThreshold". */
  readonly errorNames: ReadonlyMap<string, string>;
}

const folders: Readonly<Record<string, readonly string[]>> = {
  "protocol/configuration": ["PoolAddressesProvider", "ACLManager", "PriceOracleSentinel"],
  "protocol/libraries/logic": [
    ...["SupplyLogic", "BorrowLogic", "LiquidationLogic", "EModeLogic", "BridgeLogic", "PoolLogic", "FlashLoanLogic"],
    "ConfiguratorLogic",
  ],
  "protocol/pool": ["Pool", "PoolConfigurator", "DefaultReserveInterestRateStrategy"],
  "protocol/tokenization": ["AToken", "StableDebtToken", "VariableDebtToken"],
  misc: ["AaveOracle", "AaveProtocolDataProvider"],
  "mocks/oracle": ["SequencerOracle"],
};
const libraries = folders["protocol/libraries/logic"] ?? [];
const priceSource: Hex = "0x00000000000000000000000000000000000000e2";
const RAY = 10n ** 27n;
const ray = (bps: number): bigint => (BigInt(bps) * RAY) / 10_000n;

/**
 * Deploys release 3.0 from the compiled contracts of its npm package, a development dependency. The second e-mode has a price
 * source of its own.
 */
export async function openAaveV30(chain: Chain): Promise<Result<LocalAaveV30, Why>> {
  const found = findPackage("@aave/core-v3");
  if (!found.ok) return found;
  const { folder } = found.value;
  const [from = "0x"] = chain.accounts;
  const ownFeed = { PriceFeed: chain.artifacts["PriceFeed"]! };
  const admin = adminOf(chain.rpc, { ...readArtifacts(folder), ...ownFeed }, from);
  for (const library of libraries) await admin.deploy(library);
  const provider = await admin.deploy("PoolAddressesProvider", ["old", from]);
  await admin.call(provider, "setACLAdmin", from);
  const roles = await admin.deploy("ACLManager", [provider.address]);
  await admin.call(provider, "setACLManager", roles.address);
  for (const role of ["addPoolAdmin", "addEmergencyAdmin", "addRiskAdmin", "addAssetListingAdmin"])
    await admin.call(roles, role, from);
  const pool = await admin.deploy("Pool", [provider.address]);
  await admin.call(provider, "setPoolImpl", pool.address);
  const configurator = await admin.deploy("PoolConfigurator");
  await admin.call(provider, "setPoolConfiguratorImpl", configurator.address);
  const proxy = async (name: string, { abi }: Contract): Promise<Contract> => ({
    address: await readAddress(chain.rpc, provider, name),
    abi,
  });
  const market = { pool: await proxy("getPool", pool), configurator: await proxy("getPoolConfigurator", configurator) };
  const priceFeed = await admin.deploy("PriceFeed", [10n ** 8n]);
  const { tokens, feeds } = chain.addresses;
  const assets = [...reserves.map(({ symbol }) => tokens[symbol]), priceSource];
  const sources = [...reserves.map(({ symbol }) => feeds[symbol]), priceFeed.address];
  const base = [zeroAddress, zeroAddress, 10n ** 8n];
  const oracle = await admin.deploy("AaveOracle", [provider.address, assets, sources, ...base]);
  await admin.call(provider, "setPriceOracle", oracle.address);
  const dataProvider = await admin.deploy("AaveProtocolDataProvider", [provider.address]);
  await admin.call(provider, "setPoolDataProvider", dataProvider.address);
  const sequencer = await admin.deploy("SequencerOracle", [from]);
  const sentinel = await admin.deploy("PriceOracleSentinel", [provider.address, sequencer.address, 3_600n]);
  await listReserves(admin, chain, provider, market);
  await listEModes(admin, chain, market.configurator);
  return ok({ provider, ...market, sequencer, sentinel, priceSource, priceFeed, errorNames: readErrorNames(folder) });
}

interface Compiled {
  readonly abi: Artifacts[string]["abi"];
  readonly bytecode: string;
  readonly linkReferences: Readonly<
    Record<string, Readonly<Record<string, readonly { start: number; length: number }[]>>>
  >;
}

function readArtifacts(folder: string): Artifacts {
  const read = (path: string, name: string) => {
    const file = join(folder, "artifacts/contracts", path, `${name}.sol`, `${name}.json`);
    const { abi, bytecode, linkReferences } = JSON.parse(readFileSync(file, "utf8")) as Compiled;
    const links = Object.values(linkReferences)
      .flatMap((file_) => Object.entries(file_))
      .flatMap(([library, places]) => places.map((place) => ({ library, ...place })));
    return [name, { abi, bytecode: bytecode.slice(2), links }] as const;
  };
  return Object.fromEntries(Object.entries(folders).flatMap(([path, names]) => names.map((name) => read(path, name))));
}

/** The release refuses with numbers; the package's source says what each one is called. */
function readErrorNames(folder: string): ReadonlyMap<string, string> {
  const source = readFileSync(join(folder, "contracts/protocol/libraries/helpers/Errors.sol"), "utf8");
  const named = [...source.matchAll(/string public constant (\w+) = '(\d+)'/g)];
  const pascal = (name: string) =>
    name.toLowerCase().replaceAll(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase());
  return new Map(named.map(([, name = "", code = ""]) => [code, pascal(name)]));
}

interface Market {
  readonly pool: Contract;
  readonly configurator: Contract;
}

async function listReserves(admin: Admin, chain: Chain, provider: Contract, { pool, configurator }: Market) {
  const aToken = await admin.deploy("AToken", [pool.address]);
  const stable = await admin.deploy("StableDebtToken", [pool.address]);
  const variable = await admin.deploy("VariableDebtToken", [pool.address]);
  const common = {
    aTokenImpl: aToken.address,
    stableDebtTokenImpl: stable.address,
    variableDebtTokenImpl: variable.address,
    treasury: chain.addresses.treasury,
    incentivesController: zeroAddress,
    params: "0x",
  };
  for (const { symbol, decimals, rates } of reserves) {
    const slopes = rates.map(ray);
    const strategy = await admin.deploy("DefaultReserveInterestRateStrategy", [
      provider.address,
      ...slopes,
      0n,
      0n,
      0n,
      0n,
      0n,
    ]);
    const input = {
      ...common,
      underlyingAssetDecimals: decimals,
      interestRateStrategyAddress: strategy.address,
      underlyingAsset: chain.addresses.tokens[symbol],
      ...namesOf(symbol),
    };
    await admin.call(configurator, "initReserves", [input]);
  }
  for (const setup of reserves)
    await configureReserve(admin, configurator, setup, chain.addresses.tokens[setup.symbol]);
  await admin.call(configurator, "updateFlashloanPremiumTotal", flashPremium);
}

const namesOf = (symbol: string) => ({
  aTokenName: `Aave ${symbol}`,
  aTokenSymbol: `a${symbol}`,
  variableDebtTokenName: `Aave debt ${symbol}`,
  variableDebtTokenSymbol: `debt${symbol}`,
  stableDebtTokenName: `Aave stable debt ${symbol}`,
  stableDebtTokenSymbol: `stable${symbol}`,
});

async function configureReserve(admin: Admin, configurator: Contract, setup: ReserveSetup, token: Hex | undefined) {
  const set = (name: string, ...args: readonly unknown[]) => admin.call(configurator, name, token, ...args);
  if (setup.debtCeiling !== undefined) await set("setDebtCeiling", setup.debtCeiling);
  if (setup.threshold > 0) await set("configureReserveAsCollateral", setup.ltv, setup.threshold, setup.bonus);
  if (setup.borrowing) await set("setReserveBorrowing", true);
  if (setup.borrowableInIsolation) await set("setBorrowableInIsolation", true);
  await set("setReserveFactor", setup.factor);
  await set("setLiquidationProtocolFee", setup.fee);
  await set("setReserveFlashLoaning", true);
}

async function listEModes(admin: Admin, chain: Chain, configurator: Contract): Promise<void> {
  for (const { id, label, ltv, threshold, bonus, collateral, borrowable } of eModes) {
    const source = id === 2 ? priceSource : zeroAddress;
    await admin.call(configurator, "setEModeCategory", id, ltv, threshold, bonus, source, label);
    for (const symbol of new Set([...collateral, ...borrowable]))
      await admin.call(configurator, "setAssetEModeCategory", chain.addresses.tokens[symbol], id);
  }
}
