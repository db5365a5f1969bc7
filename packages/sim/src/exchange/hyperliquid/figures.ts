import { type Rounding, exact, rescale, text, trim } from "@plimsoll/core/units";
import { type Instrument, SCALE } from "@plimsoll/sim/exchange";

/** USD amounts carry six decimals. @source recorded rows of the venue */
const USD_SCALE = 6;
/** Decimals that price and size share. @source hyperliquid.gitbook.io, tick and lot size */
const PRICE_DECIMALS = 6;
const FIGURES = 5;

/** A number as the venue prints it: no zeros at its end, but one decimal at least. */
function shown(digits: bigint, scale: number): string {
  const plain = text(trim(exact(digits, scale)));
  return plain.includes(".") ? plain : `${plain}.0`;
}
/** A price or size of 1e-8. */
export const plain = (value: bigint): string => shown(value, SCALE);
/** Money of any scale at the venue's six decimals. */
export const usd = (value: bigint, scale: number, rounding: Rounding = "floor"): string =>
  shown(rescale(exact(value, scale), USD_SCALE, rounding).digits, USD_SCALE);

export const sizeDecimals = ({ lot }: Pick<Instrument, "lot">): number => trim(exact(lot, SCALE)).scale;

/** Whether the venue takes this price of 1e-8: five figures, six decimals less those of the size; whole numbers always. */
export function isPrice(price: bigint, instrument: Pick<Instrument, "lot">): boolean {
  const { digits, scale } = trim(exact(price, SCALE));
  if (scale <= 0) return true;
  return scale <= PRICE_DECIMALS - sizeDecimals(instrument) && digits.toString().length <= FIGURES;
}
