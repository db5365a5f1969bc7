import { type Result, type Why } from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import { MAX_FEE, WAD } from "./constants.ts";
import { morphoBlueId } from "./names.ts";
import { priceDecimals } from "./price.ts";
import { distinct, name, small, unsigned } from "./read-own.ts";
import type { MorphoTerms } from "./terms.ts";

const Token = z.object({ asset: name, address: name, decimals: small.max(36) }).readonly();

const Market = z
  .object({
    market: name,
    id: name,
    loan: Token,
    collateral: Token,
    oracle: z.object({ name, address: name }).readonly(),
    irm: name,
    lltv: unsigned.refine((lltv) => lltv < WAD, "an LLTV is below 1"),
    fee: unsigned.refine((fee) => fee <= MAX_FEE, "a fee is at most a quarter"),
  })
  .readonly();
type Market = z.infer<typeof Market>;

/** One quote has one scale and one meaning. */
const oneMeaning = (markets: readonly Market[]): boolean => {
  const seen = new Map<string, string>();
  return markets.every((market) => {
    const meaning = `${priceDecimals(market)} ${market.loan.asset} ${market.collateral.asset}`;
    const before = seen.get(market.oracle.name) ?? meaning;
    seen.set(market.oracle.name, meaning);
    return before === meaning;
  });
};

const Terms = z
  .object({
    deployment: name,
    chainId: small,
    markets: z
      .array(Market)
      .refine((markets) => distinct(markets.map(({ market }) => market)), "a market stands twice")
      .refine(oneMeaning, "two markets give one oracle's name to prices of different pairs")
      .readonly(),
    completeness: name,
  })
  .readonly();

const read = readerOf(morphoBlueId);
/** A terms document's body from our own memory or our own JSON. */
export const readMorphoTerms = (raw: unknown): Result<MorphoTerms, Why> => read("terms", Terms, raw);
