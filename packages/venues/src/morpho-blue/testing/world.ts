import {
  type Chain,
  type LocalMorpho,
  type LocalMorphoMarket,
  openMorpho,
  startChain,
  transact,
} from "@plimsoll/sim/chain";
import { type Hex, type PublicClient, maxUint256 } from "viem";
import { rpcClient } from "@plimsoll/venues/chain";
import { type DiscoveredMarket, type MorphoSnapshot, type MorphoSource, discover, readSnapshot } from "./room.ts";

/** The real contract on a local chain, markets of every kind, and people with tokens. */
export interface World {
  readonly chain: Chain;
  readonly client: PublicClient;
  readonly local: LocalMorpho;
  readonly markets: readonly LocalMorphoMarket[];
  readonly known: readonly DiscoveredMarket[];
  /** Who moves at random; the last of them lends. */
  readonly owners: readonly Hex[];
  readonly liquidator: Hex;
  readonly sourceOf: (owner: Hex) => MorphoSource;
  /** Reads one owner at the latest block. */
  readonly read: (owner: Hex) => Promise<MorphoSnapshot>;
  readonly stop: () => Promise<void>;
}

const percent = (share: number) => BigInt(share * 10) * 10n ** 15n;
const dollars = (price: bigint, loan: number, collateral: number) => price * 10n ** BigInt(36 + loan - collateral);

/** Decimals 6, 8 and 18 on either side; with and without fee and rate model. */
const setups = [
  {
    loan: "USDC",
    collateral: "WETH",
    lltv: percent(86),
    price: dollars(2_400n, 6, 18),
    irm: "utilisation",
    fee: percent(10),
  },
  {
    loan: "WETH",
    collateral: "wstETH",
    lltv: percent(94.5),
    price: (dollars(12n, 18, 18) / 10n) as bigint,
    irm: "utilisation",
  },
  {
    loan: "DAI",
    collateral: "WBTC",
    lltv: percent(77),
    price: dollars(60_000n, 18, 8),
    irm: "utilisation",
    fee: percent(25),
  },
  { loan: "USDC", collateral: "WBTC", lltv: percent(62.5), price: dollars(60_000n, 6, 8), irm: "none" },
] as const;
/** Whole tokens that the lender gives to each market: thin enough for rates to move. */
const lent: Readonly<Record<string, bigint>> = { USDC: 150_000n, WETH: 70n, DAI: 150_000n };

export function sure<T>(result: { ok: true; value: T } | { ok: false; failure: unknown }): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.failure));
}

/** Starts a chain, deploys the contract, gives everybody tokens and fills the markets. @throws where the chain cannot start. */
export async function openWorld(): Promise<World> {
  const chain = sure(await startChain());
  const local = sure(await openMorpho(chain));
  const markets: LocalMorphoMarket[] = [];
  for (const setup of setups) markets.push(await local.createMarket(setup));
  const owners = chain.accounts.slice(1, 5);
  const liquidator = chain.accounts[6] ?? "0x";
  const client = rpcClient(chain.rpcUrl);
  const sourceOf = (owner: Hex): MorphoSource => ({
    rpcUrls: [chain.rpcUrl],
    chainId: chain.chainId,
    multicall: chain.addresses.multicall,
    deployment: "local",
    morpho: local.morpho.address,
    owner,
    markets: markets.map(({ id }) => id),
  });
  for (const user of [...owners, liquidator]) await fund(chain, local, user);
  const lender = owners.at(-1) ?? "0x";
  for (const { params, loan } of markets) {
    const units = (lent[loan] ?? 0n) * 10n ** BigInt(loan === "USDC" ? 6 : 18);
    await transact(chain.rpc, lender, local.morpho, "supply", [params, units, 0n, lender, "0x"]);
  }
  const known = sure(await discover(client, sourceOf(lender)));
  return {
    chain,
    client,
    local,
    markets,
    known,
    owners,
    liquidator,
    sourceOf,
    read: async (owner) => sure(await readSnapshot(client, sourceOf(owner), known)),
    stop: () => chain.stop(),
  };
}

/** More tokens than any walk uses. */
async function fund(chain: Chain, { morpho }: LocalMorpho, user: Hex): Promise<void> {
  for (const symbol of ["USDC", "WETH", "wstETH", "DAI", "WBTC"]) {
    const token = chain.contract("FaucetToken", chain.addresses.tokens[symbol] ?? "0x");
    await transact(chain.rpc, user, token, "mint", [user, 10n ** 36n]);
    await transact(chain.rpc, user, token, "approve", [morpho.address, maxUint256]);
  }
}
