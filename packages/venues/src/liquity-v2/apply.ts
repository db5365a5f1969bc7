import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  exact,
  fail,
  ms,
  ok,
  rescale,
  subtract,
  isZero,
  text,
  why,
} from "@plimsoll/core/units";
import { adjust, close } from "./adjust.ts";
import { advanceLiquity } from "./advance.ts";
import type { LiquityBody } from "./holding.ts";
import { liquidateTrove } from "./liquidation.ts";
import { troveAccount } from "./names.ts";
import { type Position, keyOf, positionOf } from "./position.ts";
import { priceOf } from "./prices.ts";
import { redeem } from "./redeem.ts";
import { refused } from "./refused.ts";
import type { LiquityTerms } from "./terms.ts";
import type { LiquityVenueEffect } from "./venue-effect.ts";
import { payFrom } from "./wallet.ts";

/** The holding after an effect at its own timestamp, as the contracts would record it; or the refusal. */
export function applyLiquity(
  body: LiquityBody,
  effect: Action | LiquityVenueEffect,
  scene: Scene<LiquityTerms>,
): Result<LiquityBody, Why> {
  if ("was" in effect) return applyVenue(body, effect, scene);
  switch (effect.do) {
    case "supply":
    case "withdraw":
    case "repay": {
      if (effect.from !== undefined)
        return fail(
          why("liquity-v2/own-supply-cannot-repay", {
            asset: effect.asset,
            next: "repay from the wallet: a trove is supplied with its collateral alone",
          }),
        );
      const position = namedTrove(body, effect, scene.terms.body);
      if (!position.ok) return position;
      const price = priceOf(position.value.trove.branch, scene);
      if (!price.ok) return price;
      return moves[effect.do](body, position.value, effect.amount, price.value.wad, scene.terms.body);
    }
    case "order":
    case "stop":
    case "cancel":
    case "move-margin":
      return fail(why("liquity-v2/no-such-action", { value: effect.do, next: "use supply, repay or withdraw" }));
  }
}

type Funds = Extract<Action, { do: "supply" | "repay" | "withdraw" }>;

/** The trove that an action means: the one it names, or the only one that takes its asset. */
function namedTrove(
  body: LiquityBody,
  { do: action, asset, account }: Funds,
  terms: LiquityTerms,
): Result<Position, Why> {
  const takes = ({ trove }: Position) => asset === (action === "repay" ? terms.stable : trove.branch);
  if (account !== undefined) {
    const position = positionOf(body, account, terms);
    if (!position.ok || takes(position.value)) return position;
    return fail(why("liquity-v2/another-asset", { asset, trove: account, next: `use ${position.value.trove.branch}` }));
  }
  const fits = body.troves
    .map((trove) => positionOf(body, keyOf(trove), terms))
    .flatMap((position) => (position.ok && takes(position.value) ? [position.value] : []));
  const [only] = fits;
  if (only !== undefined && fits.length === 1) return ok(only);
  const code = fits.length === 0 ? "liquity-v2/unknown-asset" : "liquity-v2/several-troves";
  const next =
    fits.length === 0 ? "name an asset of a trove" : `name one of ${fits.map((fit) => keyOf(fit.trove)).join(", ")}`;
  return fail(why(code, { asset, next }));
}

type Move = (
  body: LiquityBody,
  position: Position,
  amount: Exact | "all",
  price: bigint,
  terms: LiquityTerms,
) => Result<LiquityBody, Why>;

const moves: Readonly<Record<Funds["do"], Move>> = {
  supply: (body, position, amount, price) => {
    if (amount === "all") return fail(why("liquity-v2/supply-needs-an-amount", { next: "write how much to supply" }));
    const wad = wadOf(amount);
    const paid = wad.ok ? payFrom(body, position.trove.branch, wad.value) : wad;
    return paid.ok && wad.ok ? adjust(paid.value, position, { coll: wad.value, debt: 0n }, price) : paid;
  },
  withdraw: (body, position, amount, price) => {
    const wad = amount === "all" ? ok(position.now.coll) : wadOf(amount);
    if (!wad.ok) return wad;
    if (wad.value > position.now.coll)
      return fail(refused("CollWithdrawalTooHigh", { trove: position.trove.id, next: "take at most what is there" }));
    const left = adjust(body, position, { coll: -wad.value, debt: 0n }, price);
    return left.ok ? payFrom(left.value, position.trove.branch, -wad.value) : left;
  },
  repay: (body, position, amount, price, terms) => {
    const { debt } = position.now;
    const wad = amount === "all" ? ok(debt) : wadOf(amount);
    if (!wad.ok) return wad;
    if (wad.value >= debt) return close(body, position, price, terms);
    const most = debt - terms.minDebt;
    if (wad.value > most) return fail(belowLeast(position, most, terms));
    const paid = payFrom(body, terms.stable, wad.value);
    return paid.ok ? adjust(paid.value, position, { coll: 0n, debt: -wad.value }, price) : paid;
  },
};

/** The contract would pay less than was asked; here a part that leaves too little is refused, so that nothing is quietly cut. */
const belowLeast = ({ trove, now }: Position, most: bigint, { minDebt }: LiquityTerms): Why =>
  refused("DebtBelowMin", {
    trove: trove.id,
    debt: text(exact(now.debt, 18)),
    least: text(exact(minDebt, 18)),
    next: most > 0n ? `repay all, or at most ${text(exact(most, 18))}` : "repay all",
  });

/** A whole number of units above 0; digits beyond 18 decimals are refused, not cut. */
export function wadOf(amount: Exact): Result<bigint, Why> {
  const cut = rescale(amount, 18, "down");
  if (cut.digits > 0n && isZero(subtract(amount, cut))) return ok(cut.digits);
  const next = cut.digits > 0n ? "use at most 18 decimals" : "write an amount above 0, of at most 18 decimals";
  return fail(why("liquity-v2/invalid-amount", { value: text(amount), next }));
}

function applyVenue(
  body: LiquityBody,
  effect: LiquityVenueEffect,
  scene: Scene<LiquityTerms>,
): Result<LiquityBody, Why> {
  if (effect.was === "interest") return ok(advanceLiquity(body, ms(Number(effect.body.until) * 1000)));
  const terms = scene.terms.body;
  const position = positionOf(body, troveAccount(effect.body.branch, effect.body.trove), terms);
  if (!position.ok) return position;
  const price = priceOf(effect.body.branch, scene);
  if (!price.ok) return price;
  if (effect.was === "redemption") return redeem(body, position.value, effect.body, price.value.wad, terms);
  const done = liquidateTrove(body, position.value, price.value.wad, terms);
  return done.ok ? ok(done.value.after) : done;
}
