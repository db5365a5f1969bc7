import { createRequire } from "node:module";
import {
  type Called,
  type Deployment,
  type Policy,
  type Reader,
  guardianAbi,
  guardianDeployment,
  pairRouteAbi,
  pairRouteDeployment,
  readContract,
} from "@plimsoll/contracts";
import { compileOwn } from "@plimsoll/contracts/compile";
import { type Result, dec, fail, ok, why } from "@plimsoll/core/units";
import {
  type Chain,
  type Contract,
  type Receipt,
  RpcError,
  openDemoPosition,
  startChain,
  transact,
} from "@plimsoll/sim/chain";
import { type Abi, type Hex, encodeDeployData, parseAbi, zeroAddress } from "viem";

const WAD = 10n ** 18n;
/** The key of the chain's account 7, known to everybody: its wallet holds gas and was allowed nothing. */
export const strangersKey = "0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356";
export const usd = (dollars: number): bigint => BigInt(Math.round(dollars * 100)) * 10n ** 6n;
export const health = (text: string): bigint => dec(text).digits * 10n ** BigInt(18 - dec(text).scale);
export const unwrap = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
};

/** A local Aave market with the guardian, real constant-product pairs, a venue at the oracle's price, and second price sources. */
export interface GuardianChain {
  readonly chain: Chain;
  readonly guardian: Contract;
  readonly route: Hex;
  readonly venue: Contract;
  /** Second price sources by symbol. */
  readonly second: Readonly<Record<string, Contract>>;
  readonly reader: (block?: "latest" | "pending") => Reader;
  /** Both references at once, USD with 8 decimals. */
  setPrice(symbol: string, price: bigint): Promise<void>;
  policy(owner: Hex, change?: Partial<Policy>): Policy;
  deploy(deployment: Deployment): Promise<Hex>;
  own(path: string, ...args: readonly unknown[]): Promise<Contract>;
}

const symbols = ["WETH", "wstETH", "USDC", "DAI"] as const;

export async function startGuardianChain(): Promise<GuardianChain> {
  const chain = unwrap(await startChain());
  const [admin = "0x" as Hex] = chain.accounts;
  const make = async (abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Contract> => {
    const { contractAddress } = await chain.rpc.send({
      from: admin,
      data: encodeDeployData({ abi, bytecode, args }),
      gas: 10_000_000n,
    });
    return { address: contractAddress ?? "0x", abi };
  };
  const deploy = async ({ to, data, address }: Deployment) => {
    const { status } = await chain.rpc.send({ from: admin, to, data, gas: 10_000_000n });
    if (status !== "0x1") throw new Error("the deployment reverted");
    return address;
  };
  const own = async (path: string, ...args: readonly unknown[]) => {
    const artifact = unwrap(await compileOwn([path]))[path.slice(path.lastIndexOf("/") + 1)]!;
    return make(artifact.abi, `0x${artifact.bytecode}`, args);
  };
  const feed = chain.artifacts["PriceFeed"]!;
  const second: Record<string, Contract> = {};
  for (const symbol of symbols)
    second[symbol] = await make(feed.abi, `0x${feed.bytecode}`, [await priceOf(chain, symbol)]);
  const address = await deploy(guardianDeployment(chain.addresses.provider, zeroAddress));
  const venue = await own("testing/OracleVenue", chain.addresses.oracle);
  for (const symbol of symbols) await mint(chain, symbol, venue.address, 10n ** 26n);
  return {
    chain,
    guardian: { address, abi: [...guardianAbi, ...chain.abis["Errors"]!] },
    route: await openPairs(chain, make, deploy),
    venue,
    second,
    deploy,
    own,
    reader: (block = "latest") => readerOf(chain, block),
    setPrice: async (symbol, price) => {
      await chain.setPrice(symbol, price);
      await transact(chain.rpc, admin, second[symbol]!, "set", [price]);
    },
    policy: (owner, change) => ({ ...policyOf(chain, second, owner), ...change }),
  };
}

/** Calls without effect, their reverts with their data. */
const readerOf =
  ({ rpc }: Chain, block: string): Reader =>
  async (call): Promise<Called> => {
    try {
      return ok(await rpc.request<Hex>("eth_call", [call, block]));
    } catch (error) {
      if (!(error instanceof RpcError) || error.data === undefined) throw error;
      return fail({ ...why("chain/reverted"), reverted: error.data });
    }
  };

async function priceOf(chain: Chain, symbol: string): Promise<bigint> {
  const abi = parseAbi(["function getAssetPrice(address) view returns (uint256)"]);
  const at = { to: chain.addresses.oracle, abi };
  return unwrap(await readContract(readerOf(chain, "latest"), at, "getAssetPrice", [chain.addresses.tokens[symbol]!]));
}

export const mint = (chain: Chain, symbol: string, to: Hex, amount: bigint): Promise<Receipt> =>
  transact(chain.rpc, chain.accounts[0]!, chain.contract("FaucetToken", chain.addresses.tokens[symbol]!), "mint", [
    to,
    amount,
  ]);

type Make = (abi: Abi, bytecode: Hex, args: readonly unknown[]) => Promise<Contract>;

/** The real Uniswap v2 contracts as their package compiled them, with WETH/USDC at 2,400, 20,000 WETH deep. */
async function openPairs(chain: Chain, make: Make, deploy: GuardianChain["deploy"]): Promise<Hex> {
  const require = createRequire(import.meta.url);
  const built = (name: string) => require(`@uniswap/v2-core/build/${name}.json`) as { abi: Abi; bytecode: string };
  const { abi, bytecode } = built("UniswapV2Factory");
  const [admin = "0x" as Hex] = chain.accounts;
  const factory = await make(abi, `0x${bytecode}`, [admin]);
  const { tokens } = chain.addresses;
  const { logs } = await transact(chain.rpc, admin, factory, "createPair", [tokens["WETH"], tokens["USDC"]]);
  const pair: Contract = { address: `0x${logs[0]!.data.slice(26, 66)}`, abi: built("UniswapV2Pair").abi };
  await mint(chain, "WETH", pair.address, 20_000n * WAD);
  await mint(chain, "USDC", pair.address, 48_000_000n * 10n ** 6n);
  await transact(chain.rpc, admin, pair, "mint", [admin]);
  return deploy(pairRouteDeployment(factory.address, 997n));
}

const year = 31_536_000n;

/** The defaults for a volatile loan, with caps far above the positions of the tests. */
function policyOf({ addresses }: Chain, second: GuardianChain["second"], owner: Hex): Policy {
  const asset = (symbol: string) => ({
    asset: addresses.tokens[symbol]!,
    source: addresses.feeds[symbol]!,
    heartbeat: zeroAddress,
    second: second[symbol]!.address,
    sourceMaxAge: year,
    secondMaxAge: year,
    maxDisagreement: 100n,
    stopLoss: 0n,
    takeProfit: 0n,
  });
  return {
    owner,
    provider: addresses.provider,
    oracle: addresses.oracle,
    revisions: [10n],
    debts: [asset("USDC")],
    collaterals: [asset("WETH")],
    health: { trigger: health("1.20"), urgent: health("1.08"), targetLow: health("1.40"), targetHigh: health("1.50") },
    cost: { atTrigger: 50n, bonusShare: 6_000n, ceiling: 500n, maxPremium: 10n },
    bounty: { atTrigger: 5n, atUrgent: 50n, perCall: usd(500), perPeriod: usd(2_000) },
    caps: { perCall: usd(500_000), perPeriod: usd(1_000_000), period: 86_400n },
    terms: { expiry: 4_000_000_000n, cooldown: 600n, reserveRepay: true, nonce: 1n, epoch: 0n },
    executors: [],
  };
}

/** 100 WETH at 2,400 against USDC, and the guardian allowed to take `allowed` of the aToken. */
export async function openPosition(
  { chain, guardian }: GuardianChain,
  owner: Hex,
  { debt = "160000", allowed = 100n * WAD }: { readonly debt?: string; readonly allowed?: bigint } = {},
): Promise<void> {
  unwrap(
    await openDemoPosition(chain, {
      user: owner,
      supply: [{ symbol: "WETH", amount: dec("100") }],
      borrow: [{ symbol: "USDC", amount: dec(debt) }],
    }),
  );
  await transact(chain.rpc, owner, chain.contract("FaucetToken", await aTokenOf(chain, "WETH")), "approve", [
    guardian.address,
    allowed,
  ]);
}

export async function aTokenOf(chain: Chain, symbol: string): Promise<Hex> {
  const abi = parseAbi(["function getReserveAToken(address) view returns (address)"]);
  const at = { to: chain.addresses.pool, abi };
  return unwrap(
    await readContract(readerOf(chain, "latest"), at, "getReserveAToken", [chain.addresses.tokens[symbol]!]),
  );
}

/** Trades with the pair until it stands near a price: whoever trades there follows the market. */
export async function movePair({ chain, route, reader }: GuardianChain, price: bigint): Promise<void> {
  const { WETH = "0x", USDC = "0x" } = chain.addresses.tokens as Record<string, Hex>;
  const at = { to: route, abi: pairRouteAbi };
  const [weth, usdc] = unwrap(await readContract(reader(), at, "reservesOf", [WETH, USDC]));
  const wanted = BigInt(Math.round(Math.sqrt(Number((weth * usdc * 10n ** 20n) / price))));
  const sell = async (symbol: string, bought: Hex, amount: bigint) => {
    await mint(chain, symbol, route, amount);
    const words = [chain.addresses.tokens[symbol], bought, amount, 0n, "0x"];
    await transact(chain.rpc, chain.accounts[0]!, { address: route, abi: pairRouteAbi }, "swap", words);
  };
  if (wanted > weth) await sell("WETH", USDC, wanted - weth);
  else await sell("USDC", WETH, (weth * usdc) / wanted - usdc);
}
