import type { Explain } from "@plimsoll/core/margin";
import { type Exact, isNegative, multiply, rescale, text, trim } from "@plimsoll/core/units";
import type { Account } from "./accounts.ts";
import type { AssetValue } from "./asset-value.ts";
import { powerOf } from "./contract-value.ts";
import { type Position, positionName } from "./holding.ts";
import { type Priced, maintenance, notional, profit } from "./position.ts";
import type { BinanceTerms } from "./terms.ts";
import { type Totals, indexOf, sumOf } from "./totals.ts";

const source = "venues/binance/README.md";

/** The margin balance with what it is made of; amounts of several assets in USD. */
export function explain(account: Account, totals: Totals, terms: BinanceTerms): Explain {
  const { equity, initial, priced } = totals;
  return {
    name: terms.uniMmr === undefined ? "margin balance" : "adjusted equity",
    value: shown(equity),
    formula: account.is === "unified" ? "sum over assets of what each counts in USD" : "wallet + unrealised profit",
    source,
    parts: [
      ...(account.is === "unified"
        ? totals.assets.map((each) => assetPart(each, terms))
        : [{ name: account.is === "cross" ? "cross wallet" : "isolated wallet", value: shown(account.wallet) }]),
      sumPart("unrealised profit", profit, totals, profitFormula(priced)),
      sumPart("maintenance margin", maintenance, totals, "notional * rate - amount, tier of the notional at mark"),
      sumPart("notional", notional, totals, isInverse(priced) ? "contracts * USD a contract / mark" : "size * mark"),
      ...(initial === undefined
        ? []
        : [{ name: "initial margin", value: shown(initial), formula: "notional / leverage + open orders" }]),
      ...priced.flatMap(({ position }) => queuePart(position)),
    ],
  };
}

/** Where the venue sees a position in the queue for deleveraging: it depends on everybody else's, so it is an estimate. */
const queuePart = ({ adl, ...position }: Position): readonly Explain[] =>
  adl === undefined
    ? []
    : [
        {
          name: `${positionName(position)} in the deleveraging queue`,
          value: `estimate, the venue's queue light ${adl + 1} of 5`,
          formula: "rank of profit share * effective leverage among all positions of that side",
        },
      ];

/** Quotients by a price are kept at 30 decimals; nobody reads more than twelve. */
const shown = (value: Exact): string => text(value.scale <= SHOWN ? value : trim(rescale(value, SHOWN, "floor")));
const SHOWN = 12;

/** Whether every contract of an account is inverse. */
const isInverse = (priced: readonly Priced[]): boolean =>
  priced.length > 0 && priced.every(({ terms }) => powerOf(terms) === -1);
const profitFormula = (priced: readonly Priced[]): string =>
  isInverse(priced) ? "contracts * USD a contract * (1 / entry - 1 / mark)" : "size * (mark - entry)";

function sumPart(name: string, of: (each: Priced) => Exact, { priced, assets }: Totals, formula: string): Explain {
  const counted = (each: Priced) => (assets.length === 0 ? of(each) : multiply(of(each), indexOf(each, assets)));
  return {
    name,
    value: shown(sumOf(priced.map(counted))),
    formula: assets.length === 0 ? formula : `${formula}, times the index of the asset`,
    source,
    parts: priced.map((each) => ({ name: positionName(each.position), value: shown(counted(each)) })),
  };
}

/** What an asset counts; of one that is owed, how far the venue lets it go before it sells others to refill it. */
function assetPart({ asset, amount, index, value }: AssetValue, { autoExchange }: BinanceTerms): Explain {
  const name = `${asset}: ${shown(amount)} at ${text(index)} USD`;
  if (!isNegative(amount)) return { name, value: shown(value), formula: "value * (1 - haircut)" };
  const risk =
    autoExchange === undefined ? "" : `; at -${text(autoExchange)} USD the venue sells other assets to refill it`;
  return { name, value: shown(value), formula: `value * (1 + buffer), no haircut${risk}` };
}
