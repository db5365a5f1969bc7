import { type Abi, type Hex, encodeAbiParameters, encodeDeployData, encodeFunctionData, zeroAddress } from "viem";
import { type Artifacts, linked } from "@plimsoll/contracts/compile";
import { type ReserveSetup, eModes, flashPremium, reserves } from "./market.ts";
import { type Contract, type Rpc, transact } from "./rpc.ts";

/** Where everything of the local market lives. */
export interface Addresses {
  readonly provider: Hex;
  readonly pool: Hex;
  readonly configurator: Hex;
  readonly oracle: Hex;
  readonly dataProvider: Hex;
  readonly multicall: Hex;
  /** Repays with a flash loan and sells collateral, for anybody who lets it. */
  readonly flashSeller: Hex;
  readonly sequencer: Hex;
  readonly sentinel: Hex;
  /** Queues calls of the administrator; it may change the market too. */
  readonly timelock: Hex;
  readonly treasury: Hex;
  readonly tokens: Readonly<Record<string, Hex>>;
  readonly feeds: Readonly<Record<string, Hex>>;
}

/** Sends as the administrator and stops at the first reverted transaction. */
export interface Admin {
  readonly address: Hex;
  deploy(name: string, args?: readonly unknown[]): Promise<Contract>;
  call(contract: Contract, functionName: string, ...args: readonly unknown[]): Promise<void>;
}

const deployGas = 10_000_000n;
const listingGas = 29_000_000n;
/** Seconds that a queued call waits: a day, as short as on public networks. */
const timelockDelay = 86_400n;

export function adminOf(rpc: Rpc, artifacts: Artifacts, from: Hex): Admin {
  const libraries: Record<string, Hex> = {};
  const artifact = (name: string) => {
    const found = artifacts[name];
    if (found === undefined) throw new Error(`invariant broken: ${name} was not compiled`);
    return found;
  };
  return {
    address: from,
    deploy: async (name, args = []) => {
      const { abi } = artifact(name);
      const data = encodeDeployData({ abi, args, bytecode: linked(artifact(name), libraries) });
      const { status, contractAddress } = await rpc.send({ from, data, gas: deployGas });
      if (status !== "0x1" || contractAddress === null) throw new Error(`invariant broken: deploying ${name} reverted`);
      libraries[name] = contractAddress;
      return { address: contractAddress, abi };
    },
    call: async (contract, functionName, ...args) => {
      const { status } = await transact(rpc, from, contract, functionName, args, listingGas);
      if (status !== "0x1") throw new Error(`invariant broken: ${functionName} reverted while the market was set up`);
    },
  };
}

/** Deploys the whole market of market.ts: the real contracts around settable price feeds. */
export async function deployMarket(rpc: Rpc, artifacts: Artifacts, from: Hex, treasury: Hex): Promise<Addresses> {
  const admin = adminOf(rpc, artifacts, from);
  for (const library of [
    "PoolLogic",
    "SupplyLogic",
    "BorrowLogic",
    "LiquidationLogic",
    "FlashLoanLogic",
    "ConfiguratorLogic",
  ])
    await admin.deploy(library);
  const provider = await admin.deploy("PoolAddressesProvider", ["local", from]);
  await admin.call(provider, "setACLAdmin", from);
  const roles = await admin.deploy("ACLManager", [provider.address]);
  await admin.call(provider, "setACLManager", roles.address);
  for (const role of ["addPoolAdmin", "addEmergencyAdmin", "addRiskAdmin", "addAssetListingAdmin"])
    await admin.call(roles, role, from);

  const { pool, configurator } = await deployPool(rpc, admin, provider);
  const listed = await deployTokens(admin);
  const { tokens, feeds } = listed;
  const order = reserves.map(({ symbol }) => symbol);
  const oracle = await admin.deploy("AaveOracle", [
    provider.address,
    order.map((symbol) => tokens[symbol]),
    order.map((symbol) => feeds[symbol]),
    zeroAddress,
    zeroAddress,
    10n ** 8n,
  ]);
  await admin.call(provider, "setPriceOracle", oracle.address);
  const dataProvider = await admin.deploy("AaveProtocolDataProvider", [provider.address]);
  await admin.call(provider, "setPoolDataProvider", dataProvider.address);
  await listReserves(admin, { pool, configurator, treasury, tokens });
  await listEModes(admin, configurator, tokens);

  const sequencer = await admin.deploy("SequencerOracle", [from]);
  const sentinel = await admin.deploy("PriceOracleSentinel", [provider.address, sequencer.address, 3_600n]);
  const multicall = await admin.deploy("Multicall");
  const flashSeller = await admin.deploy("FlashSeller");
  const timelock = await admin.deploy("Timelock", [from, timelockDelay]);
  await admin.call(roles, "addPoolAdmin", timelock.address);
  const address = ({ address }: Contract) => address;
  return {
    provider: address(provider),
    pool: address(pool),
    configurator: address(configurator),
    oracle: address(oracle),
    dataProvider: address(dataProvider),
    multicall: address(multicall),
    flashSeller: address(flashSeller),
    sequencer: address(sequencer),
    sentinel: address(sentinel),
    timelock: address(timelock),
    treasury,
    tokens,
    feeds,
  };
}

/** Pool and configurator behind the provider's proxies. */
async function deployPool(rpc: Rpc, admin: Admin, provider: Contract) {
  const strategy = await admin.deploy("DefaultReserveInterestRateStrategyV2", [provider.address]);
  const pool = await admin.deploy("PoolInstance", [provider.address, strategy.address]);
  await admin.call(provider, "setPoolImpl", pool.address);
  const configurator = await admin.deploy("PoolConfiguratorInstance");
  await admin.call(provider, "setPoolConfiguratorImpl", configurator.address);
  return {
    pool: { address: await readAddress(rpc, provider, "getPool"), abi: pool.abi },
    configurator: { address: await readAddress(rpc, provider, "getPoolConfigurator"), abi: configurator.abi },
  };
}

export async function readAddress(rpc: Rpc, contract: Contract, functionName: string): Promise<Hex> {
  const data = encodeFunctionData({ abi: contract.abi, functionName });
  const word = await rpc.request<Hex>("eth_call", [{ to: contract.address, data }, "latest"]);
  return `0x${word.slice(-40)}`;
}

async function deployTokens(admin: Admin) {
  const tokens: Record<string, Hex> = {};
  const feeds: Record<string, Hex> = {};
  for (const { symbol, decimals, price } of reserves) {
    tokens[symbol] = (await admin.deploy("FaucetToken", [symbol, symbol, decimals])).address;
    feeds[symbol] = (await admin.deploy("PriceFeed", [price])).address;
  }
  return { tokens, feeds };
}

interface Listing {
  readonly pool: Contract;
  readonly configurator: Contract;
  readonly treasury: Hex;
  readonly tokens: Readonly<Record<string, Hex>>;
}

async function listReserves(admin: Admin, { pool, configurator, treasury, tokens }: Listing): Promise<void> {
  const aToken = await admin.deploy("ATokenInstance", [pool.address, zeroAddress, treasury]);
  const debtToken = await admin.deploy("VariableDebtTokenInstance", [pool.address, zeroAddress]);
  const inputs = reserves.map(({ symbol, rates }) => ({
    aTokenImpl: aToken.address,
    variableDebtTokenImpl: debtToken.address,
    underlyingAsset: tokens[symbol],
    aTokenName: `Aave ${symbol}`,
    aTokenSymbol: `a${symbol}`,
    variableDebtTokenName: `Aave debt ${symbol}`,
    variableDebtTokenSymbol: `debt${symbol}`,
    params: "0x",
    interestRateData: rateData(rates),
  }));
  await admin.call(configurator, "initReserves", inputs);
  for (const setup of reserves) await configureReserve(admin, configurator, setup, tokens[setup.symbol]);
  await admin.call(configurator, "updateFlashloanPremium", flashPremium);
}

const rateData = (rates: ReserveSetup["rates"]): Hex =>
  encodeAbiParameters([{ type: "uint16" }, { type: "uint32" }, { type: "uint32" }, { type: "uint32" }], [...rates]);

async function configureReserve(admin: Admin, configurator: Contract, setup: ReserveSetup, token: Hex | undefined) {
  const set = (functionName: string, ...args: readonly unknown[]) =>
    admin.call(configurator, functionName, token, ...args);
  if (setup.debtCeiling !== undefined) await set("setDebtCeiling", setup.debtCeiling);
  if (setup.threshold > 0) await set("configureReserveAsCollateral", setup.ltv, setup.threshold, setup.bonus);
  if (setup.borrowing) await set("setReserveBorrowing", true);
  if (setup.borrowableInIsolation) await set("setBorrowableInIsolation", true);
  await set("setReserveFactor", setup.factor);
  await set("setLiquidationProtocolFee", setup.fee);
  await set("setReserveFlashLoaning", true);
}

async function listEModes(admin: Admin, configurator: Contract, tokens: Readonly<Record<string, Hex>>): Promise<void> {
  for (const { id, label, ltv, threshold, bonus, collateral, borrowable } of eModes) {
    await admin.call(configurator, "setEModeCategory", id, ltv, threshold, bonus, label);
    for (const symbol of collateral)
      await admin.call(configurator, "setAssetCollateralInEMode", tokens[symbol], id, true);
    for (const symbol of borrowable)
      await admin.call(configurator, "setAssetBorrowableInEMode", tokens[symbol], id, true);
  }
}

/** The pool's ABI with the errors of its libraries, which its own ABI lacks. */
export function abisOf(artifacts: Artifacts): Readonly<Record<string, Abi>> {
  const errors = artifacts["Errors"]?.abi ?? [];
  return Object.fromEntries(Object.entries(artifacts).map(([name, { abi }]) => [name, [...abi, ...errors]]));
}
