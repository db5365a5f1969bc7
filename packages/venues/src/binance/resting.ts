import type { Resting } from "@plimsoll/core/book";
import { type Scene, restingOf } from "@plimsoll/core/margin";
import type { AccountKey, Figure } from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { type Body, type PositionSide, positionName } from "./holding.ts";
import { sideReducedBy } from "./order.ts";
import { type BinanceTerms, entryOf } from "./terms.ts";

/** What lies at the venue for one account: an isolated position has the orders of its own side, a pool all others of its asset. */
export function resting(body: Body, key: AccountKey, { now, terms }: Scene<BinanceTerms>): Figure<readonly Resting[]> {
  const account = accountOf(body, key);
  const isolated = new Set(body.positions.filter(({ margin }) => margin.mode === "isolated").map(positionName));
  const inPool = ({ instrument }: Resting): boolean => {
    const asset = entryOf(terms.body.symbols, instrument)?.asset;
    return account?.is === "unified" || asset === undefined || asset === account?.asset;
  };
  const belongs = (each: Resting): boolean => {
    const name = positionName({ symbol: each.instrument, positionSide: sideMeantBy(body, each) });
    return account?.is === "isolated" ? name === key : !isolated.has(name) && inPool(each);
  };
  return restingOf("binance", body, belongs, now);
}

/** The side that an order is for: in hedge mode a buy that does not reduce is for the long side. */
const sideMeantBy = (body: Body, { side, reduceOnly }: Resting): PositionSide =>
  sideReducedBy(body, { side: reduceOnly === (side === "sell") ? "sell" : "buy" });
