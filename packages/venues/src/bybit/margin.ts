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
import type { BybitTerms } from "./terms.ts";
import type { BybitVenueEffect } from "./venue-effect.ts";
import { atWorstRates } from "./worst-rates.ts";

export { type LiquidationPrices, liquidationPrice } from "./liquidation-price.ts";

/** Bybit unified trading account, cross and isolated margin: the rules are in README.md, one file each beside this one. */
export const margin: MarginEngine<Body, BybitTerms, BybitVenueEffect> = {
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
