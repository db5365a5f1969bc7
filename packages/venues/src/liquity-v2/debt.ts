import { maxOf } from "@plimsoll/core/units";
import type { Batch, Branch, LiquityBody, Trove } from "./holding.ts";

export const WAD = 10n ** 18n;
/** 365 days. */
export const YEAR = 31_536_000n;

/**
 * Simple interest on a recorded debt: floored by the year, then by the WAD.
 * @source liquity/bold LiquityBase.sol, _calcInterest
 */
const interestOn = (debt: bigint, rate: bigint, seconds: bigint): bigint => (debt * rate * seconds) / YEAR / WAD;

/** Seconds for which interest runs: up to the branch's shutdown, if there was one. @source TroveManager.sol, _getInterestPeriod */
function secondsSince(lastUpdate: bigint, { shutdownTime }: Branch, timestamp: bigint): bigint {
  return maxOf(0n, (shutdownTime === 0n ? timestamp : shutdownTime) - lastUpdate);
}

/** A batch brought to a moment: what was recorded, and what interest and management fee added. */
export interface BatchNow {
  readonly interest: bigint;
  readonly fee: bigint;
  readonly debt: bigint;
}

/** @source liquity/bold TroveManager.sol, _getLatestBatchData */
export function batchNow(batch: Batch, branch: Branch, timestamp: bigint): BatchNow {
  const seconds = secondsSince(batch.lastUpdate, branch, timestamp);
  const interest = interestOn(batch.debt, batch.rate, seconds);
  const fee = interestOn(batch.debt, batch.fee, seconds);
  return { interest, fee, debt: batch.debt + interest + fee };
}

/** A trove brought to a moment: recorded debt, what interest, fee and liquidations of others added, and their sums. */
export interface TroveNow {
  readonly recorded: bigint;
  readonly interest: bigint;
  readonly fee: bigint;
  readonly gain: { readonly coll: bigint; readonly debt: bigint };
  readonly debt: bigint;
  readonly coll: bigint;
  /** Yearly, WAD: interest, without a manager's fee. */
  readonly rate: bigint;
  /** What recorded debt grows by in a year, WAD: interest and fee. */
  readonly growth: bigint;
}

/** @source liquity/bold TroveManager.sol, _getLatestTroveData, _getLatestTroveDataFromBatch */
export function troveNow(body: LiquityBody, trove: Trove, branch: Branch, batch: Batch | undefined): TroveNow {
  const gain = {
    coll: (trove.stake * (branch.perStake.coll - trove.snapshot.coll)) / WAD,
    debt: (trove.stake * (branch.perStake.debt - trove.snapshot.debt)) / WAD,
  };
  const own = batch === undefined ? ofOwner(body, trove, branch) : ofBatch(body, trove, branch, batch);
  const debt = own.recorded + gain.debt + own.interest + own.fee;
  return { ...own, gain, debt, coll: trove.coll + gain.coll };
}

function ofOwner({ timestamp }: LiquityBody, { recorded }: Trove, branch: Branch) {
  if (recorded.by !== "owner") return { recorded: 0n, interest: 0n, fee: 0n, rate: 0n, growth: 0n };
  const { debt, rate, lastUpdate } = recorded;
  const interest = interestOn(debt, rate, secondsSince(lastUpdate, branch, timestamp));
  return { recorded: debt, interest, fee: 0n, rate, growth: rate };
}

function ofBatch({ timestamp }: LiquityBody, { recorded }: Trove, branch: Branch, batch: Batch) {
  const { rate, fee, shares: all } = batch;
  const shares = recorded.by === "batch" ? recorded.shares : 0n;
  const part = (amount: bigint) => (all === 0n ? 0n : (amount * shares) / all);
  const now = batchNow(batch, branch, timestamp);
  return { recorded: part(batch.debt), interest: part(now.interest), fee: part(now.fee), rate, growth: rate + fee };
}
