// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room
import type { Market, Scene } from "@plimsoll/core/margin";
import { type AccountKey, type Exact, accountKey, dec, known, text, trim } from "@plimsoll/core/units";
import type { Body } from "../holding.ts";
import { margin } from "../margin.ts";
import type { BybitTerms } from "../terms.ts";
import { NOW, inverse, linear, sceneOf, termsOf, tier } from "../testing.ts";

export function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
export const codeOf = (result: { readonly ok: boolean; readonly failure?: { readonly code: string } }) =>
  result.failure?.code ?? "taken";
export const plain = (value: Exact | undefined) => (value === undefined ? "none" : text(trim(value)));
export const ISOLATED = accountKey("BTCUSDT:one-way");

export const tiers = [
  tier("0", "100000", "0.005", "0"),
  tier("100000", "200000", "0.01", "500"),
  tier("200000", "1000000", "0.02", "2500"),
];
export const TERMS = termsOf({
  contracts: {
    BTCUSDT: linear({ tick: dec("0.1"), tiers, takerFee: dec("0.0005") }),
    BTCUSD: inverse("BTC", { tick: dec("0.5"), takerFee: dec("0.0005") }),
  },
});
export const scene = (prices: Readonly<Record<string, string>> = {}, terms: BybitTerms = TERMS) =>
  sceneOf({ BTCUSDT: "50000", BTCUSD: "50000", USDT: "1", BTC: "50000", ...prices }, terms);
/** Everything fills at one price. */
export const at = (price: string): Market => ({ fill: () => known(dec(price), NOW) });

export const line = (body: Body, key: AccountKey, where: Scene<BybitTerms>, name = "maintenance") =>
  margin.assess(body, key, where).lines.find((each) => each.name === name);
