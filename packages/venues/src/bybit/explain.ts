import type { Explain } from "@plimsoll/core/margin";
import { type Exact, brief, isNegative, isZero } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { CoinValue } from "./coin-value.ts";
import {
  type Exposure,
  bankruptValue,
  chargedOf,
  closingFee,
  deductionOf,
  haveOf,
  initialOf,
  maintenanceOf,
  priceOf,
} from "./exposure.ts";
import { type Body, positionName } from "./holding.ts";
import type { Totals } from "./totals.ts";

/** Decimals of the figures shown to people: as many as the venue prints. */
const SHOWN_SCALE = 8;
const shown = (value: Exact): string => brief(value, SHOWN_SCALE);

const SOURCE = "venues/bybit/README.md";

/** How the figures of an account came about: its coins, then its positions one by one. */
export function explain(
  account: Account,
  body: Body,
  { have, maintenance, initial, exposures, coins }: Totals,
): Explain {
  const sums: readonly Explain[] = [
    ...(isZero(body.orderLoss) ? [] : [{ name: "loss of resting orders", value: shown(body.orderLoss) }]),
    { name: "all initial margin", value: shown(initial) },
    { name: "all maintenance margin", value: shown(maintenance) },
  ];
  return {
    name: "margin balance",
    value: shown(have),
    formula: account.is === "wallet" ? "sum over coins - loss of resting orders" : "posted margin + profit",
    source: SOURCE,
    parts: [...coins.map(coinPart), ...exposures.map(positionPart), ...(account.is === "wallet" ? sums : [])],
  };
}

const coinPart = ({ coin, equity, index, adjusted, need }: CoinValue): Explain => ({
  name: `${coin} in the margin balance`,
  value: shown(adjusted),
  formula: "equity above 0 at its collateral ratios, band by band, below 0 in full",
  source: SOURCE,
  parts: [
    { name: "equity", value: `${shown(equity)} ${coin}` },
    { name: "index", value: shown(index) },
    ...(isZero(need) ? [] : [{ name: "maintenance margin of what is borrowed", value: shown(need) }]),
  ],
});

function positionPart(exposure: Exposure): Explain {
  const { position, terms, tier, valuation } = exposure;
  const part = (name: string, value: Exact, formula: string): Explain => ({
    name,
    value: `${shown(value)} ${position.coin}`,
    formula,
    source: SOURCE,
  });
  const [linear, isolated] = [terms.type === "linear", position.posted !== undefined];
  return {
    ...part(
      `maintenance margin of ${positionName(position)}`,
      maintenanceOf(exposure),
      "value * tier rate - deduction + fee to close",
    ),
    parts: [
      part(
        isolated ? "posted margin + profit" : "profit",
        haveOf(exposure),
        linear ? "size * (mark - entry)" : "size / entry - size / mark",
      ),
      part("value", chargedOf(exposure), linear ? `size * ${valuation}` : `size / ${valuation}`),
      {
        name: "tier rate",
        value: shown(tier.mmr),
        formula: `risk limit tier ${tier.number}, by position and open orders`,
      },
      part("deduction", deductionOf(exposure), "of the tier"),
      part("fee to close", closingFee(exposure), feeFormula(exposure)),
      isolated
        ? bankruptPart(exposure)
        : part("initial margin", initialOf(exposure), "value / leverage + fee to close"),
    ],
  };
}

function feeFormula({ position, valuation, slope }: Exposure): string {
  if (position.posted !== undefined && valuation === "mark") return "taker fee * value at the bankruptcy price";
  return `taker fee * value * (1 ${isNegative(slope) ? "+" : "-"} 1 / leverage)`;
}

function bankruptPart(exposure: Exposure): Explain {
  const value = bankruptValue(exposure);
  const rounding = isNegative(exposure.position.size) ? "floor" : "ceil";
  const price = value === undefined ? undefined : priceOf(exposure, value, SHOWN_SCALE, rounding);
  return {
    name: "bankruptcy price",
    value: price === undefined ? "none: the posted margin covers every price" : shown(price),
    formula: "where the posted margin is gone once the fee to close is paid",
    source: SOURCE,
  };
}
