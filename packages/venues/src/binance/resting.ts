import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf, sideMeantBy } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { type Body, positionName } from "./holding.ts";
import { type BinanceTerms, entryOf } from "./terms.ts";

const SIDES = { long: "LONG", short: "SHORT" } as const;

/** What lies at the venue for one account: an isolated position has the orders of its own side, a pool all others of its asset. */
export function resting(body: Body, key: AccountKey, { now, terms }: Scene<BinanceTerms>): Figure<readonly Resting[]> {
  const account = accountOf(body, key);
  const isolated = new Set(body.positions.filter(({ margin }) => margin.mode === "isolated").map(positionName));
  const inPool = ({ instrument }: Resting): boolean => {
    const asset = entryOf(terms.body.symbols, instrument)?.asset;
    return account?.is === "unified" || asset === undefined || asset === account?.asset;
  };
  const belongs = (each: Resting): boolean => {
    const name = positionName({
      symbol: each.instrument,
      positionSide: body.mode === "hedge" ? SIDES[sideMeantBy(each)] : "BOTH",
    });
    return account?.is === "isolated" ? name === key : !isolated.has(name) && inPool(each);
  };
  return restingOf("binance", body, belongs, now);
}
