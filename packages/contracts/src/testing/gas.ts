import { strict as assert } from "node:assert";
import {
  type Rescue,
  type Route,
  type Site,
  guardianAbi,
  penaltyOf,
  proposeRescue,
  proposeReserveRepay,
  readAccount,
  readPairRoute,
  valueOf,
} from "@plimsoll/contracts";
import { openMorpho } from "@plimsoll/sim/chain";
import { decodeEventLog } from "viem";
import { type Bench, USDC, WAD, make, mint, must, startBench, undone, unwrap, usd } from "./bench.ts";
import { movePair } from "./guardian-chain.ts";
import { flashOff } from "./moves.ts";
import { reserve } from "./rules-reserve.ts";

/** What a transaction took, as its receipt says; `own`: what a rescue cost the owner beside the executor's bounty, base currency. */
export interface GasUse {
  readonly name: string;
  readonly gas: bigint;
  readonly own?: bigint;
}

export interface GasTable {
  readonly uses: readonly GasUse[];
  /** The loan that was rescued, what its liquidation would have cost the owner, and the coin that pays for gas, base currency. */
  readonly debt: bigint;
  readonly penalty: bigint;
  readonly coin: bigint;
}

/** As the contract numbers its lenders. */
const sources = { pool: 0, morpho: 1, none: 2 } as const;
const [price, deep] = [usd(2_200), 1_000_000n * USDC];

/** Plays everything that owner and executor send on a market of its own, each from the same state, with the real Aave, Morpho and pair. */
export async function measureGas(): Promise<GasTable> {
  const started = await startBench();
  try {
    const { morpho } = unwrap(await openMorpho(started.world.chain));
    const { address } = await make(started, "Guardian", started.policy.provider, morpho.address);
    const bench: Bench = { ...started, guardian: { ...started.guardian, address } };
    await must(bench, bench.aToken("WETH"), "approve", [address, 100n * WAD], bench.owner);
    await movePair(bench.world, price);
    const arm = { name: "arm a policy", gas: await gasOf(bench, "arm", [bench.policy], bench.owner) };
    const uses = [arm, ...(await rescues(bench, morpho.address)), ...(await ends(bench))];
    const account = unwrap(await readAccount(bench.world.reader(), bench.policy.provider, bench.owner));
    const debt = valueOf(account, bench.token("USDC").address, 160_000n * USDC);
    return { uses, debt, penalty: penaltyOf(account), coin: price };
  } finally {
    await started.world.chain.stop();
  }
}

const gasOf = async (bench: Bench, name: string, args: readonly unknown[], from = bench.executor): Promise<bigint> =>
  BigInt((await must(bench, bench.guardian, name, args, from)).gasUsed);

async function rescues(bench: Bench, morpho: Bench["owner"]): Promise<readonly GasUse[]> {
  const { world, guardian, executor, policy } = bench;
  const reader = world.reader("pending");
  const pair: Site["routesBetween"] = async (sell, buy) => [
    unwrap(await readPairRoute(reader, { name: "pair", address: world.route }, sell, buy)),
  ];
  const curve: Route["curve"] = (amount) => (amount * price * USDC) / (usd(1) * WAD);
  const venue: Site["routesBetween"] = async () => [
    { name: "venue", address: world.venue.address, curve, data: () => "0x" },
  ];
  const rescue = (name: string, source: number, routesBetween = pair, ready: () => Promise<unknown> = async () => {}) =>
    undone(bench, async () => {
      await world.chain.mine(); // a node may still know the pending block from before it went back
      await ready();
      const site = { reader, guardian: guardian.address, executor, routesBetween };
      const proposed = unwrap(await proposeRescue(site, policy, policy.debts[0]!.asset));
      assert.equal(proposed.outcome.source, source, `${name}: another lender`);
      return sent(bench, name, proposed);
    });
  return [
    await rescue("execute: the pool's loan, through a pair", sources.pool),
    await rescue("execute: the pool's loan, at a venue's oracle price", sources.pool, venue),
    await rescue("execute: Morpho's loan, through a pair", sources.morpho, pair, async () => {
      await flashOff(bench);
      await mint(world.chain, "USDC", morpho, deep);
    }),
    await rescue("execute: a loop without a loan, through a pair", sources.none, pair, () => flashOff(bench)),
    await undone(bench, async () => {
      await reserve(bench, deep);
      const site = { reader, guardian: guardian.address, executor };
      const proposed = unwrap(await proposeReserveRepay(site, policy, policy.debts[0]!.asset));
      return sent(bench, "repayFromReserve", proposed);
    }),
  ];
}

/** Sends what was proposed; with a loan it has to do what was foreseen. */
async function sent(bench: Bench, name: string, { by, debt, repay, sales, outcome }: Rescue): Promise<GasUse> {
  const args = by === "execute" ? [bench.policy, debt, repay, sales] : [bench.policy, debt, repay];
  const { gasUsed, logs } = await must(bench, bench.guardian, by, args, bench.executor);
  const log = logs.findLast(({ address }) => address === bench.guardian.address)!;
  const event = decodeEventLog({ abi: guardianAbi, data: log.data, topics: log.topics });
  assert.ok(event.eventName === "Rescued" || event.eventName === "ReserveSpent", event.eventName);
  const did = event.args.outcome;
  if (did.source !== sources.none) assert.deepEqual(did, outcome, `${name}: not what was foreseen`);
  const sold = (did.sold[0] ?? 0n) * price * USDC;
  const bought = (did.repaid + did.returned + did.bounty) * usd(1) * WAD;
  return { name, gas: BigInt(gasUsed), own: by === "execute" ? (sold - bought) / (USDC * WAD) : 0n };
}

const ends = async (bench: Bench): Promise<readonly GasUse[]> => [
  { name: "cancelAll", gas: await undone(bench, () => gasOf(bench, "cancelAll", [], bench.owner)) },
  {
    name: "revoke: an allowance set to zero",
    gas: await undone(bench, async () => {
      const done = await must(bench, bench.aToken("WETH"), "approve", [bench.guardian.address, 0n], bench.owner);
      return BigInt(done.gasUsed);
    }),
  },
];
