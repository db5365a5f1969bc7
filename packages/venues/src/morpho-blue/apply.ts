import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { advanceMorpho } from "./advance.ts";
import { supplyCollateral, withdrawCollateral } from "./collateral.ts";
import type { MorphoBody } from "./holding.ts";
import { lend, unlend } from "./lend.ts";
import { liquidationCall } from "./liquidation-call.ts";
import { morphoAccount } from "./names.ts";
import { type Position, positionIn, readPosition } from "./position.ts";
import { repay } from "./repay.ts";
import type { MorphoTerms } from "./terms.ts";
import type { MorphoVenueEffect } from "./venue-effect.ts";

export type Transfer = Extract<Action, { readonly do: "supply" | "repay" | "withdraw" }>;

/** The holding after an effect at the holding's timestamp, with the market as the contract would store it; or the refusal. */
export function applyMorpho(
  body: MorphoBody,
  effect: Action | MorphoVenueEffect,
  scene: Scene<MorphoTerms>,
): Result<MorphoBody, Why> {
  if ("was" in effect) return applyVenue(body, effect, scene);
  switch (effect.do) {
    case "supply":
    case "repay":
    case "withdraw":
      if (effect.from !== undefined)
        return fail(
          why("morpho-blue/own-supply-cannot-repay", {
            asset: effect.asset,
            next: "withdraw what is lent, then repay with it",
          }),
        );
      return transfer(body, effect, scene);
    case "order":
    case "stop":
    case "cancel":
    case "move-margin":
      return fail(why("morpho-blue/no-such-action", { value: effect.do, next: "use supply, repay or withdraw" }));
  }
}

/** The collateral token goes to or from the collateral; the loan token pays debt, or is lent. */
function transfer(body: MorphoBody, action: Transfer, scene: Scene<MorphoTerms>): Result<MorphoBody, Why> {
  const found = findPosition(body, action, scene.terms.body);
  if (!found.ok) return found;
  const position = found.value;
  const isCollateral = action.asset === position.terms.collateral.asset;
  if (action.do === "repay") return repay(body, position, action.amount);
  if (action.do === "withdraw")
    return isCollateral
      ? withdrawCollateral(body, position, scene, action.amount)
      : unlend(body, position, action.amount);
  if (action.amount === "all")
    return fail(why("morpho-blue/supply-needs-an-amount", { asset: action.asset, next: "write how much to supply" }));
  return isCollateral ? supplyCollateral(body, position, action.amount) : lend(body, position, action.amount);
}

/** The position that an action is about: of the account it names, or the only one that takes its asset. */
export function findPosition(body: MorphoBody, action: Transfer, terms: MorphoTerms): Result<Position, Why> {
  const named = action.account === undefined ? undefined : readPosition(body, action.account, terms);
  if (named !== undefined && (!named.ok || takes(named.value, action))) return named;
  const taking = body.markets.flatMap((held) => {
    const position = positionIn(body, held, terms);
    return position.ok && takes(position.value, action) ? [position.value] : [];
  });
  const accounts = taking.map(({ terms: { market } }) => morphoAccount(body.deployment, body.owner, market)).join(", ");
  const [only, another] = taking;
  if (named !== undefined || only === undefined)
    return fail(
      why("morpho-blue/unknown-asset", {
        value: action.asset,
        next: accounts === "" ? "name a token of a market in this holding" : `name one of the accounts ${accounts}`,
      }),
    );
  if (another === undefined) return ok(only);
  return fail(why("morpho-blue/which-account", { value: action.asset, next: `name one of the accounts ${accounts}` }));
}

const takes = ({ terms: { loan, collateral } }: Position, action: Transfer): boolean =>
  action.asset === loan.asset || (action.do !== "repay" && action.asset === collateral.asset);

function applyVenue(body: MorphoBody, effect: MorphoVenueEffect, scene: Scene<MorphoTerms>): Result<MorphoBody, Why> {
  if (effect.was === "interest") return ok(advanceMorpho(body, ms(Number(effect.body.until) * 1000)));
  const done = liquidationCall(body, scene, effect.body);
  return done.ok ? ok(done.value.after) : done;
}
