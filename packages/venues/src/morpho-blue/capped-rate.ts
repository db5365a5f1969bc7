import { WAD, YEAR } from "./constants.ts";
import type { MarketHeld, MorphoBody } from "./holding.ts";
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

/** The holding as if every market charged the most its rate model can; undefined where a model's cap is not known. */
export function atCappedRates(body: MorphoBody, { markets }: MorphoTerms): MorphoBody | undefined {
  const capped: MarketHeld[] = [];
  for (const held of body.markets) {
    const irm = markets.find(({ market }) => market === held.market)?.irm ?? "unknown";
    if (irm !== "none" && !ADAPTIVE_CURVE_IRMS.includes(irm)) return undefined;
    const borrowRate = irm === "none" ? 0n : ADAPTIVE_RATE_CAP;
    capped.push({ ...held, totals: { ...held.totals, borrowRate } });
  }
  return { ...body, markets: capped };
}
