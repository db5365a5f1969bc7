import { type BookEvent, type ParityRow, parityRow } from "@plimsoll/core/book";
import { type Exact, type HoldingId, exact } from "@plimsoll/core/units";
import { owedOf } from "./base-balance.ts";
import type { CometSource } from "./discover.ts";
import { momentOf, sceneOf } from "./events.ts";
import type { CometBody } from "./holding.ts";
import { accrue, storedIndices } from "./indices.ts";
import { cometAccount } from "./names.ts";
import type { CometSnapshot } from "./snapshot.ts";
import { isLiquidatable, readSolvency } from "./solvency.ts";
import { reservesOf } from "./storefront.ts";

/**
 * The contract's own answers beside ours, from the same block: debt and reserves as its views project them, the indices after it accrued,
 * and whether it would let the account be absorbed, as stored and after interest. All must be equal to the last unit.
 */
export function parityOf(snapshot: CometSnapshot, id: HoldingId, source: CometSource): BookEvent {
  const { body, terms, verdict } = snapshot;
  const scene = sceneOf(snapshot, source);
  const accrued = accrue(body, terms);
  const indices = storedIndices(accrued);
  const reserves = reservesOf(body, terms);
  const of = cometAccount(body.market, body.user);
  const units = (value: bigint) => exact(value, terms.base.decimals);
  const index = (value: bigint) => exact(value, 15);
  const row = (figure: string, venue: Exact | "none", ours: Exact | "none"): ParityRow =>
    parityRow({ of, figure, venue, ours, allowed: exact(0n), decides: true });
  // Without a price we cannot judge; the contract still can where what it looked at first was enough.
  const judged = (figure: string, venue: boolean | undefined, state: CometBody): readonly ParityRow[] => {
    const solvency = readSolvency(state, scene);
    return solvency.ok ? [row(figure, flag(venue), flag(isLiquidatable(solvency.value)))] : [];
  };
  const after = verdict.accrued;
  const rows = [
    row("debt", units(verdict.owed), units(owedOf(accrued))),
    row("reserves", units(verdict.reserves), reserves === "not-read" ? "none" : units(reserves)),
    ...judged("liquidatable-as-stored", verdict.liquidatableAsStored, body),
    ...(after === undefined
      ? []
      : [
          row("supply-index", index(after.supplyIndex), index(indices.supply)),
          row("borrow-index", index(after.borrowIndex), index(indices.borrow)),
          ...judged("liquidatable", after.liquidatable, accrued),
        ]),
  ];
  return { type: "parity", holding: id, rows, at: momentOf(body) };
}

const flag = (is: boolean | undefined): Exact | "none" => (is === undefined ? "none" : exact(is ? 1n : 0n));
