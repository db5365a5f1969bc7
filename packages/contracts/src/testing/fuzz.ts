import { type Contract, transact } from "@plimsoll/sim/chain";
import { type Abi, type AbiFunction, type Hex, toFunctionSelector } from "viem";
import { type Bench, USDC, answerOf, make, must, startBench, usd } from "./bench.ts";
import { supply } from "./moves.ts";

/** What a stateful fuzz of the guardian saw. */
export interface FuzzReport {
  readonly calls: number;
  /** Calls that did something. */
  readonly rescues: number;
  readonly reserves: number;
  readonly closes: number;
  /** How often a law did not hold, by its number in GuardianFuzz.sol. */
  readonly broken: Readonly<Record<number, number>>;
  /** Refusals by name. */
  readonly refusals: Readonly<Record<string, number>>;
}

const batch = 25;
const laws = 15;

/** Throws random prices, amounts and routes at a guarded position; a contract on the chain decides and judges, many calls in a transaction. */
export async function fuzzGuardian(calls: number, seed: bigint): Promise<FuzzReport> {
  const bench = await startBench();
  try {
    const fuzz = await begin(bench, seed);
    const { chain } = bench.world;
    for (let done = 0; done < calls; done += batch) {
      const { timestamp } = await chain.rpc.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
      await chain.setNextTime(Number(timestamp) + 12 + 200 * (done % 4));
      const { status } = await transact(chain.rpc, bench.executor, fuzz, "steps", [BigInt(batch)], 29_000_000n);
      if (status !== "0x1") throw new Error(`the fuzz itself failed after ${done} calls of seed ${seed}`);
    }
    return await report(bench, fuzz);
  } finally {
    await bench.world.chain.stop();
  }
}

async function begin(bench: Bench, seed: bigint): Promise<Contract> {
  const { chain, second } = bench.world;
  const fuzz = await make(bench, "testing/GuardianFuzz");
  await supply(bench, bench.stranger, "USDC", 10n ** 9n * USDC);
  const pool = chain.contract("PoolInstance", chain.addresses.pool);
  const debtUsdc = await answerOf<Hex>(bench, pool, "getReserveVariableDebtToken", [bench.token("USDC").address]);
  const [weth, usdc, aWeth] = [bench.token("WETH"), bench.token("USDC"), bench.aToken("WETH")];
  const world = {
    ...{ guardian: bench.guardian.address, pool: pool.address, route: bench.route.address, debtUsdc },
    ...{ weth: weth.address, usdc: usdc.address, aWeth: aWeth.address },
    ...{ venue: chain.addresses.feeds["WETH"], second: second["WETH"]!.address },
  };
  const { policy } = bench;
  const guarded = {
    ...policy,
    collaterals: [{ ...policy.collaterals[0]!, stopLoss: usd(1_500) }],
    terms: { ...policy.terms, cooldown: 0n },
    caps: { perCall: usd(60_000), perPeriod: usd(900_000), period: 600n },
    bounty: { ...policy.bounty, perCall: usd(200), perPeriod: usd(1_500) },
  };
  await must(bench, fuzz, "begin", [world, guarded, seed], bench.executor);
  return fuzz;
}

async function report(bench: Bench, fuzz: Contract): Promise<FuzzReport> {
  const count = async (name: string, ...args: readonly unknown[]) =>
    Number(await answerOf<bigint>(bench, fuzz, name, args));
  const broken: Record<number, number> = {};
  for (let law = 1; law <= laws; law++) {
    const times = await count("violations", law);
    if (times > 0) broken[law] = times;
  }
  const refusals: Record<string, number> = {};
  for (const error of bench.guardian.abi.filter((entry) => entry.type === "error")) {
    const times = await count("refusals", selectorOf(error));
    if (times > 0) refusals[error.name] = times;
  }
  return {
    ...{ calls: await count("calls"), rescues: await count("rescues"), reserves: await count("reserves") },
    ...{ closes: await count("closes"), broken, refusals },
  };
}

/** An error's selector is made as a function's. */
const selectorOf = ({ name, inputs }: Extract<Abi[number], { type: "error" }>): Hex =>
  toFunctionSelector({ type: "function", name, inputs, outputs: [], stateMutability: "view" } satisfies AbiFunction);
