import { type Exact, type Result, type Why, exact, fail, ok, text } from "@plimsoll/core/units";
import type { MorphoBody } from "./holding.ts";
import { supplySide } from "./interest.ts";
import { type Position, withMarket } from "./position.ts";
import { refused, tooMuch, unitsOf } from "./refused.ts";
import { toAssetsDown, toSharesDown, toSharesUp } from "./shares.ts";
import { pay, receive } from "./wallet.ts";

/** The holding after the payer lends loan tokens to the market. @source morpho-blue 1.0.0, Morpho.supply */
export function lend(body: MorphoBody, position: Position, amount: Exact): Result<MorphoBody, Why> {
  const { terms, totals } = position;
  const units = unitsOf(amount, terms.loan);
  if (!units.ok) return units;
  const paid = pay(body, terms.loan, units.value);
  return paid.ok
    ? ok(withSupply(paid.value, position, toSharesDown(units.value, supplySide(totals)), units.value))
    : paid;
}

/** The holding after the owner takes back what he lent; refused where others have borrowed it. @source morpho-blue 1.0.0, Morpho.withdraw */
export function unlend(body: MorphoBody, position: Position, amount: Exact | "all"): Result<MorphoBody, Why> {
  const { held, terms, totals } = position;
  const side = supplySide(totals);
  const units = amount === "all" ? ok(toAssetsDown(held.supplyShares, side)) : unitsOf(amount, terms.loan);
  if (!units.ok) return units;
  const shares = amount === "all" ? held.supplyShares : toSharesUp(units.value, side);
  const { asset, decimals } = terms.loan;
  if (shares === 0n) return fail(refused("inconsistent input", { asset, next: "name a market that you lent to" }));
  if (shares > held.supplyShares)
    return fail(
      tooMuch({ asset, supplied: text(exact(position.supplied, decimals)), next: "withdraw at most what is supplied" }),
    );
  const available = totals.supplyAssets - totals.borrowAssets;
  if (units.value > available)
    return fail(
      refused("insufficient liquidity", { asset, available: text(exact(available, decimals)), next: "withdraw less" }),
    );
  return ok(receive(withSupply(body, position, -shares, -units.value), terms.loan, units.value));
}

const withSupply = (body: MorphoBody, { held, totals }: Position, shares: bigint, assets: bigint): MorphoBody =>
  withMarket(body, {
    ...held,
    supplyShares: held.supplyShares + shares,
    totals: {
      ...totals,
      supplyShares: totals.supplyShares + shares,
      supplyAssets: totals.supplyAssets + assets,
    },
  });
