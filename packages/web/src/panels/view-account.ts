import { type Danger, worse } from "@plimsoll/core/risk";
import type { Account, BookHead, PricePoint } from "@plimsoll/server/contract";
import {
  accountName,
  ageText,
  coverageText,
  figureText,
  healthWord,
  liquidationText,
  moneyText,
  percentText,
  priceText,
  quoteText,
  reasonText,
} from "@plimsoll/server/display";

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
    liquidation: liquidationText(account.liquidation),
    price: sayPrices(account),
    headroom: account.headroom ? moneyText(account.headroom) : absent(account),
    used: account.used === undefined ? absent(account) : percentText(account.used),
    coverage: account.coverage,
    coverageText: coverageText[account.coverage],
    age: old ? `${age}, stale` : age,
  };
}
export type AccountRow = ReturnType<typeof viewAccountRow>;

/** What stands where a figure is missing: what is not known is never called nothing. */
const absent = ({ health }: Account) => (health.is === "unknown" ? "unknown" : "nothing at risk");

/** Which price the liquidation price is compared with, of which kind, and how many more boundaries there are. */
function sayPrices({ liquidation }: Account): string | undefined {
  if (liquidation.is === "price") return `${sayPrice(liquidation.nearest)}${sayMore(liquidation.others.length)}`;
  if (liquidation.is === "both") return `${sayPrice(liquidation.down)}${sayMore(liquidation.others.length)}`;
  return undefined;
}
const sayPrice = ({ quote, kind, now }: PricePoint) => `${quoteText(quote)} ${kind} ${priceText(now)}`;
const sayMore = (count: number) => (count === 0 ? "" : `, ${count} more`);
