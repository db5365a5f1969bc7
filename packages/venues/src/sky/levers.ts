import type { Lever, Scene } from "@plimsoll/core/margin";
import { type AccountKey, assetId, exact, minOf } from "@plimsoll/core/units";
import { hourOfInterest, wholeDebt } from "./frob.ts";
import type { SkyBody } from "./holding.ts";
import { type Position, positionOf } from "./position.ts";
import { mostLeavingDust } from "./repayable.ts";
import type { SkyTerms } from "./terms.ts";
import { walletOf } from "./wallet.ts";

/**
 * Ways to bring a vault further from its line, within what the wallet holds: repay a part that leaves at least the least debt,
 * repay all of it (two levers, since what lies between is refused), supply more collateral. Where the wallet was not read: repay only.
 */
export function leversSky(body: SkyBody, account: AccountKey, scene: Scene<SkyTerms>): readonly Lever[] {
  const opened = positionOf(body, account, scene.terms.body);
  if (!opened.ok || opened.value.debt === 0n) return [];
  const position = opened.value;
  return [...repays(body, account, position, scene.terms.body), ...supplies(body, account, position)];
}

function repays(body: SkyBody, account: AccountKey, position: Position, { stable }: SkyTerms): readonly Lever[] {
  const funds = walletOf(body, stable);
  const whole = wholeDebt(position);
  const within = (most: bigint) => (funds === "unknown" ? most : minOf(most, funds));
  const part = within(minOf(mostLeavingDust(position), whole));
  const lever = (step: bigint, most: bigint): Lever => ({
    use: "repay",
    on: stable,
    step: exact(step, 18),
    most: exact(most, 18),
    // normalised debt is fixed when a message is made, by the rate of then
    tolerance: exact(hourOfInterest(position), 18),
    act: (amount) => ({ do: "repay", asset: assetId(stable), amount, account }),
  });
  return [...(part > 0n ? [lever(1n, part)] : []), ...(within(whole) === whole ? [lever(whole, whole)] : [])];
}

/** None where the debt is below the least: then the core refuses every change but repaying all. */
function supplies(body: SkyBody, account: AccountKey, { terms, debt }: Position): readonly Lever[] {
  const funds = walletOf(body, terms.asset);
  if (funds === "unknown" || funds === 0n || debt < terms.dust) return [];
  return [
    {
      use: "supply",
      on: terms.asset,
      step: exact(1n, terms.decimals),
      most: exact(funds, terms.decimals),
      act: (amount) => ({ do: "supply", asset: assetId(terms.asset), amount, account }),
    },
  ];
}
