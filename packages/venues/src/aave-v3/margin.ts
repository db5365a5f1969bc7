import { type MarginEngine, transferGas } from "@plimsoll/core/margin";
import { advanceAave } from "./advance.ts";
import { applyAave } from "./apply.ts";
import { assessAave } from "./assess.ts";
import { compileAave } from "./form.ts";
import { usualGas } from "./gas.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { leversAave } from "./levers.ts";
import { liquidateAave } from "./liquidate.ts";
import { aaveAccount } from "./names.ts";
import { repayableAave } from "./repayable.ts";
import { walletAave } from "./wallet.ts";
import type { AaveVenueEffect } from "./venue-effect.ts";
import { atWorstRatesAave } from "./worst-rates.ts";

/** Aave v3 to the last unit, by the rules that the terms name. One account a holding: a user of one market. */
export const aaveV3Margin: MarginEngine<AaveBody, AaveTerms, AaveVenueEffect> = {
  accounts: ({ market, user }) => [aaveAccount(market, user)],
  advance: (body, to) => advanceAave(body, to),
  assess: (body, account, scene) => assessAave(body, account, scene),
  compile: (body, _account, scene, line) => compileAave(body, scene, line),
  liquidate: (body, _account, scene, _market, chooser) => liquidateAave(body, scene, chooser),
  apply: (body, effect, scene) => applyAave(body, effect, scene),
  atWorstRates: (body, scene) => atWorstRatesAave(body, scene),
  repayable: (body, _account, scene, market) => repayableAave(body, scene, market),
  levers: (body, _account, scene) => leversAave(body, scene),
  wallet: walletAave,
  gas: transferGas(usualGas),
};
