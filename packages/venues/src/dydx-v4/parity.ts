import { type ParityRow, parityRow } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, exact, ok } from "@plimsoll/core/units";
import { subaccountKey } from "./names.ts";
import { QUOTE_SCALE, usdc } from "./quantums.ts";
import type { ReadSubaccounts } from "./read-subaccounts.ts";
import { riskOf } from "./risk.ts";
import type { DydxTerms } from "./terms.ts";

/**
 * Our equity and free collateral of each subaccount beside the indexer's. The protocol cuts every position's value to a
 * millionth and rounds requirements up, which the indexer does not: a millionth a position each.
 * @returns a failure where we have no figure: a market without terms or oracle price.
 */
export function parityOf(
  { body, subaccounts }: ReadSubaccounts,
  scene: Scene<DydxTerms>,
): Result<readonly ParityRow[], Why> {
  const rows: ParityRow[] = [];
  for (const { number, equity, freeCollateral } of subaccounts) {
    const own = body.subaccounts.find((each) => each.number === number);
    const risk = own && riskOf(own, body, scene);
    if (own === undefined || risk === undefined) continue;
    if (!risk.ok) return risk;
    const { netCollateral, initial } = risk.value;
    const allowed = exact(BigInt(2 * own.positions.length + 1), QUOTE_SCALE);
    const of = subaccountKey(number);
    rows.push(parityRow({ of, figure: "equity", venue: equity, ours: usdc(netCollateral), allowed, decides: true }));
    if (initial !== undefined)
      rows.push(
        parityRow({
          of,
          figure: "free collateral",
          venue: freeCollateral,
          ours: usdc(netCollateral - initial),
          allowed,
          decides: false,
        }),
      );
  }
  return ok(rows);
}
