import type { AmountFigure, Coverage, Danger, Health, Liquidation, PricePoint } from "@plimsoll/server/contract";
import { healthText, moneyText, moveText, priceText } from "./number.ts";
import { reasonText } from "./reason.ts";

/** Health as every door shows it. Without debt there is no number, not infinity. */
export function healthWord(health: Health): string {
  switch (health.is) {
    case "value":
      return healthText(health.value);
    case "no-debt":
      return "no debt";
    case "unknown":
      return `unknown (${reasonText(health.why)})`;
  }
}

/** "3 150 (−37%)": the price rounded toward the present one, because nearer is worse. */
export const pointText = ({ price, move }: PricePoint): string =>
  `${priceText(price, move.startsWith("-") ? "ceil" : "floor")} (${moveText(move)})`;

/** The liquidation price in one of its five states; never 0 and never a bare dash. */
export function liquidationText(liquidation: Liquidation): string {
  switch (liquidation.is) {
    case "price":
      return pointText(liquidation.nearest);
    case "both":
      return `${pointText(liquidation.down)} or ${pointText(liquidation.up)}`;
    case "none":
      return "none";
    case "already-below":
      return "already below";
    case "unknown":
      return `unknown (${reasonText(liquidation.why)})`;
  }
}

/** An amount with what is known about it. */
export function figureText(figure: AmountFigure): string {
  switch (figure.is) {
    case "known":
      return moneyText(figure.amount);
    case "stale":
      return `${moneyText(figure.last)} (stale)`;
    case "unknown":
      return `unknown (${reasonText(figure.why)})`;
    case "none":
      return "none";
  }
}

/** What protects an account, in words that promise nothing. */
export const coverageText: Readonly<Record<Coverage, string>> = {
  armed: "armed guard",
  shadow: "shadow only: not protected",
  none: "no guard: not protected",
};

/** What each danger word asks of its reader. */
export const dangerMeaning: Readonly<Record<Danger, string>> = {
  safe: "far from every line",
  watch: "a bad day reaches the line",
  act: "a bad quarter of an hour reaches the line",
  unknown: "cannot be judged: treat as act or worse",
  danger: "five bad minutes reach the line",
  liquidatable: "the venue may take it now",
};
