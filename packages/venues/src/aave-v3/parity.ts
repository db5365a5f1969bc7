import { type BookEvent, parityRow } from "@plimsoll/core/book";
import { type HoldingId, exact } from "@plimsoll/core/units";
import { lower } from "@plimsoll/venues/chain";
import type { AaveSource } from "./discover.ts";
import { momentOf } from "./events.ts";
import { aaveAccount } from "./names.ts";
import { ownAccountData } from "./self-check.ts";
import type { AaveSnapshot } from "./snapshot.ts";

/**
 * The six figures of `getUserAccountData` beside ours, from the same block; all must be equal to the last unit. None where either
 * side has none: a price that the account needs is missing.
 */
export function parityOf(snapshot: AaveSnapshot, id: HoldingId, source: AaveSource): readonly BookEvent[] {
  const own = ownAccountData(snapshot, source);
  const { venue, terms, body } = snapshot;
  if (!own.ok || venue === undefined) return [];
  const ours = own.value;
  const of = aaveAccount(terms.market, lower(source.user));
  const base = terms.baseDecimals;
  const row = (figure: string, theirs: bigint, mine: bigint, scale: number) =>
    parityRow({ of, figure, venue: exact(theirs, scale), ours: exact(mine, scale), allowed: exact(0n), decides: true });
  const rows = [
    row("collateral", venue.collateral, ours.collateral, base),
    row("debt", venue.debt, ours.debt, base),
    row("available-borrows", venue.availableBorrows, ours.availableBorrows, base),
    row("liquidation-threshold", venue.liquidationThreshold, ours.liquidationThreshold, 4),
    row("ltv", venue.ltv, ours.ltv, 4),
    row("health-factor", venue.health, ours.health, 18),
  ];
  return [{ type: "parity", holding: id, rows, at: momentOf(body) }];
}
