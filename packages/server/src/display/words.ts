import type { AmountFigure, CommonMove, Coverage, Health, Liquidation, PricePoint } from "@plimsoll/server/contract";
import { listText, priceName, quoteText, shortName } from "./name.ts";
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

const edgeText = ({ price, move }: PricePoint): string =>
  `${priceText(price, move.startsWith("-") ? "ceil" : "floor")} (${moveText(move)})`;

/** "WETH oracle 3 150 (−37%)": the price rounded toward the present one, because nearer is worse. */
export const pointText = (point: PricePoint): string => `${priceName(point.quote)} ${edgeText(point)}`;

/** "WETH and WBTC together −25%"; of many prices two are named. */
function commonText({ points, move }: CommonMove): string {
  const names = points.map(({ quote }) => shortName(quoteText(quote)));
  const shown = names.length <= 3 ? names : [...names.slice(0, 2), `${names.length - 2} more`];
  return `${listText(shown)} together ${moveText(move)}`;
}

/** Where prices take an account, in one of six states: every boundary, the nearest first, one a line; never 0 and never a bare dash. */
export function liquidationLines(liquidation: Liquidation): readonly string[] {
  const common = "together" in liquidation && liquidation.together ? [commonText(liquidation.together)] : [];
  switch (liquidation.is) {
    case "price":
      return [...common, pointText(liquidation.nearest), ...liquidation.others.map(pointText)];
    case "both": {
      const { down, up, others } = liquidation;
      return [...common, `${pointText(down)} or ${edgeText(up)}`, ...others.map(pointText)];
    }
    case "together":
      return common;
    case "none":
      return ["none"];
    case "already-below":
      return ["already below"];
    case "unknown":
      return [`unknown (${reasonText(liquidation.why)})`];
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
