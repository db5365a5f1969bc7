import { ok } from "@plimsoll/core/units";
import { bookTicker, depth, exchangeInfo, fundingInfo, premiumIndex, tickerPrice } from "./market-payload.ts";
import { type Route, marketsFor, oneMarket, perMarket } from "./route.ts";

export const marketRoutes: Readonly<Record<string, Route>> = {
  "GET /fapi/v1/ping": { needs: "open", answer: () => ok({}) },
  "GET /fapi/v1/time": { needs: "open", answer: ({ simulation }) => ok({ serverTime: simulation.state.now }) },
  "GET /fapi/v1/exchangeInfo": { needs: "open", answer: (call) => ok(exchangeInfo(call.simulation.state)) },
  "GET /fapi/v1/premiumIndex": {
    needs: "open",
    answer: (call) => perMarket(call, (market) => premiumIndex(market, call.simulation.state.now)),
  },
  "GET /fapi/v1/fundingInfo": {
    needs: "open",
    answer: (call) => ok(marketsFor(call).map(({ instrument }) => fundingInfo(instrument))),
  },
  "GET /fapi/v1/depth": {
    needs: "open",
    answer: (call) =>
      oneMarket(call, (market) =>
        ok(depth(market, Number(call.params.get("limit") ?? 500), call.simulation.state.now, call.simulation.seed)),
      ),
  },
  "GET /fapi/v1/ticker/price": {
    needs: "open",
    answer: (call) => perMarket(call, (market) => tickerPrice(market, call.simulation.state.now)),
  },
  "GET /fapi/v2/ticker/price": {
    needs: "open",
    answer: (call) => perMarket(call, (market) => tickerPrice(market, call.simulation.state.now)),
  },
  "GET /fapi/v1/ticker/bookTicker": {
    needs: "open",
    answer: (call) => perMarket(call, (market) => bookTicker(market, call.simulation.state.now, call.simulation.seed)),
  },
};
