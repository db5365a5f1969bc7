import { type MarginEngine, transferGas } from "@plimsoll/core/margin";
import { advanceSky } from "./advance.ts";
import { applySky } from "./apply.ts";
import { assessSky } from "./assess.ts";
import { compileSky } from "./form.ts";
import { usualGas } from "./gas.ts";
import type { SkyBody } from "./holding.ts";
import { leversSky } from "./levers.ts";
import { liquidateSky } from "./liquidate.ts";
import { keyOf } from "./position.ts";
import { repayableSky } from "./repayable.ts";
import type { SkyTerms } from "./terms.ts";
import { walletSky } from "./wallet.ts";
import type { SkyVenueEffect } from "./venue-effect.ts";
import { atWorstRatesSky } from "./worst-rates.ts";

/** Sky vaults, to the last unit: each vault is an account of its own. */
export const skyMargin: MarginEngine<SkyBody, SkyTerms, SkyVenueEffect> = {
  accounts: ({ vaults }) => vaults.map(keyOf),
  advance: (body, to) => advanceSky(body, to),
  assess: assessSky,
  compile: compileSky,
  liquidate: (body, account, scene, _market, chooser) => liquidateSky(body, account, scene, chooser),
  apply: applySky,
  levers: leversSky,
  atWorstRates: atWorstRatesSky,
  repayable: repayableSky,
  wallet: walletSky,
  // tokens pass the core, before the change of the vault or after it
  gas: transferGas(usualGas.tokens + usualGas.drip + usualGas.frob),
};
