import { type MarginEngine, transferGas } from "@plimsoll/core/margin";
import { advanceComet } from "./advance.ts";
import { applyComet } from "./apply.ts";
import { assessComet } from "./assess.ts";
import { compileComet } from "./form.ts";
import { usualGas } from "./gas.ts";
import type { CometBody } from "./holding.ts";
import { leversComet } from "./levers.ts";
import { liquidateComet } from "./liquidate.ts";
import { cometAccount } from "./names.ts";
import { repayableComet } from "./repayable.ts";
import { walletComet } from "./wallet.ts";
import type { CometTerms } from "./terms.ts";
import type { CometVenueEffect } from "./venue-effect.ts";
import { atWorstRatesComet } from "./worst-rates.ts";

/** Compound v3, to the last unit. One account a holding: a user of one market. */
export const compoundV3Margin: MarginEngine<CometBody, CometTerms, CometVenueEffect> = {
  accounts: ({ market, user }) => [cometAccount(market, user)],
  advance: (body, to) => advanceComet(body, to),
  assess: (body, account, scene) => assessComet(body, account, scene),
  compile: (body, _account, scene, line) => compileComet(body, scene, line),
  liquidate: (body, _account, scene) => liquidateComet(body, scene),
  apply: (body, effect, scene) => applyComet(body, effect, scene),
  levers: (body, _account, scene) => leversComet(body, scene),
  atWorstRates: (body, scene) => atWorstRatesComet(body, scene),
  repayable: (body, _account, scene, market) => repayableComet(body, scene, market),
  wallet: walletComet,
  gas: transferGas(usualGas),
};
