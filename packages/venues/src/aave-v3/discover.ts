import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, type PublicClient, zeroAddress } from "viem";
import { canonicalMulticall } from "./abi.ts";
import { aggregate, ask } from "./client.ts";
import { readReserveConfig } from "./reserve-config.ts";

/** Which account of which market to read, and through what. */
export interface AaveSource {
  readonly rpcUrl: string;
  /** What the user believes the endpoint to be; an endpoint of another chain is refused. */
  readonly chainId: number;
  /** Names the market in quotes, accounts and terms: "ethereum-core". */
  readonly market: string;
  /** The market's PoolAddressesProvider: the one address that never changes. */
  readonly provider: Hex;
  /** Defaults to Multicall3's address on public networks. */
  readonly multicall?: Hex;
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
}

/** What must be known before everything else can be asked for in one call. It changes by governance only; snapshots check it. */
export interface Discovered {
  readonly pool: Hex;
  readonly oracle: Hex;
  readonly sentinel: Hex | "none";
  readonly strategy: Hex;
  readonly baseCurrency: string;
  readonly baseDecimals: number;
  readonly reserves: readonly DiscoveredReserve[];
  readonly eModes: readonly number[];
}

/** The one pool revision that is modelled here: release 3.6. */
const modelledRevision = 10n;

export const multicallOf = ({ multicall }: AaveSource): Hex => multicall ?? canonicalMulticall;
export const lower = (address: string): Hex => address.toLowerCase() as Hex;
export const sentinelOf = (address: Hex): Hex | "none" => (address === zeroAddress ? "none" : lower(address));

/** Refuses an endpoint of another chain than the one that was configured. */
export function checkChain(configured: number, answered: number | bigint, who: string): Result<void, Why> {
  if (BigInt(configured) === BigInt(answered)) return ok(undefined);
  return fail(
    why("aave-v3/wrong-chain", {
      configured: `${configured}`,
      answered: `${answered} (${who})`,
      next: "use an RPC endpoint of the configured chain, or correct the chain id",
    }),
  );
}

export function checkRevision(revision: bigint): Result<void, Why> {
  if (revision === modelledRevision) return ok(undefined);
  return fail(
    why("aave-v3/not-modelled", {
      value: `pool revision ${revision}`,
      modelled: `${modelledRevision}`,
      next: "seen, not modelled: this market runs other rules than ours; watch it elsewhere until they are added",
    }),
  );
}

/** Finds the market's contracts, reserves and e-mode categories: three calls. */
export async function discover(client: PublicClient, source: AaveSource): Promise<Result<Discovered, Why>> {
  const chain = await ask("eth_chainId", source.rpcUrl, () => client.getChainId());
  if (!chain.ok) return chain;
  const expected = checkChain(source.chainId, chain.value, "eth_chainId");
  if (!expected.ok) return expected;
  const run = (batch: ReturnType<typeof aggregate>) => batch.run(client, source.rpcUrl, multicallOf(source));

  const first = aggregate();
  const poolAt = first.add(source.provider, "getPool");
  const oracleAt = first.add(source.provider, "getPriceOracle");
  const sentinelAt = first.add(source.provider, "getPriceOracleSentinel");
  const asked = await run(first);
  if (!asked.ok) return asked;
  const [pool, oracle] = [lower(poolAt()), lower(oracleAt())];

  const second = aggregate();
  const revision = second.add(pool, "POOL_REVISION");
  const list = second.add(pool, "getReservesList");
  const strategy = second.add(pool, "RESERVE_INTEREST_RATE_STRATEGY");
  const base = second.add(oracle, "BASE_CURRENCY");
  const unit = second.add(oracle, "BASE_CURRENCY_UNIT");
  const categories = Array.from({ length: 255 }, (_, index) => ({
    id: index + 1,
    config: second.add(pool, "getEModeCategoryCollateralConfig", index + 1),
  }));
  const listed = await run(second);
  if (!listed.ok) return listed;
  const modelled = checkRevision(revision());
  if (!modelled.ok) return modelled;

  const reserves = await discoverReserves(client, source, pool, list());
  if (!reserves.ok) return reserves;
  return ok({
    pool,
    oracle,
    sentinel: sentinelOf(sentinelAt()),
    strategy: lower(strategy()),
    // The zero address stands for US dollars. @source aave-v3-origin 3.6.0, AaveOracle.sol
    baseCurrency: base() === zeroAddress ? "USD" : lower(base()),
    baseDecimals: `${unit()}`.length - 1,
    reserves: reserves.value,
    eModes: categories.filter(({ config }) => config().liquidationThreshold !== 0).map(({ id }) => id),
  });
}

async function discoverReserves(
  client: PublicClient,
  source: AaveSource,
  pool: Hex,
  list: readonly Hex[],
): Promise<Result<readonly DiscoveredReserve[], Why>> {
  const batch = aggregate();
  const asked = list.map((address) => ({
    address: lower(address),
    symbol: batch.maybe(address, "symbol"),
    data: batch.add(pool, "getReserveData", address),
  }));
  const read = await batch.run(client, source.rpcUrl, multicallOf(source));
  if (!read.ok) return read;
  const symbols = asked.map(({ symbol }) => symbol());
  const isOwn = (symbol: string) => symbols.indexOf(symbol) === symbols.lastIndexOf(symbol);
  return ok(
    asked.map(({ address, symbol, data }) => {
      const name = symbol();
      return {
        address,
        asset: name !== undefined && name !== "" && isOwn(name) ? name : address,
        decimals: readReserveConfig(data().configuration).decimals,
        aToken: lower(data().aTokenAddress),
        debtToken: lower(data().variableDebtTokenAddress),
      };
    }),
  );
}
