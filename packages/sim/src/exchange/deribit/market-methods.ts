import { ok } from "@plimsoll/core/units";
import { type Method, marketsFor, oneMarket } from "./call.ts";
import { bookRow, currencyRow, instrumentRow, number, tickerRow } from "./market-payload.ts";
import { pairOf } from "./perpetuals.ts";
import { badParameter } from "./refusals.ts";

export const marketMethods: Readonly<Record<string, Method>> = {
  "public/get_time": { needs: "open", answer: ({ simulation }) => ok(simulation.now()) },
  "public/test": { needs: "open", answer: () => ok({ version: "1.2.26" }) },
  "public/status": { needs: "open", answer: () => ok({ locked: "false", locked_currencies: [] }) },
  "public/get_currencies": { needs: "open", answer: () => ok([currencyRow]) },
  "public/get_instruments": { needs: "open", answer: (call) => ok(marketsFor(call).map(instrumentRow)) },
  "public/get_instrument": { needs: "open", answer: (call) => oneMarket(call, (market) => ok(instrumentRow(market))) },
  "public/ticker": {
    needs: "open",
    answer: (call) => oneMarket(call, (market) => ok(tickerRow(market, call.simulation.seed, call.simulation.now()))),
  },
  "public/get_order_book": {
    needs: "open",
    answer: (call) => {
      const { seed } = call.simulation;
      const depth = Number(call.params.get("depth") ?? 5);
      return oneMarket(call, (market) => ok(bookRow(market, seed, call.simulation.now(), depth)));
    },
  },
  "public/get_index_price": {
    needs: "open",
    answer: ({ simulation, params }) => {
      const named = [...simulation.state.markets.values()].find(
        ({ instrument }) => pairOf(instrument) === params.get("index_name"),
      );
      if (named === undefined) return badParameter("index_name", "invalid index_name");
      return ok({ index_price: number(named.index), estimated_delivery_price: number(named.index) });
    },
  },
};
