import { type Result, type Why, ok, pow10 } from "@plimsoll/core/units";
import {
  type AaveBody,
  type AaveTerms,
  collateralIds,
  indicesAt,
  revisionOf,
  settleReserve,
  touchReserve,
  withBorrowing,
  withPool,
} from "./room.ts";

/**
 * What a borrow that goes through leaves behind. The engine offers no borrowing: this joins its parts (indices, rates) with the
 * two lines of arithmetic that only a borrow has.
 * @source aave-v3-origin 3.6.0, BorrowLogic.executeBorrow, VariableDebtToken.mint
 */
export function expectedBorrow(body: AaveBody, terms: AaveTerms, asset: string, amount: bigint): Result<AaveBody, Why> {
  const reserve = terms.reserves.find((each) => each.asset === asset);
  const held = body.reserves.find(({ id }) => id === reserve?.id);
  if (reserve === undefined || held === undefined) throw new Error("invariant broken: an unlisted asset");
  const revision = revisionOf(terms);
  const touched = touchReserve(held, reserve, body.timestamp, revision);
  const index = indicesAt(touched.pool, body.timestamp, revision).debt;
  const scaled = revision.tokens.scaledToMintDebt(amount, index);
  const minted = {
    ...withPool(touched, (pool) => ({ scaledDebt: pool.scaledDebt + scaled })),
    scaledDebt: touched.scaledDebt + scaled,
  };
  const settled = settleReserve(minted, reserve, { taken: amount }, revision);
  if (!settled.ok) return settled;
  const paid = {
    ...settled.value,
    wallet: settled.value.wallet === "unknown" ? ("unknown" as const) : settled.value.wallet + amount,
  };
  const isolated = terms.reserves.find(
    ({ id, debtCeiling }) => debtCeiling > 0n && collateralIds(body.config).join() === `${id}`,
  );
  const counted = isolated === undefined ? 0n : amount / pow10(reserve.decimals - 2);
  return ok({
    ...body,
    config: withBorrowing(body.config, reserve.id, true),
    reserves: body.reserves
      .map((each) => (each.id === reserve.id ? paid : each))
      .map((each) =>
        each.id === isolated?.id ? withPool(each, (pool) => ({ isolationDebt: pool.isolationDebt + counted })) : each,
      ),
  });
}
