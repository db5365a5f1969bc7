import { type Receipt, RpcError, transact } from "@plimsoll/sim/chain";
import { type Result, type Why, canonical, holdingId, ms } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { type Hex, decodeErrorResult, encodeFunctionData, parseAbi } from "viem";
import { type Draw, type Move, draws, moveOf, movedPrice } from "./moves.ts";
import { type MorphoBody, type MorphoSnapshot, morphoBlueMargin, parityOf, sceneOf } from "./room.ts";
import { type World, openWorld } from "./world.ts";

/** A difference between the engine and the contract; its message says how to see it again. */
export class Difference extends Error {}

/** How often each call, and each refusal of the contract, was met. */
export type Coverage = Record<string, number>;

/** What every run must have met. */
export const required = [
  "liquidate by seize",
  "liquidate by repay-shares",
  "liquidate as planned",
  "bad debt",
  "repay",
  "withdrawCollateral",
  "position is healthy",
  "insufficient collateral",
  "insufficient liquidity",
  "Panic",
] as const;

/** Everybody but the lender begins with a loan in every market, at three quarters to nine tenths of its line. */
const openings: readonly Draw[] = [0, 1, 2].flatMap((owner) =>
  [0, 1, 2, 3].flatMap((market) => {
    const draw = { owner, market, all: false, seconds: 60, price: 1_000n };
    return [
      { ...draw, kind: "collateral" as const, share: 200n + 100n * BigInt(owner) },
      { ...draw, kind: "borrow" as const, share: 750n + 75n * BigInt(owner) },
    ];
  }),
);

/** Steps on one chain before a fresh one is started: walks drift away from markets anybody would recognise. */
const stepsPerChain = 150;

/** Walks at random through public calls and compares everything with the contract after each. @throws a Difference. */
export async function walk(seed: number, steps: number): Promise<Coverage> {
  const coverage: Coverage = { steps: 0 };
  const drawn = fc.sample(draws, { seed, numRuns: steps });
  for (let first = 0; first < steps; first += stepsPerChain) {
    const world = await openWorld();
    try {
      for (const draw of openings) await takeStep(world, draw, coverage, "opening");
      for (const [place, draw] of drawn.slice(first, first + stepsPerChain).entries())
        await takeStep(world, draw, coverage, `seed ${seed}, step ${first + place}`);
    } finally {
      await world.stop();
    }
  }
  return coverage;
}

async function takeStep(world: World, draw: Draw, coverage: Coverage, where: string): Promise<void> {
  const owner = world.owners[draw.owner]!;
  const now = await world.read(owner);
  if (draw.kind === "price") await movePrice(world, now, draw);
  const before = draw.kind === "price" ? await world.read(owner) : now;
  const at = Number(before.body.timestamp) + draw.seconds;
  const scene = sceneOf(before, world.sourceOf(owner));
  const body = morphoBlueMargin.advance(before.body, ms(at * 1000), scene);
  const move = moveOf(world, draw, body, scene);
  if (move === undefined) return;
  const predicted = move.predict?.(body);
  await world.chain.setNextTime(at);
  const [name, args] = move.call;
  const receipt = await transact(world.chain.rpc, move.from, world.local.morpho, name, args);
  const refusal = receipt.status === "0x0" ? await refusalOf(world, move, receipt) : undefined;
  const after = await world.read(owner);
  const context = `${where}: ${move.kind} of ${owner} in market ${draw.market}`;
  if (predicted !== undefined) compare({ before: body, after: after.body, predicted, refusal, context });
  const other = world.owners[(draw.owner + 1) % world.owners.length]!;
  for (const snapshot of [after, await world.read(other)]) compareWithContract(snapshot, world, context);
  count(coverage, move, refusal, { before, after });
}

async function movePrice(world: World, snapshot: MorphoSnapshot, { market, price }: Draw): Promise<void> {
  const name = snapshot.body.markets[market]!.market;
  await world.local.setPrice(world.markets[market]!, movedPrice(snapshot, name, price));
}

const reasons = parseAbi(["error Error(string reason)", "error Panic(uint256 code)"]);

/** The contract's words, from the same call at the block in which it reverted: that block changed nothing else. */
async function refusalOf({ chain, local }: World, { call, from }: Move, { blockNumber }: Receipt): Promise<string> {
  const [functionName, args] = call;
  const data = encodeFunctionData({ abi: local.morpho.abi, functionName, args });
  try {
    await chain.rpc.request("eth_call", [{ from, to: local.morpho.address, data }, blockNumber]);
    return "no-reason";
  } catch (error) {
    if (!(error instanceof RpcError) || error.data === undefined) throw error;
    const { errorName, args: said } = decodeErrorResult({ abi: reasons, data: error.data });
    return errorName === "Error" ? said[0] : errorName;
  }
}

interface Compared {
  readonly before: MorphoBody;
  readonly after: MorphoBody;
  readonly predicted: Result<MorphoBody, Why>;
  readonly refusal: string | undefined;
  readonly context: string;
}

/** Both refuse for the same reason, or both accept and leave the same holding. */
function compare({ before, after, predicted, refusal, context }: Compared): void {
  const ours = predicted.ok ? undefined : (predicted.failure.facts["revert"] ?? predicted.failure.code);
  if (ours !== refusal)
    throw new Difference(`${context}: the contract says ${refusal ?? "yes"}, the engine ${ours ?? "yes"}`);
  const expected = predicted.ok ? predicted.value : before;
  const [left, right] = [expected, after].map((body) => canonical(comparable(body)));
  if (left !== right) throw new Difference(`${context}\n  engine   ${left}\n  contract ${right}`);
}

/** The rate follows the market's new use, so it is read again; the block's number is the chain's. */
const comparable = (body: MorphoBody): unknown => ({
  ...body,
  block: 0n,
  markets: body.markets.map((held) => ({ ...held, totals: { ...held.totals, borrowRate: 0n } })),
});

/** The totals that the contract itself adds interest to, and its own verdict on the owner, in the same block. */
function compareWithContract(snapshot: MorphoSnapshot, world: World, context: string): void {
  const event = parityOf(snapshot, holdingId("walk"), world.sourceOf(snapshot.body.owner as Hex));
  if (event.type !== "parity") throw new Error("invariant broken: parity is told as parity");
  const wrong = event.rows.filter(({ verdict }) => verdict !== "same");
  const judged = event.rows.filter(({ figure }) => figure === "liquidatable").length;
  const owing = snapshot.body.markets.filter(({ borrowShares }) => borrowShares > 0n).length;
  if (wrong.length > 0 || judged !== owing)
    throw new Difference(`${context}: parity of ${snapshot.body.owner}: ${judged} of ${owing}, ${canonical(wrong)}`);
}

function count(
  coverage: Coverage,
  move: Move,
  refusal: string | undefined,
  { before, after }: { readonly before: MorphoSnapshot; readonly after: MorphoSnapshot },
): void {
  const add = (what: string) => (coverage[what] = (coverage[what] ?? 0) + 1);
  add("steps");
  add(refusal ?? move.kind);
  const emptied = after.body.markets.some(
    ({ collateral, borrowShares }, place) =>
      collateral === 0n && borrowShares === 0n && before.body.markets[place]!.collateral > 0n,
  );
  const lost = after.body.markets.some(
    ({ totals }, place) => totals.supplyAssets < before.body.markets[place]!.totals.supplyAssets,
  );
  if (refusal === undefined && move.kind.startsWith("liquidate") && emptied && lost) add("bad debt");
}
