import { type BookEvent, type ParityRow, parityRow } from "@plimsoll/core/book";
import { type HoldingId, exact } from "@plimsoll/core/units";
import type { MorphoSource } from "./discover.ts";
import { momentOf, sceneOf } from "./events.ts";
import { morphoBlueMargin } from "./margin.ts";
import { morphoAccount } from "./names.ts";
import { type Position, positionIn } from "./position.ts";
import type { MorphoSnapshot, Verdict } from "./snapshot.ts";

/**
 * The contract's own answers beside ours, from the same block: the market's totals after it added interest, and whether it lets
 * the owner be liquidated (1) or not (0). All must be equal to the last unit. A market whose rate model does not answer has none.
 */
export function parityOf(snapshot: MorphoSnapshot, id: HoldingId, source: MorphoSource): BookEvent {
  const { body, terms } = snapshot;
  const scene = sceneOf(snapshot, source);
  const rows = body.markets.flatMap((held) => {
    const position = positionIn(body, held, terms);
    const verdict = snapshot.verdicts.get(held.market);
    if (!position.ok || verdict === undefined) return [];
    const account = morphoAccount(body.deployment, body.owner, held.market);
    const { lines } = morphoBlueMargin.assess(body, account, scene);
    const crossed = lines.find(({ name }) => name === "maintenance")?.crossed;
    return rowsOf(account, position.value, verdict, crossed);
  });
  return { type: "parity", holding: id, rows, at: momentOf(body) };
}

function rowsOf(
  of: string,
  { terms: { loan }, totals }: Position,
  { accrued, liquidatable }: Verdict,
  crossed: boolean | undefined,
): readonly ParityRow[] {
  const equal = { of, allowed: exact(0n), decides: true };
  const units = (value: bigint) => exact(value, loan.decimals);
  const judged =
    liquidatable === undefined
      ? []
      : [
          parityRow({
            ...equal,
            figure: "liquidatable",
            venue: flag(liquidatable),
            ours: crossed === undefined ? "none" : flag(crossed),
          }),
        ];
  if (accrued === undefined) return judged;
  return [
    parityRow({ ...equal, figure: "total-debt", venue: units(accrued.borrowAssets), ours: units(totals.borrowAssets) }),
    parityRow({
      ...equal,
      figure: "total-supply",
      venue: units(accrued.supplyAssets),
      ours: units(totals.supplyAssets),
    }),
    parityRow({
      ...equal,
      figure: "total-supply-shares",
      venue: exact(accrued.supplyShares),
      ours: exact(totals.supplyShares),
    }),
    ...judged,
  ];
}

const flag = (is: boolean) => exact(is ? 1n : 0n);
