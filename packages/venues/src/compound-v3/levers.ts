import type { Lever, Scene } from "@plimsoll/core/margin";
import { assetId, exact, minOf } from "@plimsoll/core/units";
import { type Collateral, type Token, readCollateral } from "./asset-access.ts";
import { owedOf } from "./base-balance.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import type { CometTerms } from "./terms.ts";
import { payable } from "./wallet.ts";

/**
 * Ways to bring the account further from its lines: repay the debt, supply collateral that counts up to the market's cap, within what the
 * payer's wallet holds, and what it allows where that limits; where these were not read, repay only. Empty where supplying is paused: repaying is supplying.
 */
export function leversComet(body: CometBody, { terms: { body: terms } }: Scene<CometTerms>): readonly Lever[] {
  const collateral = readCollateral(body, terms);
  if (!collateral.ok || terms.paused.supply) return [];
  const owed = owedOf(accrue(body, terms));
  const funds = payable(body.funds);
  const repaid = funds === "unknown" ? owed : minOf(funds, owed);
  return [
    ...(repaid > 0n ? [leverOf("repay", terms.base, repaid)] : []),
    ...collateral.value.flatMap((each) => {
      const most = suppliable(each);
      return most > 0n ? [leverOf("supply", each.terms, most)] : [];
    }),
  ];
}

/** What of the payer's collateral the market would take now. */
function suppliable({ held, terms }: Collateral): bigint {
  const funds = payable(held.funds);
  if (funds === "unknown" || terms.liquidateFactor === 0n) return 0n;
  return held.supplied === "unknown" ? funds : minOf(funds, terms.supplyCap - held.supplied);
}

function leverOf(use: "supply" | "repay", { asset, decimals }: Token, most: bigint): Lever {
  return {
    use,
    on: asset,
    step: exact(1n, decimals),
    most: exact(most, decimals),
    act: (amount) => ({ do: use, asset: assetId(asset), amount }),
  };
}
