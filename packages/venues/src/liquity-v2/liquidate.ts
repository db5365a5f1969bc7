import type { Scene, Step } from "@plimsoll/core/margin";
import { type AccountKey, assetId, brief, exact } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";
import { liquidateTrove } from "./liquidation.ts";
import { positionOf } from "./position.ts";
import { priceOf } from "./prices.ts";
import type { LiquityTerms } from "./terms.ts";

/**
 * What anybody could do to the trove now: one step, the whole of it, as the contracts decide. A stability pool that was not read
 * is taken as empty, which costs the owner most.
 * @returns no step for a safe trove or an unknown price.
 */
export function liquidateLiquity(
  body: LiquityBody,
  account: AccountKey,
  scene: Scene<LiquityTerms>,
): readonly Step<LiquityBody>[] {
  const terms = scene.terms.body;
  const position = positionOf(body, account, terms);
  const price = position.ok ? priceOf(position.value.trove.branch, scene) : position;
  if (!position.ok || !price.ok) return [];
  const done = liquidateTrove(body, position.value, price.value.wad, terms);
  if (!done.ok) return [];
  const { trove, branch } = position.value;
  const { offset, redistributed, gas, surplus } = done.value.shares;
  const asset = assetId(trove.branch);
  const coll = (units: bigint) => ({ asset, amount: exact(units, 18) });
  const short = (units: bigint) => brief(exact(units, 18));
  const pool = branch.pool === "unknown" ? " (the stability pool was not read and is taken as empty)" : "";
  return [
    {
      what: `${short(offset.debt)} ${terms.stable} paid by the stability pool, ${short(redistributed.debt)} taken over by other troves${pool}; ${short(surplus)} ${trove.branch} can be claimed`,
      after: done.value.after,
      taken: [coll(offset.coll + redistributed.coll + gas)],
      fee: [
        ...(gas === 0n ? [] : [coll(gas)]),
        { asset: assetId(terms.gas.asset), amount: exact(terms.gas.deposit, 18) },
      ],
      badDebt: [],
    },
  ];
}
