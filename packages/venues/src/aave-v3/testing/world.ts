import { type Chain, type Contract, openAaveV30, startChain, transact } from "@plimsoll/sim/chain";
import { rpcClient } from "@plimsoll/venues/chain";
import { invariant } from "@plimsoll/core/units";
import { type Hex, type PublicClient, maxUint256 } from "viem";
import {
  type AaveSnapshot,
  type VenueAccountData,
  type AaveSource,
  type Discovered,
  discover,
  type Rules,
  readSnapshot,
  outdated,
} from "./room.ts";

/** A snapshot whose account data the contract answered too. */
export type Seen = AaveSnapshot & { readonly venue: VenueAccountData };

/** A market on a local chain with funded users, and what was last read of each of them. */
export interface World {
  readonly chain: Chain;
  readonly client: PublicClient;
  readonly pool: Contract;
  readonly configurator: Contract;
  readonly sequencerOracle: Contract;
  /** The settable price that one e-mode has of its own; release 3.0 only. */
  readonly categoryFeed: Contract | "none";
  readonly rules: Rules;
  /** A refusal as the newer contracts name it; release 3.0 numbers them. */
  readonly nameOf: (refusal: string) => string;
  readonly symbols: readonly string[];
  /** Oracle prices at the start. */
  readonly startPrices: ReadonlyMap<string, bigint>;
  /** Who moves at random. */
  readonly borrowers: readonly Hex[];
  readonly lender: Hex;
  readonly liquidator: Hex;
  /** All holders of aTokens and debt, borrowers first: their balances add up to the totals. */
  readonly holders: readonly Hex[];
  readonly sourceOf: (user: Hex) => AaveSource;
  /** Reads one user at the latest block. */
  readonly read: (user: Hex) => Promise<Seen>;
  /** What the price-oracle sentinel was told last; "none" in a market without one. It follows the chain. */
  sequencer: { readonly isDown: boolean; readonly changedAt: number } | "none";
  readonly stop: () => Promise<void>;
}

interface WorldOptions {
  /** Whose contracts: pool revision 10, or release 3.0. */
  readonly rules?: "r10" | "v3.0";
  /** Whether the market has a price-oracle sentinel. */
  readonly sentinel?: boolean;
  /** Told what takes long the first time. */
  readonly progress?: (line: string) => void;
}

const borrowerCount = 4;
/** In whole tokens: more than any walk uses. */
const purse = 10n ** 12n;

/** Starts a chain, gives everybody tokens and lets one lender fill the reserves. @throws where the chain cannot start. */
export async function openWorld({ sentinel = false, rules = "r10", ...options }: WorldOptions = {}): Promise<World> {
  const started = await startChain(options);
  if (!started.ok) throw new Error(`${started.failure.code}: ${JSON.stringify(started.failure.facts)}`);
  const chain = started.value;
  const client = rpcClient(chain.rpcUrl);
  const market = rules === "r10" ? originMarket(chain) : await oldMarket(chain);
  const symbols = Object.keys(chain.addresses.tokens);
  const accounts = chain.accounts.slice(1);
  const [lender = "0x", liquidator = "0x"] = accounts.slice(borrowerCount);
  const borrowers = accounts.slice(0, borrowerCount);
  const sourceOf = (user: Hex): AaveSource => ({
    rpcUrls: [chain.rpcUrl],
    chainId: chain.chainId,
    market: "local",
    provider: market.provider.address,
    multicall: chain.addresses.multicall,
    user,
  });
  if (sentinel) await watchSequencer(chain, market);
  const known = sure(await discover(client, sourceOf(lender)));
  let latest = known;
  const read = async (user: Hex): Promise<Seen> => {
    let snapshot = await readSnapshot(client, sourceOf(user), latest);
    if (!snapshot.ok && snapshot.failure.code === outdated) {
      // governance moved a source: discovered again, as the feed does
      latest = sure(await discover(client, sourceOf(lender)));
      snapshot = await readSnapshot(client, sourceOf(user), latest);
    }
    const { venue, ...rest } = sure(snapshot);
    invariant(venue !== undefined, "every price of this market is set");
    return { ...rest, venue };
  };
  const world: World = {
    startPrices: (await read(lender)).prices,
    chain,
    client,
    rules,
    pool: market.pool,
    configurator: market.configurator,
    sequencerOracle: market.sequencerOracle,
    categoryFeed: market.categoryFeed,
    nameOf: market.nameOf,
    symbols,
    borrowers,
    lender,
    liquidator,
    holders: [...borrowers, lender, liquidator, chain.addresses.treasury],
    sourceOf,
    read,
    sequencer: sentinel ? { isDown: false, changedAt: 0 } : "none",
    stop: () => chain.stop(),
  };
  for (const user of [...borrowers, lender, liquidator]) await fund(world, user, known);
  await lend(world, known);
  return world;
}

export function sure<T>(result: { ok: true; value: T } | { ok: false; failure: unknown }): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure));
}

interface Market extends Pick<World, "pool" | "configurator" | "sequencerOracle" | "categoryFeed" | "nameOf"> {
  readonly provider: Contract;
  readonly sentinel: Hex;
}

function originMarket(chain: Chain): Market {
  const { provider, pool, configurator, sequencer, sentinel } = chain.addresses;
  return {
    provider: chain.contract("PoolAddressesProvider", provider),
    pool: chain.contract("PoolInstance", pool),
    configurator: chain.contract("PoolConfiguratorInstance", configurator),
    sequencerOracle: chain.contract("SequencerOracle", sequencer),
    categoryFeed: "none",
    nameOf: (refusal) => refusal,
    sentinel,
  };
}

async function oldMarket(chain: Chain): Promise<Market> {
  const { sentinel, sequencer, errorNames, priceFeed, ...market } = sure(await openAaveV30(chain));
  return {
    ...market,
    sequencerOracle: sequencer,
    categoryFeed: priceFeed,
    sentinel: sentinel.address,
    nameOf: (refusal) => errorNames.get(refusal) ?? refusal,
  };
}

async function watchSequencer({ rpc, accounts }: Chain, { provider, sentinel }: Market): Promise<void> {
  await transact(rpc, accounts[0] ?? "0x", provider, "setPriceOracleSentinel", [sentinel]);
}

const token = ({ chain }: World, address: Hex): Contract => chain.contract("FaucetToken", address);

async function fund(world: World, user: Hex, { reserves }: Discovered): Promise<void> {
  for (const { address } of reserves) {
    await transact(world.chain.rpc, user, token(world, address), "mint", [user, purse * 10n ** 18n]);
    await transact(world.chain.rpc, user, token(world, address), "approve", [world.pool.address, maxUint256 - 1n]);
  }
}

/** Thin enough for rates to move, deep enough for loans. */
async function lend(world: World, { reserves }: Discovered): Promise<void> {
  const { terms, prices } = await world.read(world.lender);
  for (const { address, asset } of reserves) {
    const decimals = terms.reserves.find((reserve) => reserve.asset === asset)?.decimals ?? 0;
    const amount = (2_000_000n * 10n ** BigInt(8 + decimals)) / (prices.get(asset) ?? 1n);
    const { status } = await transact(world.chain.rpc, world.lender, world.pool, "supply", [
      address,
      amount,
      world.lender,
      0,
    ]);
    if (status !== "0x1") throw new Error(`invariant broken: the lender could not supply ${asset}`);
  }
}
