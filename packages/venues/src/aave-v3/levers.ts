import type { Lever, Scene } from "@plimsoll/core/margin";
import { assetId, exact, minOf } from "@plimsoll/core/units";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { type Position, readPositions } from "./position.ts";
import { roomUnderCap } from "./supply.ts";

/**
 * Ways to bring the account further from its lines: repay each debt, supply more of each collateral (not where it is frozen or
 * at its cap), within what the payer's wallet and its allowance to the pool hold; where these were not read, repay only. Empty where the snapshot is incomplete.
 */
export function leversAave(body: AaveBody, scene: Scene<AaveTerms>): readonly Lever[] {
  const positions = readPositions(body, scene.terms.body);
  if (!positions.ok) return [];
  return positions.value.flatMap((position) => {
    const { terms, owed, isBorrowed, isCollateral } = position;
    if (!terms.active || terms.paused) return [];
    const funds = fundsOf(position);
    const payable = funds === "unknown" || funds > owed ? owed : funds;
    const repays = isBorrowed && payable > 0n ? [leverOf("repay", position, payable)] : [];
    const room = roomUnderCap(body, scene.terms.body, position);
    const most = funds === "unknown" || room === "no-cap" ? funds : minOf(funds, room);
    const canSupply = isCollateral && !terms.frozen && most !== "unknown" && most > 0n;
    return canSupply ? [...repays, leverOf("supply", position, most)] : repays;
  });
}

/** What the payer can put in; "unknown" where neither was read. */
export function fundsOf({ held: { wallet, allowance } }: Position): bigint | "unknown" {
  if (wallet === "unknown" || allowance === "unknown") return wallet === "unknown" ? allowance : wallet;
  return wallet < allowance ? wallet : allowance;
}

function leverOf(use: "supply" | "repay", { terms }: Position, most: bigint): Lever {
  return {
    use,
    on: terms.asset,
    step: exact(1n, terms.decimals),
    most: exact(most, terms.decimals),
    act: (amount) => ({ do: use, asset: assetId(terms.asset), amount }),
  };
}
