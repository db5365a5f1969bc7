import { type Receipt, RpcError, revertName, transact } from "@plimsoll/sim/chain";
import { type Result, type Why, canonical } from "@plimsoll/core/units";
import { type Hex, encodeFunctionData } from "viem";
import { type Chance, chanceOf } from "./chance.ts";
import { type Coverage, count, emptyCoverage } from "./coverage.ts";
import { chooseMove } from "./moves.ts";
import { type Move, type Situation, accountAt, stateOf } from "./situation.ts";
import { type AaveBody, type ReserveHeld, indicesAt, revisionOf, selfCheck } from "./room.ts";
import { type Seen, type World, openWorld } from "./world.ts";

/** A difference between the engine and the contracts; its message says how to see it again. */
export class Difference extends Error {}

export interface WalkOptions {
  readonly seed: number;
  /** The walk ends after so many steps, or earlier when `enough` says so. */
  readonly steps: number;
  /** Whose contracts; pool revision 10 when left out. */
  readonly rules?: "r10" | "v3.0";
  readonly enough?: (coverage: Coverage) => boolean;
  /** Steps on one chain before a fresh one is started: walks drift away from markets anybody would recognise. */
  readonly stepsPerChain?: number;
  readonly onStep?: (done: number, coverage: Coverage) => void;
  /** Told what takes long the first time. */
  readonly progress?: (line: string) => void;
}

/** Walks at random through public calls and compares everything with the contracts after each. @throws a Difference. */
export async function walk(options: WalkOptions): Promise<Coverage> {
  const {
    seed,
    steps,
    rules = "r10",
    stepsPerChain = 150,
    enough = () => false,
    onStep,
    progress = () => {},
  } = options;
  const coverage = emptyCoverage();
  for (let first = 0; first < steps && !enough(coverage); first += stepsPerChain) {
    const chance = chanceOf(seed + first);
    const world = await openWorld({ rules, sentinel: chance.happens(0.5), progress });
    try {
      let states = await readAll(world);
      for (let step = first; step < Math.min(steps, first + stepsPerChain) && !enough(coverage); step++) {
        states = await takeStep(world, chance, states, coverage, `--seed ${seed + first}, step ${step - first}`);
        onStep?.(step + 1, coverage);
      }
    } finally {
      await world.stop();
    }
  }
  return coverage;
}

type States = ReadonlyMap<Hex, Seen>;

async function readAll({ holders, read }: World): Promise<States> {
  const all = new Map<Hex, Seen>();
  for (const user of holders) all.set(user, await read(user));
  return all;
}

/** What the move should lead to, worked out before it is sent. */
interface Expected {
  readonly outcome: Result<AaveBody, Why>;
  /** The account just before the move, at its moment. */
  readonly before: AaveBody;
}

async function takeStep(world: World, chance: Chance, earlier: States, coverage: Coverage, where: string) {
  const last = stateOf({ states: earlier }, world.lender).body.timestamp;
  const situation = { world, chance, states: earlier, timestamp: Number(last) + secondsAhead(chance) };
  const move = chooseMove(situation);
  const { body: before, scene } = accountAt(situation, move.user);
  const expected = { before, outcome: move.predict(before, scene) };
  await world.chain.setNextTime(situation.timestamp);
  const receipt = await send(world, move);
  const states = await readAll(world);
  const context = `${where}: ${move.says} by ${move.user}`;
  const refusal = receipt?.status === "0x0" ? await refusalOf(world, move, receipt) : undefined;
  compareOutcome(move, expected, refusal, context);
  if (refusal === undefined) move.settle?.();
  compareStates({ situation, move, expected, states, refused: refusal !== undefined, context });
  await compareIndices(world, chance, states, context);
  count(coverage, { move, refusal, before, after: stateOf({ states }, move.user) });
  return states;
}

const secondsAhead = (chance: Chance): number => {
  const roll = chance.next();
  if (roll < 0.75) return 1 + chance.below(3_600);
  if (roll < 0.97) return 1 + chance.below(4 * 86_400);
  return 1 + chance.below(150 * 86_400);
};

async function send({ chain }: World, { call }: Move): Promise<Receipt | undefined> {
  if (call !== undefined) return transact(chain.rpc, call.from, call.contract, call.name, call.args);
  await chain.mine();
  return undefined;
}

/** The contract's error, from the same call at the block in which it reverted: that block changed nothing else. */
async function refusalOf({ chain, nameOf }: World, { call }: Move, { blockNumber }: Receipt): Promise<string> {
  if (call === undefined) return "no-call";
  const { contract, from, name, args } = call;
  const data = encodeFunctionData({ abi: contract.abi, functionName: name, args });
  try {
    await chain.rpc.request("eth_call", [{ from, to: contract.address, data }, blockNumber]);
    return "no-reason";
  } catch (error) {
    if (error instanceof RpcError) return nameOf(revertName(contract.abi, error.data));
    throw error;
  }
}

/** Both refuse for the same reason, or both accept. */
function compareOutcome(move: Move, { outcome }: Expected, refusal: string | undefined, context: string): void {
  if (!move.knowsRefusals) return;
  const ours = outcome.ok ? undefined : (outcome.failure.facts["revert"] ?? outcome.failure.code);
  if (ours === refusal || (refusal !== undefined && ours === sameRefusals[refusal])) return;
  throw new Difference(`${context}: the contract says ${refusal ?? "yes"}, the engine ${ours ?? "yes"}`);
}

/** Reverts without a name of their own. */
const sameRefusals: Readonly<Record<string, string>> = { Panic: "aave-v3/not-enough-liquidity" };

interface Compared {
  readonly situation: Situation;
  readonly move: Move;
  readonly expected: Expected;
  readonly states: States;
  readonly refused: boolean;
  readonly context: string;
}

function compareStates({ situation, move, expected, states, refused, context }: Compared): void {
  const { world } = situation;
  const { outcome, before } = expected;
  const after = !refused && outcome.ok ? outcome.value : before;
  if (move.plan !== undefined && !refused) same(move.plan.after, after, `${context}: what liquidate planned`);
  for (const user of world.holders) {
    const state = stateOf({ states }, user);
    const checked = selfCheck(state, world.sourceOf(user));
    if (!checked.ok) throw new Difference(`${context}: account data of ${user}: ${JSON.stringify(checked.failure)}`);
    const own = user === move.user ? after : withPoolsOf(accountAt(situation, user).body, after);
    const paid = user === world.liquidator || user === world.chain.addresses.treasury;
    if (paid) same(poolsOnly(own), poolsOnly(state.body), `${context}: ${user}`);
    else same(own, state.body, `${context}: ${user}`);
  }
  compareTotals(situation, states, context);
}

/** Another user's holding after the same move: the pool's side as predicted, the own side untouched. */
const withPoolsOf = (body: AaveBody, { reserves }: AaveBody): AaveBody => ({
  ...body,
  reserves: body.reserves.map((held, place) => ({ ...held, pool: reserves[place]?.pool ?? held.pool })),
});
/** A liquidator's and the treasury's own balances are checked by the totals. */
const poolsOnly = (body: AaveBody) => ({ pools: body.reserves.map(({ pool }) => pool), timestamp: body.timestamp });

function same(ours: object, theirs: object, context: string): void {
  const differences = listDifferences({ ...ours, block: 0 }, { ...theirs, block: 0 });
  if (differences.length > 0) throw new Difference(`${context}\n  ${differences.join("\n  ")}`);
}

/** Paths at which two plain values differ. */
export function listDifferences(ours: unknown, theirs: unknown, path = ""): readonly string[] {
  if (typeof ours === "object" && ours !== null && typeof theirs === "object" && theirs !== null) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    const field = (value: object, key: string) => (value as Record<string, unknown>)[key];
    return [...keys].flatMap((key) => listDifferences(field(ours, key), field(theirs, key), `${path}.${key}`));
  }
  return ours === theirs ? [] : [`${path}: engine ${canonical(ours ?? null)}, contract ${canonical(theirs ?? null)}`];
}

/** Nothing appears or vanishes: scaled balances add up to the pool's totals, wallets and pool keep every token. */
function compareTotals({ world, states: earlier }: Situation, states: States, context: string): void {
  const sum = (of: States, field: (held: ReserveHeld) => bigint | "unknown", place: number) =>
    world.holders.reduce((total, user) => {
      const held = of.get(user)?.body.reserves[place];
      const value = held === undefined ? 0n : field(held);
      return total + (value === "unknown" ? 0n : value);
    }, 0n);
  const [first] = states.values();
  for (const [place, { pool, id }] of (first?.body.reserves ?? []).entries()) {
    if (pool === "not-read") continue;
    const before = earlier.values().next().value?.body.reserves[place]?.pool;
    const moved = before === undefined || before === "not-read" ? 0n : pool.virtualBalance - before.virtualBalance;
    const wallet = (held: ReserveHeld) => held.wallet;
    same(
      {
        supply: sum(states, ({ scaledSupply }) => scaledSupply, place),
        debt: sum(states, ({ scaledDebt }) => scaledDebt, place),
        tokens: sum(earlier, wallet, place) - moved,
      },
      { supply: pool.scaledSupply, debt: pool.scaledDebt, tokens: sum(states, wallet, place) },
      `${context}: totals of reserve ${id}`,
    );
  }
}

/** Both projected indices of one reserve, all 27 digits. */
async function compareIndices(world: World, chance: Chance, states: States, context: string): Promise<void> {
  const [state] = states.values();
  const reserve = state === undefined ? undefined : chance.pick(state.terms.reserves);
  const held = state?.body.reserves.find(({ id }) => id === reserve?.id);
  if (state === undefined || reserve === undefined || held === undefined) return;
  const ask = async (functionName: string) => {
    const data = encodeFunctionData({ abi: world.pool.abi, functionName, args: [reserve.address] });
    return BigInt(await world.chain.rpc.request<Hex>("eth_call", [{ to: world.pool.address, data }, "latest"]));
  };
  const theirs = {
    supply: await ask("getReserveNormalizedIncome"),
    debt: await ask("getReserveNormalizedVariableDebt"),
  };
  same(
    indicesAt(held.pool, state.body.timestamp, revisionOf(state.terms)),
    theirs,
    `${context}: indices of ${reserve.asset}`,
  );
}
