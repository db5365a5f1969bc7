import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { absorb } from "./absorb.ts";
import { advanceComet } from "./advance.ts";
import { findCollateral, refused } from "./asset-access.ts";
import type { CometBody } from "./holding.ts";
import { cometAccount } from "./names.ts";
import { repay, supplyBase, supplyCollateral } from "./supply.ts";
import type { CometTerms } from "./terms.ts";
import type { CometVenueEffect } from "./venue-effect.ts";
import { withdrawBase, withdrawCollateral } from "./withdraw.ts";

/** The holding after an effect at the holding's timestamp, as the contract would store it; or the refusal. */
export function applyComet(
  body: CometBody,
  effect: Action | CometVenueEffect,
  scene: Scene<CometTerms>,
): Result<CometBody, Why> {
  if ("was" in effect) return applyVenue(body, effect, scene);
  switch (effect.do) {
    case "supply":
    case "repay":
    case "withdraw": {
      if (effect.from !== undefined)
        return fail(
          why("compound-v3/own-supply-cannot-repay", {
            asset: effect.asset,
            next: "repay from the wallet: an account with a debt has no supply of the base asset",
          }),
        );
      const mine = effect.account === undefined || effect.account === cometAccount(body.market, body.user);
      return mine ? applyAsset(body, effect, scene) : fail(anotherAccount(effect.account));
    }
    case "order":
    case "stop":
    case "cancel":
    case "move-margin":
      return fail(why("compound-v3/no-such-action", { value: effect.do, next: "use supply, repay or withdraw" }));
  }
}

const anotherAccount = (value: string): Why =>
  why("compound-v3/another-account", { value, next: "name the account of this market, or none" });

function applyAsset(
  body: CometBody,
  {
    do: what,
    asset,
    amount,
  }: Extract<Action, { readonly asset: unknown; readonly do: "supply" | "repay" | "withdraw" }>,
  scene: Scene<CometTerms>,
): Result<CometBody, Why> {
  const terms = scene.terms.body;
  const isBase = asset === terms.base.asset;
  if (what === "repay")
    return isBase
      ? repay(body, terms, amount)
      : fail(refused("BadAsset", { value: asset, next: `only ${terms.base.asset} is owed in this market` }));
  const collateral = isBase ? ok(undefined) : findCollateral(body, terms, asset);
  if (!collateral.ok) return collateral;
  const held = collateral.value;
  if (what === "withdraw")
    return held === undefined ? withdrawBase(body, scene, amount) : withdrawCollateral(body, scene, held, amount);
  if (amount === "all")
    return fail(why("compound-v3/supply-needs-an-amount", { asset, next: "write how much to supply" }));
  return held === undefined ? supplyBase(body, terms, amount) : supplyCollateral(body, terms, held, amount);
}

function applyVenue(body: CometBody, effect: CometVenueEffect, scene: Scene<CometTerms>): Result<CometBody, Why> {
  if (effect.was === "interest") return ok(advanceComet(body, ms(Number(effect.body.until) * 1000)));
  const done = absorb(body, scene);
  return done.ok ? ok(done.value.after) : done;
}
