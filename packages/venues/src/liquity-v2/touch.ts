import { batchNow } from "./debt.ts";
import type { Batch, Branch, LiquityBody, Trove } from "./holding.ts";
import { type Position, keyOf } from "./position.ts";

/** What leaves or enters a trove, both signed; interest, fee and what was taken over are added by the touch itself. */
export interface Change {
  readonly coll: bigint;
  readonly debt: bigint;
}

/**
 * The holding after a trove was touched: its debt recorded as of now, what it took over made its own, its stake set anew.
 * @source liquity/bold TroveManager.sol, onAdjustTrove, onAdjustTroveInsideBatch, _updateStakeAndTotalStakes
 */
export function touch(body: LiquityBody, position: Position, change: Change): LiquityBody {
  const { trove, branch, now } = position;
  const coll = now.coll + change.coll;
  const debt = now.debt + change.debt;
  const stake = stakeFor(coll, branch, trove.stake);
  const { batch, recorded } = recordedAfter(body, position, debt, change.debt);
  const touched: Trove = { ...trove, coll, stake, snapshot: branch.perStake, recorded };
  return {
    ...withBranch(body, movedBranch(branch, change, stake - trove.stake)),
    troves: body.troves.map((each) => (keyOf(each) === keyOf(trove) ? touched : each)),
    batches: batch === undefined ? body.batches : body.batches.map((each) => (isSame(each, batch) ? batch : each)),
  };
}

/** The holding without a trove: closed by its owner, or by whoever liquidated it. @source TroveManager.sol, _closeTrove */
export function remove(body: LiquityBody, position: Position): LiquityBody {
  const { trove, branch, batch, now } = position;
  const change = { coll: -now.coll, debt: -now.debt };
  const troves = body.troves.filter((each) => keyOf(each) !== keyOf(trove));
  const left = { ...withBranch(body, movedBranch(branch, change, -trove.stake)), troves };
  if (batch === undefined || trove.recorded.by !== "batch") return left;
  const emptier: Batch = {
    ...batch,
    debt: batchNow(batch, branch, body.timestamp).debt - (now.debt - now.gain.debt),
    shares: batch.shares - trove.recorded.shares,
    lastUpdate: body.timestamp,
  };
  return { ...left, batches: body.batches.map((each) => (isSame(each, batch) ? emptier : each)) };
}

/** The holding with a trove's batch brought to now, as a redemption does before it looks at the trove. */
export function withBatchAccrued(body: LiquityBody, { branch, batch }: Position): LiquityBody {
  if (batch === undefined) return body;
  const accrued = { ...batch, debt: batchNow(batch, branch, body.timestamp).debt, lastUpdate: body.timestamp };
  return { ...body, batches: body.batches.map((each) => (isSame(each, batch) ? accrued : each)) };
}

export const withBranch = (body: LiquityBody, branch: Branch): LiquityBody => ({
  ...body,
  branches: body.branches.map((each) => (each.branch === branch.branch ? branch : each)),
});

const isSame = (a: Batch, b: Batch): boolean => a.manager === b.manager && a.branch === b.branch;

/** @source liquity/bold TroveManager.sol, _computeNewStake */
function stakeFor(coll: bigint, { stakes }: Branch, before: bigint): bigint {
  if (stakes === "unknown") return before;
  return stakes.collSnapshot === 0n ? coll : (coll * stakes.snapshot) / stakes.collSnapshot;
}

const movedBranch = (branch: Branch, change: Change, stake: bigint): Branch => ({
  ...branch,
  totals:
    branch.totals === "unknown"
      ? branch.totals
      : { coll: branch.totals.coll + change.coll, debt: branch.totals.debt + change.debt },
  stakes: branch.stakes === "unknown" ? branch.stakes : { ...branch.stakes, total: branch.stakes.total + stake },
});

/** A trove's debt as it is recorded afterwards: by itself, or as shares of a batch that is touched with it. */
function recordedAfter(
  body: LiquityBody,
  { trove: { recorded }, branch, batch, now }: Position,
  debt: bigint,
  change: bigint,
): { readonly recorded: Trove["recorded"]; readonly batch?: Batch } {
  if (recorded.by === "owner") return { recorded: { ...recorded, debt, lastUpdate: body.timestamp } };
  if (batch === undefined) return { recorded };
  const before = batchNow(batch, branch, body.timestamp).debt;
  const net = now.gain.debt + change;
  const moved = sharesMoved(batch, before, recorded.shares, net, debt);
  return {
    recorded: { ...recorded, shares: recorded.shares + moved },
    batch: { ...batch, debt: before + net, shares: batch.shares + moved, lastUpdate: body.timestamp },
  };
}

/**
 * Shares that a change of debt makes or takes: in proportion to the batch's debt, floored; all of a trove's where nothing is owed.
 * @source liquity/bold TroveManager.sol, _updateBatchShares
 */
function sharesMoved(batch: Batch, batchDebt: bigint, own: bigint, net: bigint, debt: bigint): bigint {
  if (net === 0n) return 0n;
  if (net > 0n) return batchDebt === 0n ? net : (batch.shares * net) / batchDebt;
  return debt === 0n ? -own : -((batch.shares * -net) / batchDebt);
}
