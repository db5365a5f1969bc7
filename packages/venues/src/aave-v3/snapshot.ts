import type { BookEvent, Holding } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, exact, fail, ms, ok, why } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import type { Hex, PublicClient } from "viem";
import { type Aggregate, aggregate } from "./client.ts";
import {
  type AaveSource,
  type Discovered,
  type DiscoveredReserve,
  checkChain,
  checkRevision,
  lower,
  multicallOf,
  sentinelOf,
} from "./discover.ts";
import { type AaveBody, type AaveTerms, closeFactorR10 } from "./holding.ts";
import { aaveV3Id, oracleQuote, rulesR10 } from "./names.ts";
import { readReserveConfig } from "./reserve-config.ts";

/** What `getUserAccountData` answered in the same call: compared with ours, never used. */
export interface VenueAccountData {
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly availableBorrows: bigint;
  readonly liquidationThreshold: bigint;
  readonly ltv: bigint;
  readonly health: bigint;
}

/** Everything about one user and the market at one block. */
export interface AaveSnapshot {
  readonly body: AaveBody;
  readonly terms: AaveTerms;
  /** Oracle prices by asset, base currency; an asset whose source does not answer is missing. */
  readonly prices: ReadonlyMap<string, bigint>;
  /** Undefined where the contract could not answer: a price that the account needs is missing. */
  readonly venue: VenueAccountData | undefined;
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

/** The discovery no longer fits the market: discover again and repeat. */
export const outdated = "aave-v3/discovery-outdated";

/** Reads all in one call at one block. `blockNumber` defaults to the latest. */
export async function readSnapshot(
  client: PublicClient,
  source: AaveSource,
  known: Discovered,
  blockNumber?: bigint,
): Promise<Result<AaveSnapshot, Why>> {
  const multicall = multicallOf(source);
  const batch = aggregate();
  const chainId = batch.add(multicall, "getChainId");
  const block = batch.add(multicall, "getBlockNumber");
  const timestamp = batch.add(multicall, "getCurrentBlockTimestamp");
  const parentHash = batch.add(multicall, "getLastBlockHash");
  const sameMarket = planMarketCheck(batch, source, known);
  const account = planAccount(batch, source, known);
  const reserves = known.reserves.map((reserve) => planReserve(batch, source, known, reserve));
  const eModes = known.eModes.map((id) => planEMode(batch, known.pool, id));
  const flashPremium = batch.add(known.pool, "FLASHLOAN_PREMIUM_TOTAL");

  const read = await batch.run(client, source.rpcUrl, multicall, blockNumber);
  if (!read.ok) return read;
  const chain = checkChain(source.chainId, chainId(), "the chain's own answer");
  if (!chain.ok) return chain;
  const same = sameMarket();
  if (!same.ok) return same;

  const { venue, ...owned } = account();
  if (owned.eMode !== 0 && !known.eModes.includes(owned.eMode)) return fail(why(outdated, { eMode: `${owned.eMode}` }));
  const found = reserves.map((reserve) => reserve()).toSorted((a, b) => a.held.id - b.held.id);
  return ok({
    body: {
      market: source.market,
      user: lower(source.user),
      payer: lower(source.payer ?? source.user),
      block: block(),
      timestamp: timestamp(),
      ...owned,
      reserves: found.map(({ held }) => held),
    },
    terms: {
      market: source.market,
      chainId: source.chainId,
      baseCurrency: known.baseCurrency,
      baseDecimals: known.baseDecimals,
      closeFactor: closeFactorR10,
      flashPremium: flashPremium(),
      reserves: found.map(({ terms }) => terms),
      eModes: eModes.map((category) => category()),
      completeness: "read-from-chain",
    },
    prices: new Map(found.flatMap(({ terms, price }) => (price === undefined ? [] : [[terms.asset, price]]))),
    venue,
    parentHash: parentHash(),
  });
}

/** Whether contracts, revision and list of reserves are still those that were discovered. */
function planMarketCheck(batch: Aggregate, source: AaveSource, known: Discovered): () => Result<void, Why> {
  const pool = batch.add(source.provider, "getPool");
  const oracle = batch.add(source.provider, "getPriceOracle");
  const sentinel = batch.add(source.provider, "getPriceOracleSentinel");
  const revision = batch.add(known.pool, "POOL_REVISION");
  const strategy = batch.add(known.pool, "RESERVE_INTEREST_RATE_STRATEGY");
  const list = batch.add(known.pool, "getReservesList");
  return () => {
    const modelled = checkRevision(revision());
    if (!modelled.ok) return modelled;
    const now = [pool(), oracle(), strategy(), ...list()].map(lower);
    const then = [known.pool, known.oracle, known.strategy, ...known.reserves.map(({ address }) => address)];
    if (now.join() === then.join() && sentinelOf(sentinel()) === known.sentinel) return ok(undefined);
    return fail(why(outdated, { pool: known.pool, next: "discover the market again" }));
  };
}

function planAccount(batch: Aggregate, { user }: AaveSource, { pool, sentinel }: Discovered) {
  const config = batch.add(pool, "getUserConfiguration", user);
  const eMode = batch.add(pool, "getUserEMode", user);
  const data = batch.maybe(pool, "getUserAccountData", user);
  const allowed = () => true;
  const borrowAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isBorrowAllowed");
  const liquidationAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isLiquidationAllowed");
  return () => {
    return {
      config: config(),
      eMode: Number(eMode()),
      sentinel: { borrowAllowed: borrowAllowed(), liquidationAllowed: liquidationAllowed() },
      venue: readAccountData(data()),
    };
  };
}

function readAccountData(answer: readonly bigint[] | undefined): VenueAccountData | undefined {
  if (answer === undefined) return undefined;
  const [collateral = 0n, debt = 0n, availableBorrows = 0n, liquidationThreshold = 0n, ltv = 0n, health = 0n] = answer;
  return { collateral, debt, availableBorrows, liquidationThreshold, ltv, health };
}

function planReserve(batch: Aggregate, source: AaveSource, known: Discovered, reserve: DiscoveredReserve) {
  const { address, aToken, debtToken, asset } = reserve;
  const { pool, oracle, strategy } = known;
  const payer = source.payer ?? source.user;
  const data = batch.add(pool, "getReserveData", address);
  const virtualBalance = batch.add(pool, "getVirtualUnderlyingBalance", address);
  const deficit = batch.add(pool, "getReserveDeficit", address);
  const grace = batch.add(pool, "getLiquidationGracePeriod", address);
  const rates = batch.add(strategy, "getInterestRateDataBps", address);
  const price = batch.maybe(oracle, "getAssetPrice", address);
  const supplies = {
    own: batch.add(aToken, "scaledBalanceOf", source.user),
    all: batch.add(aToken, "scaledTotalSupply"),
  };
  const debts = {
    own: batch.add(debtToken, "scaledBalanceOf", source.user),
    all: batch.add(debtToken, "scaledTotalSupply"),
  };
  const wallet = batch.add(address, "balanceOf", payer);
  const allowance = batch.add(address, "allowance", payer, pool);
  return () => {
    const stored = data();
    const { optimalUsageRatio, baseVariableBorrowRate, variableRateSlope1, variableRateSlope2 } = rates();
    return {
      price: price(),
      terms: {
        id: stored.id,
        asset,
        address: address as string,
        ...readReserveConfig(stored.configuration),
        liquidationGraceUntil: BigInt(grace()),
        rates: {
          optimalUsage: BigInt(optimalUsageRatio),
          base: BigInt(baseVariableBorrowRate),
          slope1: BigInt(variableRateSlope1),
          slope2: BigInt(variableRateSlope2),
        },
      },
      held: {
        id: stored.id,
        pool: {
          liquidityIndex: stored.liquidityIndex,
          variableBorrowIndex: stored.variableBorrowIndex,
          liquidityRate: stored.currentLiquidityRate,
          variableBorrowRate: stored.currentVariableBorrowRate,
          lastUpdate: BigInt(stored.lastUpdateTimestamp),
          scaledSupply: supplies.all(),
          scaledDebt: debts.all(),
          virtualBalance: virtualBalance(),
          accruedToTreasury: stored.accruedToTreasury,
          deficit: deficit(),
          isolationDebt: stored.isolationModeTotalDebt,
        },
        scaledSupply: supplies.own(),
        scaledDebt: debts.own(),
        wallet: wallet(),
        allowance: allowance(),
      },
    };
  };
}

function planEMode(batch: Aggregate, pool: Hex, id: number) {
  const config = batch.add(pool, "getEModeCategoryCollateralConfig", id);
  const label = batch.add(pool, "getEModeCategoryLabel", id);
  const collateral = batch.add(pool, "getEModeCategoryCollateralBitmap", id);
  const borrowable = batch.add(pool, "getEModeCategoryBorrowableBitmap", id);
  const ltvZero = batch.add(pool, "getEModeCategoryLtvzeroBitmap", id);
  return () => ({
    id,
    label: label(),
    ltv: BigInt(config().ltv),
    liquidationThreshold: BigInt(config().liquidationThreshold),
    liquidationBonus: BigInt(config().liquidationBonus),
    collateralBitmap: collateral(),
    borrowableBitmap: borrowable(),
    ltvZeroBitmap: ltvZero(),
  });
}

/**
 * The snapshot as the events of a turn, in the order in which they must be applied: terms, prices, holding. Allowances are left
 * out: the actor grants with each action exactly what it needs, so what the pool may take before does not limit an action.
 */
export function eventsOf(snapshot: AaveSnapshot, id: HoldingId, source: AaveSource): readonly BookEvent[] {
  const { body, terms, prices } = snapshot;
  const at = momentOf(body);
  const reserves = body.reserves.map((held) => ({ ...held, allowance: "unknown" as const }));
  const holding: Holding = { id, venue: aaveV3Id, rules: rulesR10, asOf: at, body: { ...body, reserves } };
  return [
    { type: "terms", terms: termsOf(terms, at, source) },
    ...[...prices].map(([asset, price]): BookEvent => ({
      type: "price",
      key: oracleQuote(terms.market, asset),
      price: exact(price, terms.baseDecimals),
      kind: "oracle",
      at,
    })),
    { type: "holding", holding },
  ];
}

export const momentOf = ({ timestamp }: AaveBody): Ms => ms(Number(timestamp) * 1_000);

export const termsOf = (body: AaveTerms, at: Ms, { provider, chainId }: AaveSource) =>
  termsDocument({
    venue: aaveV3Id,
    rules: rulesR10,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `PoolAddressesProvider ${lower(provider)} on chain ${chainId}`,
    body,
  });
