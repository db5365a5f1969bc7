import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Counts, categoryOf, countsFor, pricedAs } from "./e-mode.ts";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms, EModeTerms, ReserveTerms } from "./terms.ts";
import { type Indices, indicesAt } from "./indices.ts";
import { type Revision, revisionOf } from "./revision.ts";
import { borrows, usesAsCollateral } from "./user-config.ts";

/** One reserve of an account at the holding's moment. Amounts in the asset's smallest units. */
export interface Position {
  readonly held: ReserveHeld;
  readonly terms: ReserveTerms;
  readonly counts: Counts;
  /** Whose oracle price counts: the asset, or the price source of the user's e-mode. */
  readonly pricedAs: string;
  readonly indices: Indices;
  readonly supplied: bigint;
  readonly owed: bigint;
  readonly isCollateral: boolean;
  readonly isBorrowed: boolean;
}

/** Interest is most of the work, and assessing, compiling and acting ask for the same body under the same terms. */
const read = new WeakMap<
  AaveBody,
  { readonly under: AaveTerms; readonly positions: Result<readonly Position[], Why> }
>();

/**
 * All reserves of a holding with balances projected to its timestamp, ascending by id; computed once for a body and its terms.
 * @returns why not, where the terms are another market's, or lack a reserve that the account holds or names.
 */
export function readPositions(body: AaveBody, terms: AaveTerms): Result<readonly Position[], Why> {
  const before = read.get(body);
  if (before?.under === terms) return before.positions;
  const positions = computePositions(body, terms);
  read.set(body, { under: terms, positions });
  return positions;
}

function computePositions(body: AaveBody, terms: AaveTerms): Result<readonly Position[], Why> {
  if (body.market !== terms.market)
    return fail(
      why("aave-v3/terms-of-another-market", { value: terms.market, next: `use the terms of ${body.market}` }),
    );
  const category = categoryOf(terms, body.eMode);
  const positions: Position[] = [];
  for (const held of body.reserves) {
    const reserve = terms.reserves.find(({ id }) => id === held.id);
    if (reserve === undefined) return fail(missing("the terms", held.id));
    positions.push(positionOf(body, held, reserve, category, revisionOf(terms)));
  }
  for (let id = 0; body.config >> (2n * BigInt(id)) !== 0n; id++) {
    const flagged = borrows(body.config, id) || usesAsCollateral(body.config, id);
    if (flagged && !positions.some(({ held }) => held.id === id)) return fail(missing("the holding", id));
  }
  return ok(positions);
}

function positionOf(
  body: AaveBody,
  held: ReserveHeld,
  terms: ReserveTerms,
  category: EModeTerms | undefined,
  revision: Revision,
): Position {
  const indices = indicesAt(held.pool, body.timestamp, revision);
  return {
    held,
    terms,
    counts: countsFor(terms, category),
    pricedAs: pricedAs(terms, category),
    indices,
    supplied: revision.tokens.supplyOf(held.scaledSupply, indices.supply),
    owed: revision.tokens.debtOf(held.scaledDebt, indices.debt),
    isCollateral:
      usesAsCollateral(body.config, held.id) && !(revision.needsThreshold && terms.liquidationThreshold === 0n),
    isBorrowed: borrows(body.config, held.id),
  };
}

const missing = (where: string, id: number): Why =>
  why("aave-v3/reserve-missing", {
    value: `reserve ${id} is not in ${where}`,
    next: "read the pool and the account again in one snapshot",
  });
