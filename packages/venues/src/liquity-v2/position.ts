import { type AccountKey, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type TroveNow, troveNow } from "./debt.ts";
import type { Batch, Branch, LiquityBody, Trove } from "./holding.ts";
import { troveAccount } from "./names.ts";
import type { BranchTerms, LiquityTerms } from "./terms.ts";

/** One trove with what is needed to judge it, at the holding's timestamp. */
export interface Position {
  readonly trove: Trove;
  readonly branch: Branch;
  readonly batch: Batch | undefined;
  readonly terms: BranchTerms;
  readonly now: TroveNow;
}

export const keyOf = ({ branch, id }: Trove): AccountKey => troveAccount(branch, id);

/** The trove of an account; or why there is none, or which part of the snapshot is missing. */
export function positionOf(body: LiquityBody, account: AccountKey, terms: LiquityTerms): Result<Position, Why> {
  if (body.market !== terms.market)
    return fail(
      why("liquity-v2/terms-of-another-market", { value: terms.market, next: `use the terms of ${body.market}` }),
    );
  const trove = body.troves.find((each) => keyOf(each) === account);
  if (trove === undefined)
    return fail(
      why("liquity-v2/no-such-trove", { value: account, next: `name one of ${body.troves.map(keyOf).join(", ")}` }),
    );
  const branch = body.branches.find((each) => each.branch === trove.branch);
  const of = terms.branches.find((each) => each.branch === trove.branch);
  const batch = batchOf(body, trove);
  const inBatch = trove.recorded.by === "batch";
  if (branch === undefined || of === undefined || (inBatch && batch === undefined))
    return fail(
      why("liquity-v2/snapshot-incomplete", {
        value: branch === undefined || of === undefined ? `branch ${trove.branch}` : `the batch of ${account}`,
        next: "read the trove, its branch and its batch again in one snapshot",
      }),
    );
  return ok({ trove, branch, batch, terms: of, now: troveNow(body, trove, branch, batch) });
}

const batchOf = ({ batches }: LiquityBody, { branch, recorded }: Trove): Batch | undefined =>
  recorded.by === "batch"
    ? batches.find((each) => each.manager === recorded.manager && each.branch === branch)
    : undefined;

/** The ratio that a trove must keep when it is adjusted, WAD. @source liquity/bold BorrowerOperations.sol, _requireICRisAboveMCRPlusBCR */
export const adjustableFrom = ({ batch, terms: { mcr, bcr } }: Position): bigint =>
  batch === undefined ? mcr : mcr + bcr;
