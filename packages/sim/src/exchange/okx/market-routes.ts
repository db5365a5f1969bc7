import { ok } from "@plimsoll/core/units";
import type { Market } from "@plimsoll/sim/exchange";
import { type Answer, type Call, type Route, SETTLE_COIN, ofMarkets, oneMarket } from "./call.ts";
import { familyOf } from "./contract.ts";
import { fundingRow, indexRows, instrumentRow, levels, markRow, tickerRow, tierRows } from "./market-payload.ts";
import { badParameter } from "./refusals.ts";

const INSTRUMENTS = ["instType", "uly", "instFamily", "instId"] as const;

export const marketRoutes: Readonly<Record<string, Route>> = {
  "GET /api/v5/public/time": {
    needs: "open",
    takes: [],
    answer: ({ simulation }) => ok([{ ts: `${simulation.now()}` }]),
  },
  "GET /api/v5/public/instruments": {
    needs: "open",
    takes: INSTRUMENTS,
    answer: (call) => ofFamilies(call, (market) => [instrumentRow(market)]),
  },
  "GET /api/v5/public/position-tiers": {
    needs: "open",
    takes: [...INSTRUMENTS, "tdMode", "ccy", "tier"],
    answer: tiers,
  },
  "GET /api/v5/public/mark-price": {
    needs: "open",
    takes: INSTRUMENTS,
    answer: (call) => ofFamilies(call, (market) => [markRow(market, call.simulation.now())]),
  },
  "GET /api/v5/public/funding-rate": {
    needs: "open",
    takes: ["instId"],
    answer: (call) => ofMarkets(call, (market) => [fundingRow(market, call.simulation.now())]),
  },
  "GET /api/v5/public/discount-rate-interest-free-quota": {
    needs: "open",
    takes: ["ccy", "discountLv"],
    answer: discounts,
  },
  "GET /api/v5/market/index-tickers": { needs: "open", takes: ["quoteCcy", "instId"], answer: indexes },
  "GET /api/v5/market/ticker": {
    needs: "open",
    takes: ["instId"],
    answer: (call) => ofMarkets(call, (market) => [tickerRow(market, call.simulation.seed, call.simulation.now())]),
  },
  "GET /api/v5/market/tickers": {
    needs: "open",
    takes: ["instType"],
    answer: (call) => ofMarkets(call, (market) => [tickerRow(market, call.simulation.seed, call.simulation.now())]),
  },
  "GET /api/v5/market/books": { needs: "open", takes: ["instId", "sz"], answer: depth },
};

/** The markets of the family that a call names, or of all families. */
const ofFamilies = (call: Call, rowsOf: (market: Market) => readonly unknown[]): Answer => {
  const family = call.params.get("instFamily") ?? call.params.get("uly");
  return ofMarkets(call, (market) =>
    family === undefined || family.split(",").includes(familyOf(market.instrument)) ? rowsOf(market) : [],
  );
};

/** Of swaps by family; there is nothing to borrow, so coins have no tables. */
function tiers(call: Call): Answer {
  const { params, openedAt } = call;
  const mode = params.get("tdMode");
  if (mode !== "cross" && mode !== "isolated") return badParameter("tdMode");
  return ofFamilies(call, (market) => {
    const price = openedAt.get(market.instrument.symbol);
    if (price === undefined) throw new Error(`invariant broken: ${market.instrument.symbol} opened without a price`);
    return tierRows(market, price).filter(({ tier }) => (params.get("tier") ?? tier) === tier);
  });
}

/** The coin of settlement counts in full. */
function discounts({ params }: Call): Answer {
  return ok(
    (params.get("ccy") ?? SETTLE_COIN) === SETTLE_COIN
      ? [
          {
            ccy: SETTLE_COIN,
            amt: "0",
            discountLv: "1",
            minDiscountRate: "1",
            details: [{ discountRate: "1", minAmt: "0", maxAmt: "", tier: "1", liqPenaltyRate: "0", disCcyEq: "" }],
          },
        ]
      : [],
  );
}

function indexes({ simulation, params }: Call): Answer {
  const [quote, instId] = [params.get("quoteCcy"), params.get("instId")];
  if (quote === undefined && instId === undefined) return badParameter("quoteCcy");
  return ok(
    indexRows(simulation).filter(
      (row) => (instId ?? row.instId) === row.instId && (quote === undefined || row.instId.endsWith(`-${quote}`)),
    ),
  );
}

function depth(call: Call): Answer {
  const { params, simulation } = call;
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const count = Number(params.get("sz") ?? 1);
  const [bids, asks] = (["sell", "buy"] as const).map((side) =>
    levels(market.value, side, simulation.seed).slice(0, count),
  );
  return ok([{ bids, asks, ts: `${simulation.now()}`, seqId: simulation.state.ids }]);
}
