import { exact, text, trim } from "@plimsoll/core/units";
import type { MarketTerms } from "./terms.ts";

/** A market's house name: tokens and LLTV in percent for people, the id's first digits to tell it from others. */
export const marketName = ({
  collateral,
  loan,
  lltv,
  id,
}: Pick<MarketTerms, "lltv" | "id"> & { readonly collateral: string; readonly loan: string }): string =>
  `${collateral}-${loan}-${text(trim(exact(lltv, 16)))}-${id.slice(2, 10)}`;

/** An oracle's house name: what it prices in what, and the first digits of its address. */
export const oracleName = (collateral: string, loan: string, address: string): string =>
  `${collateral}/${loan}-${address.slice(2, 10)}`;
