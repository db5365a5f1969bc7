import { divide } from "@plimsoll/core/units";
import type { Hex } from "viem";
import type { Calls } from "./abi.ts";
import { type Discovered, type LiquitySource, batchOf } from "./discover.ts";
import { WAD } from "./debt.ts";
import type { Batch, PerStake, Recorded, Trove } from "./holding.ts";

/** The contract's own figures of the trove at the block. */
export interface Told {
  readonly debt: bigint;
  readonly coll: bigint;
  /** Yearly, WAD: the trove's own or its batch's. */
  readonly rate: bigint;
}

/** A trove and what its branch handed to it; undefined troves are closed. */
export interface TroveRead {
  readonly trove: Omit<Trove, "debtInFront"> | undefined;
  readonly perStake: PerStake;
  /** The manager that the trove has at this block. */
  readonly manager: Hex | undefined;
  readonly told: Told;
}

/** @source liquity/bold Types/Status (nonExistent, active, closedByOwner, closedByLiquidation, zombie) */
const statuses: Readonly<Record<number, Trove["status"]>> = { 1: "active", 4: "zombie" };

export function planTrove(batch: Calls, source: LiquitySource, known: Discovered): () => TroveRead {
  const { troveManager, collateral } = known;
  const stored = batch.add(troveManager, "Troves", source.trove);
  const snapshot = batch.add(troveManager, "rewardSnapshots", source.trove);
  const latest = batch.add(troveManager, "getLatestTroveData", source.trove);
  return () => {
    const [debt, coll, stake, state, , lastUpdate, , rate, interestBatchManager, shares] = stored();
    const [ofColl, ofDebt] = snapshot();
    const { entireDebt, entireColl, redistCollGain, redistBoldDebtGain, annualInterestRate } = latest();
    const manager = batchOf(interestBatchManager);
    const recorded: Recorded =
      manager === undefined
        ? { by: "owner", debt, rate, lastUpdate: BigInt(lastUpdate) }
        : { by: "batch", manager, shares };
    const taken = { coll: ofColl, debt: ofDebt };
    const status = statuses[state];
    return {
      trove: status && {
        ...{ id: `${source.trove}`, branch: collateral.asset, status, coll, stake, snapshot: taken, recorded },
      },
      perStake: {
        coll: ofColl + growthOf(redistCollGain, stake),
        debt: ofDebt + growthOf(redistBoldDebtGain, stake),
      },
      manager,
      told: { debt: entireDebt, coll: entireColl, rate: annualInterestRate },
    };
  };
}

/**
 * The least growth of a sum per stake that gives a trove this gain, WAD. The contract does not tell its sums, but the gain that it
 * floors from them: the least growth floors to the same.
 */
const growthOf = (gain: bigint, stake: bigint): bigint => (stake === 0n ? 0n : divide(gain * WAD, stake, "up"));

export function planBatch(
  batch: Calls,
  { troveManager, batch: manager, collateral }: Discovered,
): () => readonly Batch[] {
  if (manager === undefined) return () => [];
  const latest = batch.add(troveManager, "getLatestBatchData", manager);
  return () => {
    const { recordedDebt, lastDebtUpdateTime, annualInterestRate, annualManagementFee, totalDebtShares } = latest();
    const rates = { rate: annualInterestRate, fee: annualManagementFee, shares: totalDebtShares };
    return [{ manager, branch: collateral.asset, debt: recordedDebt, lastUpdate: lastDebtUpdateTime, ...rates }];
  };
}
