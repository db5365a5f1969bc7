import type { Market, Repayable, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Why,
  assetId,
  divide,
  exact,
  known,
  maxOf,
  minOf,
  multiply,
  none,
  rescale,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";
import { isAdjustable } from "./levers.ts";
import { modeOf } from "./mode.ts";
import { type Position, adjustableFrom, positionOf } from "./position.ts";
import { priceOf } from "./prices.ts";
import type { LiquityTerms } from "./terms.ts";
import { walletOf } from "./wallet.ts";

type Most = Pick<Repayable, "most" | "limit">;

/** The most that can be repaid of a trove now: from the wallet, and by selling collateral that may be taken out. */
export function repayableLiquity(
  body: LiquityBody,
  account: AccountKey,
  scene: Scene<LiquityTerms>,
  market: Market,
): readonly Repayable[] {
  const opened = positionOf(body, account, scene.terms.body);
  if (!opened.ok || opened.value.now.debt === 0n) return [];
  const debt = assetId(scene.terms.body.stable);
  return [
    { debt, route: "wallet", ...fromWallet(body, opened.value, scene) },
    { debt, route: "own-supply", ...shut("nothing-supplied", "a trove holds none of what it owes") },
    { debt, route: "sell-collateral", ...bySelling(opened.value, scene, market) },
  ];
}

const shut = (code: string, limit: string): Most => ({
  most: none(why(`liquity-v2/${code}`, { next: "use another route" })),
  limit,
});
const unsaid = (reason: Why, limit: string): Most => ({ most: unknown(reason), limit });

/** All where it reaches, which closes the trove; else the part that leaves the least debt; else none. */
function payable(position: Position, funds: bigint, scene: Scene<LiquityTerms>, limit: string): Most {
  const { debt } = position.now;
  const amount = (most: bigint, by: string): Most => ({ most: known(exact(most, 18), scene.now), limit: by });
  if (funds >= debt) return amount(debt, "the debt");
  if (!isAdjustable(position))
    return shut("only-closing", "only the whole debt is taken: a zombie, or a branch shut down");
  const part = debt - scene.terms.body.minDebt;
  const most = minOf(funds, part);
  if (most > 0n) return amount(most, most === part ? "the least debt that must stay" : limit);
  return funds === 0n
    ? shut("nothing-to-pay-with", limit)
    : shut("debt-too-small-for-a-part", "the least debt that must stay");
}

function fromWallet(body: LiquityBody, position: Position, scene: Scene<LiquityTerms>): Most {
  const { stable } = scene.terms.body;
  const funds = walletOf(body, stable);
  const limit = `${stable} in the wallet`;
  if (funds === "unknown") return unsaid(why("liquity-v2/wallet-not-read", { next: "read the wallet" }), limit);
  return payable(position, funds, scene, limit);
}

/** One round without borrowing elsewhere: collateral that may leave is taken out, sold, and what it brings repaid. */
function bySelling(position: Position, scene: Scene<LiquityTerms>, market: Market): Most {
  const { trove } = position;
  if (!isAdjustable(position)) return shut("only-closing", "no collateral leaves a zombie or a branch shut down");
  const price = priceOf(trove.branch, scene);
  if (!price.ok) return unsaid(price.failure, "the price");
  const mode = modeOf(position, price.value.wad);
  if (mode === "critical") return shut("branch-critical", "no collateral leaves a branch below its critical ratio");
  const free = mayLeave(position, price.value.wad);
  if (free === 0n) return shut("nothing-may-leave", "the least ratio, of the trove or of its branch");
  const size = exact(free, 18);
  const fill = market.fill(trove.branch, "sell", size);
  const limit = `${trove.branch} that may leave in one round, sold at the market's price`;
  if (fill.is === "none") return { most: fill, limit };
  if (fill.is !== "known") return unsaid(fill.why, `depth of the market for ${trove.branch}`);
  const brings = rescale(multiply(size, fill.value), 18, "floor").digits;
  return payable(position, minOf(brings, position.now.debt - 1n), scene, limit);
}

/** Collateral that may leave: the trove keeps its least ratio, the branch its critical one. */
function mayLeave(position: Position, price: bigint): bigint {
  const { branch, now, terms } = position;
  const own = now.coll - divide(now.debt * adjustableFrom(position), price, "up");
  if (branch.totals === "unknown") return maxOf(0n, own);
  return maxOf(0n, minOf(own, branch.totals.coll - divide(branch.totals.debt * terms.ccr, price, "up")));
}
