import { strict as assert } from "node:assert";
import { type Artifacts, compileOwn } from "@plimsoll/contracts/compile";
import { type Contract, RpcError, revertName, transact } from "@plimsoll/sim/chain";
import {
  type Abi,
  type Hex,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  maxUint256,
  numberToHex,
  zeroAddress,
} from "viem";
import type { Policy } from "@plimsoll/contracts";
import { type GuardianChain, aTokenOf, mint, openPosition, startGuardianChain, unwrap, usd } from "./guardian-chain.ts";

export const WAD = 10n ** 18n;
export const USDC = 10n ** 6n;
export const contracts = [
  "Guardian",
  "testing/ScriptedRoute",
  "testing/OddSource",
  "testing/ContractOwner",
  "testing/FreeLender",
  "testing/OddToken",
  "testing/NextPool",
  "testing/SpotSource",
  "testing/Thief",
  "testing/GuardianFuzz",
];

/** What the scripted route is told; it pays the least that the guardian accepts where nothing is said. */
export interface Script {
  readonly pay?: bigint;
  readonly back?: bigint;
  readonly target?: Hex;
  readonly data?: Hex;
  readonly answer?: bigint;
  readonly refuse?: boolean;
}

export interface Sale {
  readonly amount: bigint;
  readonly route: Hex;
  readonly data: Hex;
}

export interface Outcome {
  readonly healthBefore: bigint;
  readonly healthAfter: bigint;
  readonly repaid: bigint;
  readonly premium: bigint;
  readonly bounty: bigint;
  readonly returned: bigint;
  readonly sold: readonly bigint[];
  readonly source: number;
}

export interface Quote {
  readonly health: bigint;
  readonly repay: bigint;
  readonly cap: bigint;
  readonly premium: bigint;
  readonly bounty: bigint;
  readonly owed: bigint;
  readonly source: number;
  readonly offers: readonly {
    readonly withdrawable: bigint;
    readonly maxSale: bigint;
    readonly costBound: bigint;
    readonly rank: bigint;
  }[];
}

/**
 * A position in need of a rescue, guarded: 100 WETH that have fallen from 2,400 to 2,200 against 160,000 USDC, health 1.14 between a
 * trigger of 1.20 and urgent at 1.08, and a target band of 1.40 to 1.50.
 */
export interface Bench {
  readonly world: GuardianChain;
  readonly artifacts: Artifacts;
  readonly guardian: Contract;
  readonly owner: Hex;
  readonly executor: Hex;
  readonly stranger: Hex;
  readonly admin: Hex;
  readonly route: Contract;
  /** Armed. */
  readonly policy: Policy;
  readonly token: (symbol: string) => Contract;
  readonly aToken: (symbol: string) => Contract;
}

const symbols = ["WETH", "wstETH", "USDC", "DAI"] as const;

/** Starts a chain with a guardian made of `artifacts`, by default of the sources as they are. */
export async function startBench(artifacts?: Artifacts): Promise<Bench> {
  const made = artifacts ?? unwrap(await compileOwn(contracts));
  const world = await startGuardianChain();
  const [admin = "0x" as Hex, owner = "0x" as Hex, executor = "0x" as Hex, stranger = "0x" as Hex] =
    world.chain.accounts;
  const aTokens = new Map<string, Hex>();
  for (const symbol of symbols) aTokens.set(symbol, await aTokenOf(world.chain, symbol));
  const bare = { world, artifacts: made, owner, executor, stranger, admin };
  const guardian = await make(bare, "Guardian", world.chain.addresses.provider, zeroAddress);
  const token = (symbol: string) => world.chain.contract("FaucetToken", world.chain.addresses.tokens[symbol] ?? "0x");
  const bench: Bench = {
    ...bare,
    guardian: {
      ...guardian,
      abi: [...guardian.abi, ...world.chain.abis["Errors"]!, ...world.chain.abis["ATokenInstance"]!],
    },
    route: await make(bare, "ScriptedRoute"),
    policy: world.policy(owner),
    token,
    aToken: (symbol) => ({ ...token(symbol), address: aTokens.get(symbol) ?? "0x" }),
  };
  await openPosition({ ...world, guardian }, owner);
  await must(bench, bench.guardian, "arm", [bench.policy], owner);
  await world.setPrice("WETH", usd(2_200));
  return bench;
}

type Makes = Pick<Bench, "world" | "artifacts" | "admin">;

export async function make({ world, artifacts, admin }: Makes, name: string, ...args: unknown[]): Promise<Contract> {
  const { abi, bytecode } = artifacts[name.slice(name.lastIndexOf("/") + 1)]!;
  const data = (encodeDeployData as (of: { abi: Abi; args: readonly unknown[]; bytecode: Hex }) => Hex)({
    ...{ abi, args, bytecode: `0x${bytecode}` as Hex },
  });
  const { status, contractAddress } = await world.chain.rpc.send({ from: admin, data, gas: 20_000_000n });
  assert.equal(status, "0x1", `${name} could not be deployed`);
  return { address: contractAddress ?? "0x", abi };
}

/** Sends a transaction that has to succeed. */
export async function must(
  { world }: Pick<Bench, "world">,
  contract: Contract,
  name: string,
  args: readonly unknown[],
  from: Hex,
) {
  const receipt = await transact(world.chain.rpc, from, contract, name, args, 12_000_000n);
  if (receipt.status !== "0x1") {
    const data = encodeFunctionData({ abi: contract.abi, functionName: name, args });
    assert.fail(`${name}: ${(await ask({ world }, contract, data, from)).refusal}`);
  }
  return receipt;
}

/** What a call would answer, or the name of its refusal. */
export async function ask({ world }: Pick<Bench, "world">, to: Contract, data: Hex, from: Hex, gas = 12_000_000n) {
  try {
    const call = { from, to: to.address, data, gas: numberToHex(gas) };
    return { refusal: undefined, answer: await world.chain.rpc.request<Hex>("eth_call", [call, "latest"]) };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { refusal: revertName(to.abi, error.data), data: error.data };
  }
}

/** The name of the refusal of a call to the guardian; "done" where it would succeed. */
export async function verdict(bench: Bench, name: string, args: readonly unknown[], from: Hex = bench.executor) {
  const data = encodeFunctionData({ abi: bench.guardian.abi, functionName: name, args });
  return (await ask(bench, bench.guardian, data, from)).refusal ?? "done";
}

/** The answer of a call that has to succeed. */
export async function answerOf<T>(bench: Bench, to: Contract, name: string, args: readonly unknown[], from?: Hex) {
  const data = encodeFunctionData({ abi: to.abi, functionName: name, args });
  const { refusal, answer = "0x" } = await ask(bench, to, data, from ?? bench.executor);
  assert.equal(refusal, undefined, `${name} was refused`);
  return decodeFunctionResult({ abi: to.abi, functionName: name, data: answer }) as T;
}

const scriptType = [
  {
    type: "tuple",
    components: [
      { name: "pay", type: "uint256" },
      { name: "back", type: "uint256" },
      { name: "target", type: "address" },
      { name: "data", type: "bytes" },
      { name: "answer", type: "uint256" },
      { name: "refuse", type: "bool" },
    ],
  },
] as const;

export const scriptOf = ({
  pay = maxUint256,
  back = 0n,
  target = zeroAddress,
  data = "0x",
  answer = 0n,
  refuse = false,
}: Script = {}): Hex => encodeAbiParameters(scriptType, [{ pay, back, target, data, answer, refuse }]);

export const quoteOf = (bench: Bench, policy: Policy, repay: bigint, debt = "USDC") =>
  answerOf<Quote>(bench, bench.guardian, "quote", [policy, bench.token(debt).address, repay]);

export interface RescueOptions {
  readonly policy?: Policy;
  readonly repay?: bigint;
  readonly debt?: string;
  readonly script?: Script;
  readonly change?: (sales: readonly Sale[]) => readonly Sale[];
}

/** Arguments of a rescue that sells as much as the bound allows, and what its route does. */
export async function rescue(
  bench: Bench,
  {
    policy = bench.policy,
    repay = 82_000n * USDC,
    debt = "USDC",
    script = {},
    change = (sales) => sales,
  }: RescueOptions = {},
): Promise<readonly unknown[]> {
  const { offers } = await quoteOf(bench, policy, repay, debt);
  const data = scriptOf(script);
  const sales = offers.map(({ maxSale }) => ({ amount: maxSale, route: bench.route.address, data }));
  return [policy, bench.token(debt).address, repay, change(sales)];
}

let nonces = 1_000n;
/** Arms a changed policy, in place of nothing: the bench's own stays armed. */
export async function rearm(bench: Bench, change: Partial<Policy>): Promise<Policy> {
  const terms = { ...bench.policy.terms, ...change.terms, nonce: (nonces += 1n) };
  const policy = { ...bench.policy, ...change, terms };
  await must(bench, bench.guardian, "arm", [policy], policy.owner);
  return policy;
}

/** Runs something and puts the chain back to where it was. */
export async function undone<T>({ world: { chain } }: Bench, body: () => Promise<T>): Promise<T> {
  const snapshot = await chain.rpc.request<Hex>("evm_snapshot");
  try {
    return await body();
  } finally {
    await chain.rpc.request("evm_revert", [snapshot]);
  }
}

export const balanceOf = (bench: Bench, token: Contract, who: Hex) =>
  answerOf<bigint>(bench, token, "balanceOf", [who]);
export { aTokenOf, mint, unwrap, usd };
