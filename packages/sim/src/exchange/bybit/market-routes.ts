import { ok } from "@plimsoll/core/units";
import { book } from "@plimsoll/sim/exchange";
import { type Route, SETTLE_COIN, listed, marketsFor, oneMarket } from "./call.ts";
import { instrumentRow, riskLimitRows, tickerRow } from "./market-payload.ts";

export const marketRoutes: Readonly<Record<string, Route>> = {
  "GET /v5/market/time": {
    needs: "open",
    answer: ({ simulation }) => {
      const now = simulation.now();
      return ok({ timeSecond: `${Math.floor(now / 1_000)}`, timeNano: `${now}000000` });
    },
  },
  "GET /v5/market/instruments-info": {
    needs: "open",
    answer: (call) =>
      listed(
        call,
        () => ((call.params.get("status") ?? "Trading") === "Trading" ? marketsFor(call).map(instrumentRow) : []),
        500,
        1_000,
      ),
  },
  "GET /v5/market/risk-limit": {
    needs: "open",
    answer: (call) => listed(call, () => marketsFor(call).flatMap(riskLimitRows), 1_000, 1_000),
  },
  "GET /v5/market/tickers": {
    needs: "open",
    answer: (call) =>
      listed(call, () => marketsFor(call).map((market) => tickerRow(market, call.simulation.seed)), 1_000, 1_000),
  },
  "GET /v5/market/orderbook": {
    needs: "open",
    answer: (call) =>
      oneMarket(call, (market) => {
        const { seed, state } = call.simulation;
        const limit = Number(call.params.get("limit") ?? 25);
        const [b, a] = [book(market, "sell", seed).slice(0, limit), book(market, "buy", seed).slice(0, limit)];
        return ok({ s: market.instrument.symbol, b, a, ts: state.now, u: state.ids, seq: state.ids, cts: state.now });
      }),
  },
  "GET /v5/spot-margin-trade/collateral": {
    needs: "open",
    answer: () =>
      ok({
        list: [{ currency: SETTLE_COIN, collateralRatioList: [{ minQty: "0", maxQty: "", collateralRatio: "1" }] }],
      }),
  },
};
