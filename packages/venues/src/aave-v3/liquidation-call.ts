import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, invariant, minOf, ok } from "@plimsoll/core/units";
import { type AccountData, accountData } from "./account-data.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { type Pair, leavesDust, liquidationAmounts } from "./liquidation-amounts.ts";
import { validateLiquidation } from "./liquidation-checks.ts";
import type { Liquidated } from "./liquidation-execution.ts";
import { type Position, readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { findReserve, refused } from "./reserve-access.ts";
import { revisionOf } from "./revision.ts";
import { isFlagged } from "./user-config.ts";

/** One `liquidationCall` of a stranger; assets by their house names, the amount in the debt asset's units. */
export interface LiquidationCall {
  readonly collateral: string;
  readonly debt: string;
  readonly debtToCover: bigint;
  readonly receiveAToken: boolean;
}

/**
 * The holding after a liquidation call, or the contract's refusal.
 * @source aave-v3-origin 3.6.0, LiquidationLogic.executeLiquidationCall
 */
export function liquidationCall(
  body: AaveBody,
  scene: Scene<AaveTerms>,
  call: LiquidationCall,
): Result<Liquidated, Why> {
  const terms = scene.terms.body;
  const read = readPair(body, scene, call);
  if (!read.ok) return read;
  const { pair, data } = read.value;
  const allowed = validateLiquidation(body, terms, pair, data);
  if (!allowed.ok) return allowed;
  const revision = revisionOf(terms);
  const { closeFactor, emptied, execute } = revision.liquidation;
  const cover = minOf(call.debtToCover, closeFactor(pair, data, terms.closeFactor, revision));
  const amounts = liquidationAmounts(pair, cover, revision);
  if (leavesDust(pair, amounts, terms.closeFactor))
    return fail(
      refused("MustNotLeaveDust", {
        covered: `${amounts.repaid}`,
        owed: `${pair.debt.owed}`,
        next: "cover all of it, or leave at least 1000 USD of debt and of collateral",
      }),
    );
  const how = { emptied: emptied(pair, amounts, data.collateral), receiveAToken: call.receiveAToken };
  return execute(body, terms, pair, amounts, how, revision);
}

/** The pair with prices, and the account's data before the call. */
function readPair(
  body: AaveBody,
  scene: Scene<AaveTerms>,
  call: LiquidationCall,
): Result<{ readonly pair: Pair; readonly data: AccountData }, Why> {
  const named = [call.collateral, call.debt].map((asset) => findReserve(body, scene.terms.body, asset));
  const unnamed = named.find(({ ok: found }) => !found);
  if (unnamed?.ok === false) return unnamed;
  const positions = readPositions(body, scene.terms.body);
  if (!positions.ok) return positions;
  const inCall = ({ terms }: Position) => terms.asset === call.collateral || terms.asset === call.debt;
  const priced = pricePositions(
    positions.value.filter((position) => isFlagged(position) || inCall(position)),
    scene,
  );
  if (!priced.ok) return priced;
  const [collateral, debt] = [call.collateral, call.debt].map((asset) =>
    priced.value.find(({ terms }) => terms.asset === asset),
  );
  invariant(collateral !== undefined && debt !== undefined, "both reserves of the call were found");
  return ok({ pair: { collateral, debt }, data: accountData(priced.value, revisionOf(scene.terms.body)) });
}
