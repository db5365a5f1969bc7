import { type Result, type Why, exact, fail, maxOf, minOf, ok, text } from "@plimsoll/core/units";
import { WAD } from "./debt.ts";
import type { Branch, LiquityBody } from "./holding.ts";
import type { Position } from "./position.ts";
import { isBelow, ratioOf } from "./prices.ts";
import { refused } from "./refused.ts";
import type { LiquityTerms } from "./terms.ts";
import { remove, withBranch } from "./touch.ts";

/** Where a liquidated trove's debt and collateral go; the collateral's parts add up to all of it. */
export interface Shares {
  readonly offset: { readonly debt: bigint; readonly coll: bigint };
  readonly redistributed: { readonly debt: bigint; readonly coll: bigint };
  /** To whoever liquidates, out of the collateral. */
  readonly gas: bigint;
  /** To be claimed by the owner. */
  readonly surplus: bigint;
}

/**
 * The parts of a liquidation: against the stability pool as far as it reaches, the rest taken over by other troves, each with
 * its penalty.
 * @param pool deposits that may be used.
 * @source liquity/bold TroveManager.sol, _getOffsetAndRedistributionVals, _getCollPenaltyAndSurplus, _getCollGasCompensation
 */
export function sharesOf({ now, terms }: Position, pool: bigint, price: bigint, { gas }: LiquityTerms): Shares {
  const seize = (coll: bigint, debt: bigint, penalty: bigint) => minOf(coll, (debt * (WAD + penalty)) / price);
  const offsetDebt = minOf(now.debt, pool);
  const portion = offsetDebt === 0n ? 0n : (now.coll * offsetDebt) / now.debt;
  const toCaller = minOf(portion / gas.divisor, gas.cap);
  const toPool = offsetDebt === 0n ? 0n : seize(portion - toCaller, offsetDebt, terms.poolPenalty);
  const afterPool = portion - toCaller - toPool;
  const debtLeft = now.debt - offsetDebt;
  const others = now.coll - portion;
  // what the pool's penalty left over can be eaten up by the other troves' penalty
  const toOthers = debtLeft > 0n && others > 0n ? seize(others + afterPool, debtLeft, terms.redistributionPenalty) : 0n;
  return {
    offset: { debt: offsetDebt, coll: toPool },
    redistributed: { debt: debtLeft, coll: toOthers },
    gas: toCaller,
    surplus: now.coll - toCaller - toPool - toOthers,
  };
}

/** Deposits that a liquidation may use; none where the pool was not read, which leaves the owner worst. */
const usable = ({ pool }: Branch, { poolKeeps }: LiquityTerms): bigint =>
  pool === "unknown" ? 0n : maxOf(0n, pool - poolKeeps);

/**
 * The holding after anybody liquidates a trove, always the whole of it.
 * @returns why not: its ratio is not below the least one.
 */
export function liquidateTrove(
  body: LiquityBody,
  position: Position,
  price: bigint,
  terms: LiquityTerms,
): Result<{ readonly after: LiquityBody; readonly shares: Shares }, Why> {
  const { trove, branch, now } = position;
  const ratio = ratioOf(now.coll, now.debt, price);
  if (!isBelow(ratio, position.terms.mcr))
    return fail(
      refused("NothingToLiquidate", {
        trove: trove.id,
        ratio: ratio === "no-debt" ? ratio : text(exact(ratio, 18)),
        least: text(exact(position.terms.mcr, 18)),
        next: "nothing: the trove is safe at this price",
      }),
    );
  const shares = sharesOf(position, usable(branch, terms), price, terms);
  const removed = remove(body, position);
  const left = removed.branches.find((each) => each.branch === branch.branch) ?? branch;
  const after = withBranch(removed, branchAfter(left, shares));
  return ok({ after: withSurplus(after, trove.branch, shares.surplus), shares });
}

/**
 * The branch after a liquidation: what others took over comes back into its totals, and counts for every stake that is left.
 * @source liquity/bold TroveManager.sol, _redistributeDebtAndColl (without the error it carries over), _updateSystemSnapshots_excludeCollRemainder
 */
function branchAfter(branch: Branch, { offset, redistributed }: Shares): Branch {
  const { totals, stakes, pool, perStake } = branch;
  const each = (amount: bigint) => (stakes === "unknown" || stakes.total === 0n ? 0n : (amount * WAD) / stakes.total);
  const after =
    totals === "unknown" ? totals : { coll: totals.coll + redistributed.coll, debt: totals.debt + redistributed.debt };
  return {
    ...branch,
    totals: after,
    pool: pool === "unknown" ? pool : pool - offset.debt,
    perStake: { coll: perStake.coll + each(redistributed.coll), debt: perStake.debt + each(redistributed.debt) },
    stakes:
      stakes === "unknown" || after === "unknown"
        ? "unknown"
        : { total: stakes.total, snapshot: stakes.total, collSnapshot: after.coll },
  };
}

function withSurplus(body: LiquityBody, asset: string, units: bigint): LiquityBody {
  if (units === 0n) return body;
  const before = body.surplus.find((each) => each.asset === asset)?.units ?? 0n;
  return {
    ...body,
    surplus: [...body.surplus.filter((each) => each.asset !== asset), { asset, units: before + units }],
  };
}
