import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, maxOf, ok, why } from "@plimsoll/core/units";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import { indicesAt } from "./indices.ts";
import { type Revision, revisionOf } from "./revision.ts";
import type { AaveTerms, ReserveTerms } from "./terms.ts";

/**
 * The holding as if every reserve that is owed to were lent out whole: from this moment on its debts pay base + slope1 + slope2.
 * What the account earns stays as it is.
 * @returns why not: a reserve of a debt was not read, or is not in the terms.
 * @source README.md, rate strategy: the borrow rate never falls as usage rises, and usage ends at 1.
 */
export function atWorstRatesAave(body: AaveBody, { terms }: Scene<AaveTerms>): Result<AaveBody, Why> {
  const revision = revisionOf(terms.body);
  const reserves: ReserveHeld[] = [];
  for (const held of body.reserves) {
    const reserve = terms.body.reserves.find(({ id }) => id === held.id);
    const worst = held.scaledDebt === 0n ? ok(held) : lentOut(held, reserve, revision, body.timestamp);
    if (!worst.ok) return worst;
    reserves.push(worst.value);
  }
  return ok({ ...body, reserves });
}

function lentOut(
  held: ReserveHeld,
  reserve: ReserveTerms | undefined,
  revision: Revision,
  timestamp: bigint,
): Result<ReserveHeld, Why> {
  const { id, pool } = held;
  if (pool === "not-read" || reserve === undefined)
    return fail(
      why("aave-v3/rates-not-read", { reserve: reserve?.asset ?? `${id}`, next: "read the account from the chain" }),
    );
  const { supply, debt } = indicesAt(pool, timestamp, revision);
  const { borrow } = revision.rates({ debt: 1n, available: 0n, deficit: 0n }, reserve);
  const touched = { liquidityIndex: supply, variableBorrowIndex: debt, lastUpdate: timestamp };
  return ok({ ...held, pool: { ...pool, ...touched, variableBorrowRate: maxOf(borrow, pool.variableBorrowRate) } });
}
