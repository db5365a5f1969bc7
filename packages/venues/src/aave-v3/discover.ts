import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type PublicClient, zeroAddress } from "viem";
import { type ChainSource, aggregateOf, checkEndpoint, lower } from "@plimsoll/venues/chain";
import { type Batch, readAbi } from "./abi.ts";
import { decimalsIn } from "./reserve-config.ts";
import { revisionOf } from "./revision.ts";
import { type CapSource, discoverCaps } from "./snapshot-caps.ts";
import type { Rules } from "./terms.ts";

/** Which account of which market to read, and through what. */
export interface AaveSource extends ChainSource {
  /** Names the market in quotes, accounts and terms: "ethereum-core". */
  readonly market: string;
  /** The market's PoolAddressesProvider: the one address that never changes. */
  readonly provider: Hex;
  readonly user: Hex;
  /** Whose wallet pays for supply and repay; defaults to the user. */
  readonly payer?: Hex;
}

export interface DiscoveredReserve {
  /** Lower case, as all addresses here. */
  readonly address: Hex;
  /** Symbol, or the address where symbols are missing or shared. */
  readonly asset: string;
  readonly decimals: number;
  readonly aToken: Hex;
  readonly debtToken: Hex;
  /** Of release 3.0 only: before stable debt and the strategy of each reserve went away. */
  readonly stableDebtToken: Hex;
  readonly strategy: Hex;
  /** What the oracle asks for its price, and what of a cap that source tells. */
  readonly priceSource: Hex;
  readonly cap: CapSource;
}

export interface DiscoveredEMode {
  readonly id: number;
  /** Whose oracle price counts for the assets of the category; "none": each its own. Of release 3.0 only. */
  readonly priceSource: Hex | "none";
}

/** What must be known before everything else can be asked for in one call. It changes by governance only; snapshots check it. */
export interface Discovered {
  readonly rules: Rules;
  readonly pool: Hex;
  readonly oracle: Hex;
  readonly sentinel: Hex | "none";
  /** The one rate strategy of the market; "per-reserve" in release 3.0. */
  readonly strategy: Hex | "per-reserve";
  readonly baseCurrency: string;
  readonly baseDecimals: number;
  readonly reserves: readonly DiscoveredReserve[];
  readonly eModes: readonly DiscoveredEMode[];
}

/** The pool revisions that are modelled here; a fork may count its own, and is caught by the self-check. */
const modelled: ReadonlyMap<bigint, Rules> = new Map([
  [11n, "r11"],
  [10n, "r10"],
  [1n, "v3.0"],
]);

/** A market's sentinel; release 3.7 asks none, whatever its provider still names. */
export const sentinelOf = (address: Hex | undefined, rules: Rules): Hex | "none" =>
  address === undefined || address === zeroAddress || !revisionOf({ rules }).sentinel ? "none" : lower(address);

export function rulesOf(revision: bigint): Result<Rules, Why> {
  const rules = modelled.get(revision);
  if (rules !== undefined) return ok(rules);
  return fail(
    why("aave-v3/not-modelled", {
      value: `pool revision ${revision}`,
      modelled: [...modelled.keys()].join(", "),
      next: "seen, not modelled: this market runs other rules than ours; watch it elsewhere until they are added",
    }),
  );
}

/** Finds the market's contracts, reserves, e-mode categories and price sources: five calls. */
export async function discover(client: PublicClient, source: AaveSource): Promise<Result<Discovered, Why>> {
  const expected = await checkEndpoint(client, source);
  if (!expected.ok) return expected;

  const first = aggregateOf(readAbi);
  const poolAt = first.add(source.provider, "getPool");
  const oracleAt = first.add(source.provider, "getPriceOracle");
  const sentinelAt = first.maybe(source.provider, "getPriceOracleSentinel");
  const asked = await first.run(client, source);
  if (!asked.ok) return asked;
  const [pool, oracle] = [lower(poolAt()), lower(oracleAt())];

  const second = aggregateOf(readAbi);
  const revision = second.add(pool, "POOL_REVISION");
  const list = second.add(pool, "getReservesList");
  const base = second.add(oracle, "BASE_CURRENCY");
  const unit = second.add(oracle, "BASE_CURRENCY_UNIT");
  const listed = await second.run(client, source);
  if (!listed.ok) return listed;
  const rules = rulesOf(revision());
  if (!rules.ok) return rules;

  const third = aggregateOf(readAbi);
  const strategy = rules.value === "v3.0" ? () => "per-reserve" as const : planStrategy(third, pool);
  const categories = planCategories(third, pool, rules.value);
  const reserves = planReserves(third, pool, list());
  const detailed = await third.run(client, source);
  if (!detailed.ok) return detailed;
  const found = reserves();
  const caps = await discoverCaps(client, source, oracle, found);
  if (!caps.ok) return caps;
  return ok({
    rules: rules.value,
    pool,
    oracle,
    sentinel: sentinelOf(sentinelAt(), rules.value),
    strategy: strategy(),
    // The zero address stands for US dollars. @source aave-v3-origin 3.6.0, AaveOracle.sol
    baseCurrency: base() === zeroAddress ? "USD" : lower(base()),
    baseDecimals: `${unit()}`.length - 1,
    reserves: found.map((reserve, place) => ({ ...reserve, ...caps.value[place]! })),
    eModes: categories(),
  });
}

function planStrategy(batch: Batch, pool: Hex): () => Hex {
  const strategy = batch.add(pool, "RESERVE_INTEREST_RATE_STRATEGY");
  return () => lower(strategy());
}

export const priceSourceOf = (address: Hex): Hex | "none" => (address === zeroAddress ? "none" : lower(address));

/** The e-mode categories that exist: those with a threshold. */
function planCategories(batch: Batch, pool: Hex, rules: Rules): () => readonly DiscoveredEMode[] {
  const ids = Array.from({ length: 255 }, (_, index) => index + 1);
  if (rules === "v3.0") {
    const all = ids.map((id) => ({ id, data: batch.add(pool, "getEModeCategoryData", id) }));
    const found = () =>
      all.map(({ id, data }) => ({ id, ...data() })).filter((each) => each.liquidationThreshold !== 0);
    return () => found().map(({ id, priceSource }) => ({ id, priceSource: priceSourceOf(priceSource) }));
  }
  const all = ids.map((id) => ({ id, config: batch.add(pool, "getEModeCategoryCollateralConfig", id) }));
  const found = () => all.filter(({ config }) => config().liquidationThreshold !== 0);
  return () => found().map(({ id }) => ({ id, priceSource: "none" }));
}

type Listed = Omit<DiscoveredReserve, "priceSource" | "cap">;

function planReserves(batch: Batch, pool: Hex, list: readonly Hex[]): () => readonly Listed[] {
  const asked = list.map((address) => ({
    address: lower(address),
    symbol: batch.maybe(address, "symbol"),
    data: batch.add(pool, "getReserveData", address),
  }));
  return () => {
    const symbols = asked.map(({ symbol }) => symbol());
    const isOwn = (symbol: string) => symbols.indexOf(symbol) === symbols.lastIndexOf(symbol);
    return asked.map(({ address, symbol, data }) => {
      const [name, stored] = [symbol(), data()];
      return {
        address,
        asset: name !== undefined && name !== "" && isOwn(name) ? name : address,
        decimals: decimalsIn(stored.configuration),
        aToken: lower(stored.aTokenAddress),
        debtToken: lower(stored.variableDebtTokenAddress),
        stableDebtToken: lower(stored.stableDebtTokenAddress),
        strategy: lower(stored.interestRateStrategyAddress),
      };
    });
  };
}
