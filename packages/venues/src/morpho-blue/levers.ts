import type { Lever, Scene } from "@plimsoll/core/margin";
import { type AccountKey, assetId, exact, minOf } from "@plimsoll/core/units";
import type { MorphoBody } from "./holding.ts";
import { readPosition } from "./position.ts";
import type { MorphoTerms, TokenTerms } from "./terms.ts";
import { fundsOf } from "./wallet.ts";

/**
 * Ways to bring one market position further from its line: repay its debt, add its collateral, within what the payer's wallet
 * holds; where that was not read, repay only. Nothing pauses a market. Empty where the snapshot is incomplete.
 */
export function leversMorpho(body: MorphoBody, account: AccountKey, scene: Scene<MorphoTerms>): readonly Lever[] {
  const position = readPosition(body, account, scene.terms.body);
  if (!position.ok || position.value.debt === 0n) return [];
  const { terms, debt } = position.value;
  const [loans, collateral] = [fundsOf(body, terms.loan), fundsOf(body, terms.collateral)];
  const payable = loans === "unknown" ? debt : minOf(loans, debt);
  return [
    ...(payable > 0n ? [leverOf("repay", terms.loan, payable, account)] : []),
    ...(collateral !== "unknown" && collateral > 0n ? [leverOf("supply", terms.collateral, collateral, account)] : []),
  ];
}

const leverOf = (
  use: "repay" | "supply",
  { asset, decimals }: TokenTerms,
  most: bigint,
  account: AccountKey,
): Lever => ({
  use,
  on: asset,
  step: exact(1n, decimals),
  most: exact(most, decimals),
  act: (amount) => ({ do: use, asset: assetId(asset), amount, account }),
});
