import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { aggregateOf, checkChain, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { type Calls, branchAbi } from "./abi.ts";
import type { Discovered, LiquitySource } from "./discover.ts";
import type { Balance, Branch, LiquityBody } from "./holding.ts";
import { readLiquityBody } from "./read-holding.ts";
import { readAfter } from "./snapshot-after.ts";
import { planTerms } from "./snapshot-terms.ts";
import { type Told, planBatch, planTrove } from "./snapshot-trove.ts";
import type { LiquityTerms } from "./terms.ts";

/** The trove joined or left a batch since it was discovered. */
export const outdated = "liquity-v2/batch-changed";

/** Everything about one trove and its branch at one block. */
export interface LiquitySnapshot {
  readonly body: LiquityBody;
  readonly terms: LiquityTerms;
  /** Dollars as a WAD; undefined where the feed answers none, or reports that its oracle failed. */
  readonly price: bigint | undefined;
  /** The contract's own figures; the ratio is undefined where it was not asked. */
  readonly told: Told & { readonly ratio: bigint | undefined };
  /** Hash of the block before: what a caller that knows the block compares. */
  readonly parentHash: Hex;
}

/** Reads all in one call at one block, the price last because asking for it may change the branch; then what needs the price. */
export async function readSnapshot(
  client: PublicClient,
  source: LiquitySource,
  known: Discovered,
  constants: LiquityTerms,
  blockNumber?: bigint,
): Promise<Result<LiquitySnapshot, Why>> {
  const calls = aggregateOf(branchAbi);
  const at = calls.block(source);
  const terms = planTerms(calls, source, known, constants);
  const [trove, batches] = [planTrove(calls, source, known), planBatch(calls, known)];
  const [branch, wallet] = [planBranch(calls, known), planWallet(calls, source, known)];
  const surplus = calls.add(known.surplusPool, "getCollateral", source.user);
  const feed = calls.maybe(known.priceFeed, "fetchPrice");
  const read = await calls.run(client, source, blockNumber);
  if (!read.ok) return read;
  const block = at();
  const chain = checkChain(source.chainId, block.chainId, "the chain's own answer");
  if (!chain.ok) return chain;
  const set = terms();
  if (!set.ok) return set;
  const own = trove();
  if (own.manager !== known.batch) return fail(batchChanged(source));
  const price = priceOf(feed());
  const after = await readAfter(client, source, known, { price, rate: own.told.rate, block });
  if (!after.ok) return after;
  const { ratio, debtInFront } = after.value;
  const front = own.trove?.status === "active" ? debtInFront : "unknown";
  const body = readLiquityBody({
    ...{ market: source.market, owner: lower(source.user), block: block.number, timestamp: block.timestamp },
    branches: [{ ...branch(), perStake: own.perStake }],
    batches: batches(),
    troves: own.trove === undefined ? [] : [{ ...own.trove, debtInFront: front }],
    surplus: [{ asset: known.collateral.asset, units: surplus() }],
    wallet: wallet(),
  });
  if (!body.ok) return body;
  const { parentHash } = block;
  return ok({ body: body.value, terms: set.value, price, told: { ...own.told, ratio }, parentHash });
}

function planBranch(calls: Calls, { troveManager, stabilityPool, collateral }: Discovered) {
  const [coll, debt] = [calls.add(troveManager, "getEntireBranchColl"), calls.add(troveManager, "getEntireBranchDebt")];
  const [shutdown, pool] = [calls.add(troveManager, "shutdownTime"), calls.add(stabilityPool, "getTotalBoldDeposits")];
  return (): Omit<Branch, "perStake"> => ({
    branch: collateral.asset,
    totals: { coll: coll(), debt: debt() },
    pool: pool(),
    shutdownTime: shutdown(),
    stakes: "unknown",
  });
}

function planWallet(calls: Calls, source: LiquitySource, { collateral, stable, gas }: Discovered) {
  const tokens = [...new Set([collateral, stable, gas])].map(({ address, asset }) => {
    const units = calls.add(address, "balanceOf", source.payer ?? source.user);
    return () => ({ asset, units: units() });
  });
  return (): readonly Balance[] => tokens.map((token) => token());
}

const priceOf = (answer: readonly [bigint, boolean] | undefined): bigint | undefined =>
  answer === undefined || answer[1] || answer[0] === 0n ? undefined : answer[0];

const batchChanged = ({ trove }: LiquitySource): Why =>
  why(outdated, { value: `${trove}`, next: "read who sets the trove's rate again" });
