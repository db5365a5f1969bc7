import {
  type Assessment,
  type Explain,
  type Line,
  type LineName,
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
  known,
  maxOf,
  none,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { Body, Subaccount } from "./holding.ts";
import { oracleKey, subaccountKey } from "./names.ts";
import { usdc } from "./quantums.ts";
import { type Risk, riskOf } from "./risk.ts";
import type { DydxTerms } from "./terms.ts";

/** The subaccount of a key; absent when the holding has none. */
export const subaccountOf = ({ subaccounts }: Body, key: AccountKey): Subaccount | undefined =>
  subaccounts.find(({ number }) => subaccountKey(number) === key);

/** Exact state of one subaccount, to the quote quantum. */
export function assess(body: Body, key: AccountKey, scene: Scene<DydxTerms>): Assessment {
  const subaccount = subaccountOf(body, key);
  if (subaccount === undefined) return blank(key, none(why("dydx-v4/no-subaccount", { account: key })));
  const risk = riskOf(subaccount, body, scene);
  if (!risk.ok) return blank(key, unknown(risk.failure));
  const { netCollateral, initial, priced } = risk.value;
  const asOf = oldestOf(
    priced.map(({ position }) => oracleKey(position.ticker)),
    scene,
  );
  return {
    account: key,
    unit: assetId("USDC"),
    equity: known(usdc(netCollateral), asOf),
    free: initial === undefined ? unknown(noOpenInterest) : known(usdc(maxOf(0n, netCollateral - initial)), asOf),
    lines: linesOf(risk.value),
    explain: explain(subaccount, risk.value),
  };
}

const noOpenInterest = why("dydx-v4/no-open-interest", { next: "read the open interest of the markets held" });

const blank = (key: AccountKey, reason: Figure<Exact>): Assessment =>
  notAssessed(key, "USDC", reason, "net collateral");

/** No line where nothing is required: then the protocol does not liquidate, whatever the collateral. */
function linesOf(risk: Risk): readonly Line[] {
  const { netCollateral, initial, maintenance } = risk;
  if (maintenance === 0n) return [];
  const line = (name: LineName, required: bigint, meaning: string): Line =>
    lineOf({ name, have: usdc(netCollateral), need: usdc(required), atZero: "safe", meaning });
  const below = "the protocol sends liquidation orders, a part of a position each block";
  const opens = initial === undefined ? [] : [line("initial", initial, "no new risk, no withdrawal")];
  return [...opens, line("maintenance", maintenance, below)];
}

function explain({ quote }: Subaccount, { netCollateral, maintenance, priced }: Risk): Explain {
  const source = "venues/dydx-v4/README.md";
  const parts = (of: (each: Risk["priced"][number]) => bigint): readonly Explain[] =>
    priced.map((each) => ({ name: each.position.ticker, value: text(usdc(of(each))) }));
  const sum = (rows: readonly bigint[]) => text(usdc(rows.reduce((total, each) => total + each, 0n)));
  const part = (name: string, formula: string, of: (each: Risk["priced"][number]) => bigint): Explain => ({
    name,
    value: sum(priced.map(of)),
    formula,
    source,
    parts: parts(of),
  });
  return {
    name: "net collateral",
    value: text(usdc(netCollateral)),
    formula: "USDC + unsettled funding + size * oracle",
    source,
    parts: [
      { name: "USDC", value: text(usdc(quote)) },
      part("position value", "size * oracle, cut toward zero", ({ notional }) => notional),
      part("unsettled funding", "-(index - index at last settlement) * size", ({ funding }) => funding),
      {
        ...part("maintenance margin", "ceil(ceil(notional * initial) * fraction)", (each) => each.maintenance),
        value: text(usdc(maintenance)),
      },
    ],
  };
}
