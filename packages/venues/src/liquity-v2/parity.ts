import { type BookEvent, parityRow } from "@plimsoll/core/book";
import { type HoldingId, exact } from "@plimsoll/core/units";
import { momentOf } from "./events.ts";
import { keyOf, positionOf } from "./position.ts";
import { ratioOf } from "./prices.ts";
import type { LiquitySnapshot } from "./snapshot.ts";

/**
 * The contract's debt, collateral and ratio of the trove beside ours, from the same block: equal to the last unit. Where there is no
 * debt or no price it has no ratio to compare.
 */
export function parityOf({ body, terms, price, told }: LiquitySnapshot, id: HoldingId): BookEvent {
  const at = momentOf(body);
  const [trove] = body.troves;
  const position = trove && positionOf(body, keyOf(trove), terms);
  if (trove === undefined || !position?.ok) return { type: "parity", holding: id, rows: [], at };
  const { now } = position.value;
  const row = (figure: string, venue: bigint, ours: bigint) =>
    parityRow({
      ...{ of: keyOf(trove), figure, venue: exact(venue, 18), ours: exact(ours, 18) },
      ...{ allowed: exact(0n), decides: true },
    });
  const ratio = price === undefined ? "no-debt" : ratioOf(now.coll, now.debt, price);
  const rows = [row("debt", told.debt, now.debt), row("collateral", told.coll, now.coll)];
  const compared = ratio === "no-debt" || told.ratio === undefined ? [] : [row("ratio", told.ratio, ratio)];
  return { type: "parity", holding: id, rows: [...rows, ...compared], at };
}
