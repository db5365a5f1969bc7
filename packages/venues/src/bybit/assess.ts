import {
  type Assessment,
  type Explain,
  type Line,
  type Scene,
  lineOf,
  notAssessed,
  oldestOf,
} from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  assetId,
  brief,
  isZero,
  known,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import {
  type Exposure,
  bankruptValue,
  chargedOf,
  closingFee,
  haveOf,
  initialOf,
  maintenanceOf,
  priceOf,
} from "./exposure.ts";
import { type Body, positionName } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Decimals of the figures shown to people. */
const SHOWN_SCALE = 18;

export type BybitLine = "initial" | "maintenance";

/** Exact state of one account: margin balance against initial and maintenance margin; the venue's rates are need / have. */
export function assess(body: Body, key: AccountKey, scene: Scene<BybitTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("bybit/no-account", { account: key })));
  const unit = account.is === "wallet" ? "USD" : account.position.coin;
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return blank(key, unit, unknown(totals.failure));
  const { have, free, exposures, coins } = totals.value;
  const asOf = oldestOf(
    [...exposures.map(({ position }) => markKey(position.symbol)), ...coins.map(({ coin }) => indexKey(coin))],
    scene,
  );
  return {
    account: key,
    unit: assetId(unit),
    equity: known(have, asOf),
    free: known(free, asOf),
    lines: linesOf(account, totals.value),
    explain: explain(account, body, totals.value),
  };
}

const blank = (key: AccountKey, unit: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, unit, reason, "margin balance");

export const needOf = (totals: Totals, line: BybitLine): Exact =>
  line === "initial" ? totals.initial : totals.maintenance;

const MEANING = {
  initial: "at an initial margin rate of 100 % the venue takes no order that adds risk",
  maintenance: "at a maintenance margin rate of 100 % the venue liquidates",
} as const;

/** Both rates of the wallet; an isolated position has the one line at which it is liquidated. */
function linesOf(account: Account, totals: Totals): readonly Line[] {
  const names = account.is === "wallet" ? (["initial", "maintenance"] as const) : (["maintenance"] as const);
  return names.flatMap((name) => {
    const need = needOf(totals, name);
    if (isZero(need)) return [];
    return lineOf({ name, have: totals.have, need, atZero: "crossed", meaning: MEANING[name] });
  });
}

const shown = (value: Exact): string => brief(value, SHOWN_SCALE);

const SOURCE = "venues/bybit/README.md";

function explain(account: Account, body: Body, totals: Totals): Explain {
  const { have, maintenance, exposures, coins } = totals;
  const each = (name: string, formula: string, of: (exposure: Exposure) => Exact): Explain => ({
    name,
    value: exposures.length === 0 ? "none" : exposures.map((one) => inCoin(one, of(one))).join(", "),
    formula,
    source: SOURCE,
    parts: exposures.map((one) => ({ name: positionName(one.position), value: inCoin(one, of(one)) })),
  });
  const isWallet = account.is === "wallet";
  const at = exposures[0]?.valuation ?? "mark";
  return {
    name: "margin balance",
    value: shown(have),
    formula: isWallet ? "sum over coins - loss of resting orders" : "posted margin + profit",
    source: SOURCE,
    parts: [
      ...coins.map(coinPart),
      ...(isZero(body.orderLoss) || !isWallet
        ? []
        : [{ name: "loss of resting orders", value: shown(body.orderLoss) }]),
      each(
        isWallet ? "profit" : "posted margin and profit",
        "size * (mark - entry); inverse: size / entry - size / mark",
        haveOf,
      ),
      each(`value at ${at}`, `size * ${at}; inverse: size / ${at}`, chargedOf),
      ...exposures.map(tierPart),
      each("fee to close", feeFormula(account, at), closingFee),
      each("maintenance margin", "value * tier rate - deduction + fee to close", maintenanceOf),
      ...(isWallet ? [each("initial margin", "value / leverage + fee to close", initialOf)] : []),
      ...(isWallet ? [{ name: "all initial margin", value: shown(totals.initial) }] : exposures.map(bankruptPart)),
      { name: "all maintenance margin", value: shown(maintenance) },
    ],
  };
}

const inCoin = ({ position }: Exposure, value: Exact): string => `${shown(value)} ${position.coin}`;

const feeFormula = (account: Account, at: "mark" | "entry"): string =>
  account.is === "isolated" && at === "mark"
    ? "taker fee * value at the bankruptcy price"
    : "taker fee * value * (1 - 1 / leverage) of a linear long; (1 + 1 / leverage) of a short";

const coinPart = ({ coin, equity, index, adjusted, need }: Totals["coins"][number]): Explain => ({
  name: `${coin} in the margin balance`,
  value: shown(adjusted),
  formula: "equity above 0 at its collateral ratios, band by band, below 0 in full",
  source: SOURCE,
  parts: [
    { name: "equity", value: `${shown(equity)} ${coin}` },
    { name: "index", value: shown(index) },
    { name: "maintenance margin of what is borrowed", value: shown(need) },
  ],
});

const tierPart = ({ position, tier }: Exposure): Explain => ({
  name: `risk limit tier of ${positionName(position)}`,
  value: `${tier.number}`,
  formula: "by value of position and open orders",
  source: SOURCE,
  parts: [
    { name: "maintenance rate", value: shown(tier.mmr) },
    { name: "deduction", value: shown(tier.deduction) },
  ],
});

function bankruptPart(exposure: Exposure): Explain {
  const value = bankruptValue(exposure);
  const rounding = exposure.position.size.digits < 0n ? "floor" : "ceil";
  return {
    name: "bankruptcy price",
    value:
      value === undefined
        ? "none: the posted margin covers a price of 0"
        : shown(priceOf(exposure, value, 8, rounding)),
    formula: "where the posted margin is gone once the fee to close is paid",
    source: SOURCE,
  };
}
