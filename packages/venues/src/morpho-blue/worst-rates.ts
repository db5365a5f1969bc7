import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { WAD, YEAR } from "./constants.ts";
import type { MarketHeld, MorphoBody } from "./holding.ts";
import { positionIn } from "./position.ts";
import type { MorphoTerms } from "./terms.ts";

/**
 * The most that the adaptive rate model charges, WAD per second: 200 % a year at the target, four times that at full use.
 * @source morpho-blue-irm, AdaptiveCurveIrm ConstantsLib: MAX_RATE_AT_TARGET, CURVE_STEEPNESS
 */
export const ADAPTIVE_RATE_CAP = (2n * WAD * 4n) / YEAR;

/** The adaptive model on Ethereum and Base. @source @morpho-org/blue-sdk 6.4.0, addresses.ts */
export const ADAPTIVE_CURVE_IRMS: readonly string[] = [
  "0x870ac11d48b15db9a138cf899d20f13f79ba00bc",
  "0x46415998764c29ab2a25cbea6254146d50d22687",
];

/**
 * The holding as if every market that is owed to charged, from this moment on, the most that its rate model can.
 * @returns why not: a model whose cap is not known.
 */
export function atWorstRatesMorpho(body: MorphoBody, { terms }: Scene<MorphoTerms>): Result<MorphoBody, Why> {
  const markets: MarketHeld[] = [];
  for (const held of body.markets) {
    const worst = held.borrowShares === 0n ? ok(held) : atWorstRate(body, held, terms.body);
    if (!worst.ok) return worst;
    markets.push(worst.value);
  }
  return ok({ ...body, markets });
}

function atWorstRate(body: MorphoBody, held: MarketHeld, terms: MorphoTerms): Result<MarketHeld, Why> {
  const position = positionIn(body, held, terms);
  if (!position.ok) return position;
  const { totals, terms: market } = position.value;
  const borrowRate = rateCap(market.irm);
  if (borrowRate !== undefined) return ok({ ...held, totals: { ...totals, borrowRate } });
  const next = "only the cap of the adaptive model is known: look at this market's model";
  return fail(why("morpho-blue/no-rate-cap", { market: held.market, irm: market.irm, next }));
}

const rateCap = (irm: string): bigint | undefined =>
  irm === "none" ? 0n : ADAPTIVE_CURVE_IRMS.includes(irm) ? ADAPTIVE_RATE_CAP : undefined;
