import type { Remedy } from "@plimsoll/core/policy";
import { type Exact, ZERO, brief, compare, larger, quotient, text } from "@plimsoll/core/units";
import type { Draft, Need } from "./draft.ts";
import { groundIn } from "./draft.ts";
import { assessed } from "./ground.ts";
import { priceIn } from "./price-in.ts";
import { allowanceOf } from "./purse.ts";

/** The most that something lets a remedy use, and how a person would say why. */
export interface Limit {
  readonly most: Exact;
  readonly says: string;
}

export interface MoneyLimits {
  /** What the reserve has for this account; absent where none limits it. */
  readonly purse?: Limit;
  /** What an account may be fed: no more than it is worth; absent where its worth or a price is not known, and for what pays a debt. */
  readonly worth?: Limit;
}

/** What keeps money from an account: the reserve, its cap, and that nobody feeds a loser. */
export function moneyLimits(draft: Draft, { want, unit }: Need, remedy: Remedy): MoneyLimits {
  if (!("asset" in remedy)) return {};
  const { field } = draft;
  const { holding } = want.guard.scope;
  // what pays a debt of its own kind, or margin in the account's own unit, counts in full
  const sameUnit = remedy.use === "repay" || remedy.asset === unit;
  const { now } = groundIn(field, holding).scene;
  const given = allowanceOf(draft, holding, remedy.asset, { account: want.account, sameUnit, now });
  const left = given && text(given.most);
  const purse = given && {
    most: given.most,
    says: {
      cap: `the cap of ${want.account} leaves ${left} of the reserve`,
      reserve: `the reserve holds ${left} above its floor`,
      wallet: `the wallet has ${left} left for it`,
    }[given.decides],
  };
  const worth =
    remedy.use === "repay" ? undefined : worthOf(groundIn(field, holding), want.account, remedy.asset, unit);
  return { ...(purse && { purse }), ...(worth && { worth }) };
}

/**
 * Money added is lost with the account if it is taken after all; more than the account is worth is never put at risk to keep it.
 * What is worth nothing any more gets nothing: closing it costs less.
 */
function worthOf(ground: ReturnType<typeof groundIn>, account: Need["want"]["account"], asset: string, unit: string) {
  const equity = assessed(ground, account)?.equity;
  const price = priceIn(asset, unit, ground.scene.quotes);
  if (equity?.is !== "known" || price === undefined || compare(price, ZERO) <= 0) return undefined;
  const most = quotient(larger(ZERO, equity.value), price, 18, "floor");
  return {
    most,
    says: `the account is worth ${brief(equity.value)} ${unit}, and no more than that is put at risk to keep it`,
  };
}
