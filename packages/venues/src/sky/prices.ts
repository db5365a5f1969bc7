import type { Scene } from "@plimsoll/core/margin";
import {
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  divide,
  fail,
  ms,
  ok,
  rescale,
  why,
} from "@plimsoll/core/units";
import { BILLION, RAY, rdiv } from "./fixed-point.ts";
import { currentQuote, nextQuote } from "./names.ts";
import type { IlkTerms, SkyTerms } from "./terms.ts";

/** Prices of one collateral, dollars as WADs, and the age of the older. */
export interface Prices {
  readonly current: bigint;
  readonly next: bigint | "no-queue";
  readonly asOf: Ms;
}

/** The quotes that a vault type is judged by: both where a queue makes the next one known in advance. */
export const quotesOf = ({ asset, delay }: IlkTerms): readonly QuoteKey[] =>
  delay === 0n ? [currentQuote(asset)] : [currentQuote(asset), nextQuote(asset)];

/** Both prices from the scene; a what-if with more than 18 decimals is cut. */
export function pricesOf(terms: IlkTerms, scene: Scene<SkyTerms>): Result<Prices, Why> {
  const read: { readonly wad: bigint; readonly asOf: Ms }[] = [];
  for (const quote of quotesOf(terms)) {
    const found = scene.quotes.get(quote);
    const wad = found === undefined ? 0n : rescale(found.value, 18, "floor").digits;
    if (found === undefined || wad <= 0n)
      return fail(
        why(found === undefined ? "price-missing" : "price-not-positive", {
          quote,
          next: "wait for the price module's next answer or write the price",
        }),
      );
    read.push({ wad, asOf: found.asOf });
  }
  const [current, next] = read;
  const asOf = ms(Math.min(...read.map((each) => each.asOf)));
  return ok({ current: current!.wad, next: next?.wad ?? "no-queue", asOf });
}

/** A price in the stablecoin, RAY. @source makerdao/dss spot.sol, poke; clip.sol, getFeedPrice */
export const feedPrice = (price: bigint, { par }: SkyTerms): bigint => rdiv(price * BILLION, par);

/** What one unit of collateral may be borrowed against, RAY. @source makerdao/dss spot.sol, poke */
export const spotOf = (price: bigint, { mat }: IlkTerms, terms: SkyTerms): bigint => rdiv(feedPrice(price, terms), mat);

/** The lowest price at which a vault is safe, WAD: every floor of the way to `spot` undone from its result. */
export function lowestSafePrice(debt: bigint, ink: bigint, { mat }: IlkTerms, { par }: SkyTerms): bigint {
  const up = (a: bigint, b: bigint, c: bigint) => divide(a * b, c, "up");
  const spot = divide(debt, ink, "up");
  return divide(up(up(spot, mat, RAY), par, RAY), BILLION, "up");
}
