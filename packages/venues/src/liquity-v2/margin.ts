import { type MarginEngine, transferGas } from "@plimsoll/core/margin";
import { advanceLiquity } from "./advance.ts";
import { applyLiquity } from "./apply.ts";
import { assessLiquity } from "./assess.ts";
import { compileLiquity } from "./form.ts";
import { usualGas } from "./gas.ts";
import type { LiquityBody } from "./holding.ts";
import { leversLiquity } from "./levers.ts";
import { liquidateLiquity } from "./liquidate.ts";
import { keyOf } from "./position.ts";
import { repayableLiquity } from "./repayable.ts";
import type { LiquityTerms } from "./terms.ts";
import { walletLiquity } from "./wallet.ts";
import type { LiquityVenueEffect } from "./venue-effect.ts";
import { atWorstRatesLiquity } from "./worst-rates.ts";

/** Liquity v2 troves, to the last unit: each trove is an account of its own. */
export const liquityV2Margin: MarginEngine<LiquityBody, LiquityTerms, LiquityVenueEffect> = {
  accounts: ({ troves }) => troves.map(keyOf),
  advance: (body, to) => advanceLiquity(body, to),
  assess: assessLiquity,
  compile: compileLiquity,
  liquidate: (body, account, scene) => liquidateLiquity(body, account, scene),
  apply: applyLiquity,
  levers: leversLiquity,
  atWorstRates: atWorstRatesLiquity,
  repayable: repayableLiquity,
  wallet: walletLiquity,
  // the stablecoin is burned without an allowance
  gas: (action) => (action.do === "repay" ? usualGas : transferGas(usualGas)(action)),
};
