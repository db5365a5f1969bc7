import type { MarginEngine } from "@plimsoll/core/margin";
import { accountsOf } from "./accounts.ts";
import { advance } from "./advance.ts";
import { apply } from "./apply.ts";
import { assess } from "./assess.ts";
import { hedges } from "./hedge.ts";
import { compile } from "./form.ts";
import type { Body } from "./holding.ts";
import { levers } from "./levers.ts";
import { liquidate } from "./liquidate.ts";
import { resting, wakes } from "./resting.ts";
import type { DeribitTerms } from "./terms.ts";
import type { DeribitVenueEffect } from "./venue-effect.ts";
import { atWorstRates } from "./worst-rates.ts";

/** Deribit: standard and portfolio margin; the rules are in README.md, one file each beside this one. */
export const margin: MarginEngine<Body, DeribitTerms, DeribitVenueEffect> = {
  accounts: (body) => accountsOf(body).map(({ key }) => key),
  advance,
  assess,
  compile,
  liquidate,
  apply,
  levers,
  hedges,
  resting,
  wakes,
  atWorstRates,
};
