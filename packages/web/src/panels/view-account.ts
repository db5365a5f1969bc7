import { type Danger, worse } from "@plimsoll/core/risk";
import type { Account, BookHead, PricePoint } from "@plimsoll/server/contract";
import {
  accountName,
  ageText,
  coverageText,
  figureText,
  healthWord,
  liquidationLines,
  moneyText,
  percentText,
  priceName,
  priceText,
  reasonText,
} from "@plimsoll/server/display";
import { viewCovers } from "./view-covers.ts";

/** What every panel needs to know beside the account itself. */
export interface Reading {
  readonly at: BookHead["at"];
  /** Time since the source last said anything, and whether that makes everything last known. */
  readonly ageMs: number;
  readonly stale: boolean;
}

/** Decides everything that is said of one account, in table, card and bar alike. */
export function viewAccountRow(account: Account, { at, ageMs, stale }: Reading) {
  const { title, detail } = accountName(account);
  const old = stale || account.stale;
  const danger: Danger = old ? worse(account.danger, "unknown") : account.danger;
  const age = ageText(Math.max(0, at.ms - account.asOf.ms) + ageMs);
  return {
    key: account.key,
    name: title,
    detail,
    danger,
    stale: old,
    because:
      danger === account.danger
        ? reasonText(account.because)
        : `figures are ${age} old; last known as ${account.danger}`,
    // why something is unknown is said once, with the liquidation price
    equity: account.equity.is === "unknown" ? "unknown" : figureText(account.equity),
    health: account.health.is === "unknown" ? "unknown" : healthWord(account.health),
    /** Every boundary, the nearest first: the common move, then each price alone. */
    liquidation: liquidationLines(account.liquidation),
    price: sayPrices(account),
    headroom: account.headroom ? moneyText(account.headroom) : absent(account),
    used: account.used === undefined ? absent(account) : percentText(account.used),
    coverage: account.coverage,
    coverageText: coverageText[account.coverage],
    /** What protects it if this machine dies now. */
    covers: viewCovers(account, old),
    age: old ? `${age}, stale` : age,
  };
}
export type AccountRow = ReturnType<typeof viewAccountRow>;

/** What stands where a figure is missing: what is not known is never called nothing. */
const absent = ({ health }: Account) => (health.is === "unknown" ? "unknown" : "nothing at risk");

/** What the nearest boundary is to be compared with: the present price, or that it takes several. */
function sayPrices({ liquidation }: Account): string | undefined {
  switch (liquidation.is) {
    case "price":
      return sayNow(liquidation.nearest);
    case "both":
      return sayNow(liquidation.down);
    case "together":
      return "no price alone takes it";
    case "none":
    case "already-below":
    case "unknown":
      return undefined;
  }
}
const sayNow = ({ quote, now }: PricePoint) => `${priceName(quote)} now ${priceText(now)}`;
