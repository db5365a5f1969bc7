import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, exact, fail, maxOf, minOf, mulDiv, ok, text, why } from "@plimsoll/core/units";
import { WAD } from "./constants.ts";
import { incentiveFactor, maxBorrow } from "./health.ts";
import type { MorphoBody } from "./holding.ts";
import { borrowSide } from "./interest.ts";
import { type Position, positionIn, withMarket } from "./position.ts";
import { type Price, readPrice } from "./price.ts";
import { refused, tooMuch } from "./refused.ts";
import { toAssetsDown, toAssetsUp, toSharesUp } from "./shares.ts";
import type { MorphoTerms } from "./terms.ts";

/** A call of the contract's `liquidate`: exactly one of the two amounts is 0. */
export interface LiquidationCall {
  readonly market: string;
  /** Units of the collateral token. */
  readonly seizedAssets: bigint;
  readonly repaidShares: bigint;
}

/** What a call did. */
export interface Liquidated {
  readonly after: MorphoBody;
  readonly seized: bigint;
  readonly repaid: bigint;
  /** Debt that is written off and lost by the lenders, because no collateral is left. */
  readonly badDebt: bigint;
}

/**
 * What one liquidation call does now. There is no close factor: a liquidator may take all, and whoever asks for more than there
 * is, is refused.
 * @source morpho-blue 1.0.0, Morpho.liquidate
 */
export function liquidationCall(
  body: MorphoBody,
  scene: Scene<MorphoTerms>,
  call: LiquidationCall,
): Result<Liquidated, Why> {
  const held = body.markets.find(({ market }) => market === call.market);
  if (held === undefined)
    return fail(why("morpho-blue/no-such-account", { value: call.market, next: "name a market of this holding" }));
  const position = positionIn(body, held, scene.terms.body);
  if (!position.ok) return position;
  if ((call.seizedAssets === 0n) === (call.repaidShares === 0n))
    return fail(refused("inconsistent input", { market: call.market, next: "give one of the two amounts" }));
  const { terms, debt, collateral } = position.value;
  const price = readPrice(scene.terms.body, terms, scene);
  if (!price.ok) return price;
  const most = maxBorrow(collateral, price.value, terms);
  if (most >= debt)
    return fail(
      refused("position is healthy", {
        debt: text(exact(debt, terms.loan.decimals)),
        allowed: text(exact(most, terms.loan.decimals)),
        next: "liquidate a position whose debt is above what its collateral allows",
      }),
    );
  return execute(body, position.value, exchange(position.value, price.value, call));
}

interface Exchange {
  readonly seized: bigint;
  readonly shares: bigint;
}

/** Both sides of a call from the one that it names, each rounding in favour of the lenders. */
export function exchange({ terms, totals }: Position, { price, one }: Price, call: LiquidationCall): Exchange {
  const factor = incentiveFactor(terms);
  const side = borrowSide(totals);
  if (call.seizedAssets > 0n) {
    const quoted = mulDiv(call.seizedAssets, price, one, "up");
    return { seized: call.seizedAssets, shares: toSharesUp(mulDiv(quoted, WAD, factor, "up"), side) };
  }
  const value = mulDiv(toAssetsDown(call.repaidShares, side), factor, WAD, "down");
  return { seized: mulDiv(value, one, price, "down"), shares: call.repaidShares };
}

function execute(body: MorphoBody, { held, totals }: Position, { seized, shares }: Exchange): Result<Liquidated, Why> {
  if (shares > held.borrowShares || seized > held.collateral)
    return fail(
      tooMuch({
        shares: `${shares} of ${held.borrowShares}`,
        seized: `${seized} of ${held.collateral}`,
        next: "liquidate at most what is owed and supplied",
      }),
    );
  const repaid = toAssetsUp(shares, borrowSide(totals));
  const paid = {
    ...totals,
    borrowShares: totals.borrowShares - shares,
    borrowAssets: maxOf(totals.borrowAssets - repaid, 0n),
  };
  const left = {
    ...held,
    borrowShares: held.borrowShares - shares,
    collateral: held.collateral - seized,
    totals: paid,
  };
  if (left.collateral > 0n) return ok({ after: withMarket(body, left), seized, repaid, badDebt: 0n });
  const badDebt = minOf(paid.borrowAssets, toAssetsUp(left.borrowShares, borrowSide(paid)));
  const written = {
    ...paid,
    borrowShares: paid.borrowShares - left.borrowShares,
    borrowAssets: paid.borrowAssets - badDebt,
    supplyAssets: paid.supplyAssets - badDebt,
  };
  return ok({
    after: withMarket(body, { ...left, borrowShares: 0n, totals: written }),
    seized,
    repaid,
    badDebt,
  });
}
