import type { MarginEngine } from "@plimsoll/core/margin";
import { accountsOf } from "./accounts.ts";
import { apply } from "./apply.ts";
import { assess } from "./assess.ts";
import { hedges } from "./hedge.ts";
import { compile } from "./form.ts";
import { advance } from "./funding.ts";
import type { Body } from "./holding.ts";
import { levers } from "./levers.ts";
import { liquidate } from "./liquidate.ts";
import { resting } from "./resting.ts";
import type { OkxTerms } from "./terms.ts";
import type { OkxVenueEffect } from "./venue-effect.ts";
import { atWorstRates } from "./worst-rates.ts";

export { type LiquidationPrices, agreesWithin, liquidationPrice } from "./liquidation-price.ts";

/**
 * OKX futures mode and multi-currency margin: the rules are in README.md, one file each beside this one.
 * Of what the venue did only forced trades are folded into a holding: all else the next reading shows.
 */
export const margin: MarginEngine<Body, OkxTerms, OkxVenueEffect> = {
  accounts: (body) => accountsOf(body).map(({ key }) => key),
  advance,
  assess,
  compile,
  liquidate,
  apply,
  levers,
  hedges,
  resting,
  atWorstRates,
};
