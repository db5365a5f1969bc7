import { type MarginEngine, restingOf } from "@plimsoll/core/margin";
import { apply } from "./apply.ts";
import { assess } from "./assess.ts";
import { compile } from "./form.ts";
import { advance } from "./funding.ts";
import type { Body } from "./holding.ts";
import { liquidate } from "./liquidate.ts";
import { subaccountKey } from "./names.ts";
import type { DydxTerms } from "./terms.ts";
import type { DydxVenueEffect } from "./venue-effect.ts";
import { atWorstRates } from "./worst-rates.ts";

export { liquidationPrice } from "./liquidation-price.ts";

/** dYdX v4 perpetuals, watched only: the rules are in README.md. */
export const margin: MarginEngine<Body, DydxTerms, DydxVenueEffect> = {
  accounts: ({ subaccounts }) => subaccounts.map(({ number }) => subaccountKey(number)),
  advance,
  assess,
  compile,
  liquidate,
  apply,
  // orders can lie there, and are not read
  resting: (_body, _account, { now }) => restingOf("dydx-v4", {}, () => true, now),
  atWorstRates,
};
