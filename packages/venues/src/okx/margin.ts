import type { MarginEngine } from "@plimsoll/core/margin";
import { accountsOf } from "./accounts.ts";
import { apply } from "./apply.ts";
import { assess } from "./assess.ts";
import { compile } from "./form.ts";
import { advance } from "./funding.ts";
import type { Body } from "./holding.ts";
import { levers } from "./levers.ts";
import { liquidate } from "./liquidate.ts";
import type { OkxTerms } from "./terms.ts";

export { type LiquidationPrices, agreesWithin, liquidationPrice } from "./liquidation-price.ts";

/**
 * OKX futures mode and multi-currency margin: the rules are in README.md, one file each beside this one.
 * What the venue did is not folded into a holding: the next reading shows it.
 */
export const margin: MarginEngine<Body, OkxTerms, never> = {
  accounts: (body) => accountsOf(body).map(({ key }) => key),
  advance,
  assess,
  compile,
  liquidate,
  apply,
  levers,
};
