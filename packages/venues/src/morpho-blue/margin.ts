import { type MarginEngine, transferGas } from "@plimsoll/core/margin";
import { advanceMorpho } from "./advance.ts";
import { applyMorpho } from "./apply.ts";
import { assessMorpho } from "./assess.ts";
import { compileMorpho } from "./form.ts";
import { usualGas } from "./gas.ts";
import type { MorphoBody } from "./holding.ts";
import { leversMorpho } from "./levers.ts";
import { liquidateMorpho } from "./liquidate.ts";
import { morphoAccount } from "./names.ts";
import { repayableMorpho } from "./repayable.ts";
import type { MorphoTerms } from "./terms.ts";
import { walletMorpho } from "./wallet.ts";
import type { MorphoVenueEffect } from "./venue-effect.ts";
import { atWorstRatesMorpho } from "./worst-rates.ts";

/** Morpho Blue, to the last unit. One account a market position: markets are isolated from each other. */
export const morphoBlueMargin: MarginEngine<MorphoBody, MorphoTerms, MorphoVenueEffect> = {
  accounts: ({ deployment, owner, markets }) => markets.map(({ market }) => morphoAccount(deployment, owner, market)),
  advance: (body, to) => advanceMorpho(body, to),
  assess: (body, account, scene) => assessMorpho(body, account, scene),
  compile: (body, account, scene, line) => compileMorpho(body, account, scene, line),
  liquidate: (body, account, scene, _market, chooser) => liquidateMorpho(body, account, scene, chooser),
  apply: (body, effect, scene) => applyMorpho(body, effect, scene),
  levers: (body, account, scene) => leversMorpho(body, account, scene),
  atWorstRates: (body, scene) => atWorstRatesMorpho(body, scene),
  repayable: (body, account, scene, market) => repayableMorpho(body, account, scene, market),
  wallet: walletMorpho,
  gas: transferGas(usualGas),
};
