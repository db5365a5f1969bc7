import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { advanceAave } from "./advance.ts";
import type { AaveBody } from "./holding.ts";
import { liquidationCall } from "./liquidation-call.ts";
import { repayWithOwnSupply } from "./repay-own-supply.ts";
import { repay } from "./repay.ts";
import { findReserve } from "./reserve-access.ts";
import { supply } from "./supply.ts";
import type { AaveTerms } from "./terms.ts";
import type { AaveVenueEffect } from "./venue-effect.ts";
import { withdraw } from "./withdraw.ts";

/** The holding after an effect at the holding's timestamp, with the reserve as the contract would store it; or the refusal. */
export function applyAave(
  body: AaveBody,
  effect: Action | AaveVenueEffect,
  scene: Scene<AaveTerms>,
): Result<AaveBody, Why> {
  if ("was" in effect) return applyVenue(body, effect, scene);
  switch (effect.do) {
    case "supply":
    case "repay":
    case "withdraw": {
      const reserve = findReserve(body, scene.terms.body, effect.asset);
      if (!reserve.ok) return reserve;
      if (effect.do === "withdraw") return withdraw(body, scene, reserve.value, effect.amount);
      if (effect.do === "repay")
        return effect.from === "own-supply"
          ? repayWithOwnSupply(body, scene, reserve.value, effect.amount)
          : repay(body, scene.terms.body, reserve.value, effect.amount);
      if (effect.amount !== "all") return supply(body, scene.terms.body, reserve.value, effect.amount);
      return fail(why("aave-v3/supply-needs-an-amount", { asset: effect.asset, next: "write how much to supply" }));
    }
    case "order":
    case "stop":
    case "cancel":
    case "move-margin":
      return fail(why("aave-v3/no-such-action", { value: effect.do, next: "use supply, repay or withdraw" }));
  }
}

function applyVenue(body: AaveBody, effect: AaveVenueEffect, scene: Scene<AaveTerms>): Result<AaveBody, Why> {
  if (effect.was === "interest") return ok(advanceAave(body, ms(Number(effect.body.until) * 1000)));
  const done = liquidationCall(body, scene, effect.body);
  return done.ok ? ok(done.value.after) : done;
}
