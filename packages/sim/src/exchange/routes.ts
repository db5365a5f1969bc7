import { type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  type ExchangeState,
  type Input,
  type Market,
  type Refusal,
  accountOf,
  findConditional,
  findOrder,
  isOpen,
  openConditionals,
  refuse,
} from "./core/index.ts";
import { accountInfo, balances, positionRisk, symbolConfig } from "./account-payload.ts";
import {
  bookTicker,
  depth,
  exchangeInfo,
  fundingInfo,
  leverageBracket,
  premiumIndex,
  tickerPrice,
} from "./market-payload.ts";
import { conditionalPayload, incomePayload, movePayload, orderPayload, tradePayload } from "./order-payload.ts";
import { readAmount, readConditional, readOrder, readRef } from "./order-request.ts";
import type { ApiKey } from "./request.ts";
import type { Simulation } from "./simulation.ts";
import type { Sockets } from "./sockets.ts";

export interface Call {
  readonly simulation: Simulation;
  readonly sockets: Sockets;
  readonly params: ReadonlyMap<string, string>;
  readonly key: ApiKey | undefined;
}
type Answer = Result<unknown, Refusal>;
/** `open` needs nothing, `key` an API key, `read` a signature as well, `trade` also the permission to trade. */
export interface Route {
  readonly needs: "open" | "key" | "read" | "trade";
  readonly answer: (call: Call) => Answer;
}

const worldOf = ({ simulation }: Call): { readonly state: ExchangeState } => ({ state: simulation.state });
const ownerOf = ({ key }: Call): string => key?.account ?? "";
const accountFor = (call: Call): Account => accountOf(worldOf(call), ownerOf(call));
const marketsFor = (call: Call): readonly Market[] => {
  const symbol = call.params.get("symbol");
  return [...call.simulation.state.markets.values()].filter(
    ({ instrument }) => symbol === undefined || instrument.symbol === symbol,
  );
};

/** One symbol's row, or all rows when no symbol was asked for. */
function perMarket(call: Call, row: (market: Market) => unknown): Answer {
  const rows = marketsFor(call).map(row);
  if (!call.params.has("symbol")) return ok(rows);
  return rows.length === 0 ? refuse(-1121, "Invalid symbol.") : ok(rows[0]);
}
function oneMarket(call: Call, answer: (market: Market) => Answer): Answer {
  const [market] = marketsFor(call);
  if (!call.params.has("symbol"))
    return refuse(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  return market === undefined ? refuse(-1121, "Invalid symbol.") : answer(market);
}
const windowed = <R extends { readonly at: number }>(
  { params }: Call,
  rows: readonly R[],
  fallback: number,
): readonly R[] => {
  const [from, to, limit] = [
    Number(params.get("startTime") ?? 0),
    Number(params.get("endTime") ?? Number.POSITIVE_INFINITY),
    Number(params.get("limit") ?? fallback),
  ];
  return rows.filter(({ at }) => at >= from && at <= to).slice(-limit);
};
/** Runs an input and answers with what `view` makes of its reply. */
function run(
  call: Call,
  input: Input,
  view: (reply: Extract<ReturnType<Simulation["run"]>, { ok: true }>["value"]) => unknown,
): Answer {
  const result = call.simulation.run(input);
  return result.ok ? ok(view(result.value)) : result;
}
const marketAt = (call: Call, symbol: string): Market => {
  const market = call.simulation.state.markets.get(symbol);
  if (market === undefined) throw new Error(`invariant broken: no market ${symbol}`);
  return market;
};
const success = { code: 200, msg: "success" };

const orderRoutes: Record<string, Route> = {
  "POST /fapi/v1/order": {
    needs: "trade",
    answer: (call) => {
      const order = readOrder(call.params);
      if (!order.ok) return order;
      return run(
        call,
        { type: "order", account: ownerOf(call), order: order.value },
        ({ order: placed }) => placed && orderPayload(placed, marketAt(call, placed.symbol)),
      );
    },
  },
  "GET /fapi/v1/order": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const ref = readRef(call.params, "orderId", "origClientOrderId");
        if (!ref.ok) return ref;
        const order = findOrder(worldOf(call), ownerOf(call), market.instrument.symbol, ref.value);
        return order === undefined ? refuse(-2013, "Order does not exist.") : ok(orderPayload(order, market));
      }),
  },
  "DELETE /fapi/v1/order": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, (market) => {
        const ref = readRef(call.params, "orderId", "origClientOrderId");
        if (!ref.ok) return ref;
        return run(
          call,
          { type: "cancel", account: ownerOf(call), symbol: market.instrument.symbol, ref: ref.value },
          ({ order }) => order && orderPayload(order, market),
        );
      }),
  },
  "DELETE /fapi/v1/allOpenOrders": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        run(call, { type: "cancel-all", account: ownerOf(call), symbol: instrument.symbol }, () => ({
          code: 200,
          msg: "The operation of cancel all open order is done.",
        })),
      ),
  },
  "GET /fapi/v1/openOrders": {
    needs: "read",
    answer: (call) =>
      ok(
        marketsFor(call).flatMap((market) =>
          [...market.bids, ...market.asks]
            .filter(({ account }) => account === ownerOf(call))
            .map((order) => orderPayload(order, market)),
        ),
      ),
  },
  "GET /fapi/v1/openOrder": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const ref = readRef(call.params, "orderId", "origClientOrderId");
        if (!ref.ok) return ref;
        const order = findOrder(worldOf(call), ownerOf(call), market.instrument.symbol, ref.value);
        return order === undefined || !isOpen(order)
          ? refuse(-2013, "Order does not exist.")
          : ok(orderPayload(order, market));
      }),
  },
  "GET /fapi/v1/allOrders": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const own = [...call.simulation.state.orders.values()].filter(
          ({ account, symbol }) => account === ownerOf(call) && symbol === market.instrument.symbol,
        );
        return ok(
          windowed(
            call,
            own.map((order) => ({ at: order.createdAt, order })),
            500,
          ).map(({ order }) => orderPayload(order, market)),
        );
      }),
  },
  "GET /fapi/v1/userTrades": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, (market) => {
        const { symbol } = market.instrument;
        const orderId = call.params.get("orderId");
        const own = call.simulation.state.trades.filter(
          (trade) =>
            trade.account === ownerOf(call) &&
            trade.symbol === symbol &&
            (orderId === undefined || trade.orderId === Number(orderId)),
        );
        return ok(windowed(call, own, 500).map((trade) => tradePayload(trade, market)));
      }),
  },
};

const algoRoutes: Record<string, Route> = {
  "POST /fapi/v1/algoOrder": {
    needs: "trade",
    answer: (call) => {
      const order = readConditional(call.params);
      if (!order.ok) return order;
      return run(
        call,
        { type: "conditional", account: ownerOf(call), order: order.value },
        ({ conditional }) => conditional && conditionalPayload(conditional, marketAt(call, conditional.symbol)),
      );
    },
  },
  "GET /fapi/v1/algoOrder": {
    needs: "read",
    answer: (call) => {
      const ref = readRef(call.params, "algoId", "clientAlgoId");
      if (!ref.ok) return ref;
      const conditional = findConditional(worldOf(call), ownerOf(call), ref.value);
      return conditional === undefined
        ? refuse(-2013, "Order does not exist.")
        : ok(conditionalPayload(conditional, marketAt(call, conditional.symbol)));
    },
  },
  "DELETE /fapi/v1/algoOrder": {
    needs: "trade",
    answer: (call) => {
      const ref = readRef(call.params, "algoId", "clientAlgoId");
      if (!ref.ok) return ref;
      return run(
        call,
        { type: "cancel-conditional", account: ownerOf(call), ref: ref.value },
        ({ conditional }) => conditional && { algoId: conditional.id, clientAlgoId: conditional.clientId, ...success },
      );
    },
  },
  "DELETE /fapi/v1/algoOpenOrders": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        run(
          call,
          { type: "cancel-all-conditionals", account: ownerOf(call), symbol: instrument.symbol },
          () => success,
        ),
      ),
  },
  "GET /fapi/v1/openAlgoOrders": {
    needs: "read",
    answer: (call) =>
      ok(
        openConditionals(worldOf(call), ownerOf(call), call.params.get("symbol")).map((one) =>
          conditionalPayload(one, marketAt(call, one.symbol)),
        ),
      ),
  },
};

const accountRoutes: Record<string, Route> = {
  "GET /fapi/v3/account": { needs: "read", answer: (call) => ok(accountInfo(worldOf(call), accountFor(call))) },
  "GET /fapi/v3/balance": { needs: "read", answer: (call) => ok(balances(worldOf(call), accountFor(call))) },
  "GET /fapi/v2/balance": { needs: "read", answer: (call) => ok(balances(worldOf(call), accountFor(call))) },
  "GET /fapi/v3/positionRisk": { needs: "read", answer: (call) => ok(risks(call, false)) },
  "GET /fapi/v2/positionRisk": { needs: "read", answer: (call) => ok(risks(call, true)) },
  "GET /fapi/v1/symbolConfig": {
    needs: "read",
    answer: (call) =>
      ok(marketsFor(call).map(({ instrument }) => symbolConfig(worldOf(call), accountFor(call), instrument.symbol))),
  },
  "GET /fapi/v1/accountConfig": {
    needs: "read",
    answer: (call) =>
      ok({
        feeTier: 0,
        canTrade: call.key?.trade !== false,
        canDeposit: true,
        canWithdraw: call.key?.withdraw === true,
        dualSidePosition: accountFor(call).hedge,
        multiAssetsMargin: false,
        tradeGroupId: -1,
        updateTime: 0,
      }),
  },
  "GET /fapi/v1/leverageBracket": {
    needs: "read",
    answer: (call) => perMarket(call, (market) => leverageBracket(accountFor(call), market)),
  },
  "GET /fapi/v1/commissionRate": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, ({ instrument }) =>
        ok({
          symbol: instrument.symbol,
          makerCommissionRate: rate(instrument.makerFee),
          takerCommissionRate: rate(instrument.takerFee),
        }),
      ),
  },
  "GET /fapi/v1/income": {
    needs: "read",
    answer: (call) => {
      const { params } = call;
      const [type, symbol] = [params.get("incomeType"), params.get("symbol")];
      const own = call.simulation.state.incomes.filter(
        (one) =>
          one.account === ownerOf(call) &&
          (type === undefined || one.type === type) &&
          (symbol === undefined || one.symbol === symbol),
      );
      return ok(windowed(call, own, 100).map(incomePayload));
    },
  },
  "GET /fapi/v1/positionSide/dual": {
    needs: "read",
    answer: (call) => ok({ dualSidePosition: accountFor(call).hedge }),
  },
  "POST /fapi/v1/positionSide/dual": {
    needs: "trade",
    answer: (call) =>
      run(
        call,
        { type: "hedge", account: ownerOf(call), hedge: call.params.get("dualSidePosition") === "true" },
        () => success,
      ),
  },
  "GET /fapi/v1/multiAssetsMargin": { needs: "read", answer: () => ok({ multiAssetsMargin: false }) },
  "POST /fapi/v1/marginType": {
    needs: "trade",
    answer: (call) => {
      const type = call.params.get("marginType");
      if (type !== "ISOLATED" && type !== "CROSSED") return refuse(-4029, "Invalid margin type.");
      return oneMarket(call, ({ instrument }) =>
        run(
          call,
          {
            type: "margin",
            account: ownerOf(call),
            symbol: instrument.symbol,
            margin: type === "ISOLATED" ? "isolated" : "cross",
          },
          () => success,
        ),
      );
    },
  },
  "POST /fapi/v1/leverage": {
    needs: "trade",
    answer: (call) =>
      oneMarket(call, ({ instrument: { symbol } }) =>
        run(
          call,
          { type: "leverage", account: ownerOf(call), symbol, leverage: Number(call.params.get("leverage")) },
          () => {
            const { leverage, maxNotionalValue } = symbolConfig(worldOf(call), accountFor(call), symbol);
            return { symbol, leverage, maxNotionalValue };
          },
        ),
      ),
  },
  "POST /fapi/v1/positionMargin": { needs: "trade", answer: movePositionMargin },
  "GET /fapi/v1/positionMargin/history": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, ({ instrument }) => {
        const own = call.simulation.state.moves.filter(
          ({ account, symbol }) => account === ownerOf(call) && symbol === instrument.symbol,
        );
        return ok(windowed(call, own, 500).map(movePayload));
      }),
  },
  "POST /fapi/v1/listenKey": {
    needs: "key",
    answer: (call) => ok({ listenKey: call.sockets.listenKey(ownerOf(call)) }),
  },
  "PUT /fapi/v1/listenKey": {
    needs: "key",
    answer: (call) => ok({ listenKey: call.sockets.listenKey(ownerOf(call)) }),
  },
  "DELETE /fapi/v1/listenKey": { needs: "key", answer: (call) => (call.sockets.endListenKey(ownerOf(call)), ok({})) },
  "GET /sapi/v1/account/apiRestrictions": {
    needs: "read",
    answer: ({ key, simulation }) =>
      ok({
        ipRestrict: false,
        createTime: simulation.state.now,
        enableReading: true,
        enableFutures: key?.trade !== false,
        enableWithdrawals: key?.withdraw === true,
        enableInternalTransfer: false,
        enableMargin: false,
        permitsUniversalTransfer: false,
        enableVanillaOptions: false,
        enableSpotAndMarginTrading: false,
        enablePortfolioMarginTrading: false,
      }),
  },
};
const rate = (value: bigint): string => `0.${value.toString().padStart(8, "0")}`.replace(/0{1,4}$/, "");

function risks(call: Call, full: boolean): readonly unknown[] {
  const symbol = call.params.get("symbol");
  const account = accountFor(call);
  return [...account.positions.values()]
    .filter((position) => symbol === undefined || position.symbol === symbol)
    .map((position) => positionRisk(worldOf(call), account, position, full));
}

function movePositionMargin(call: Call): Answer {
  const amount = readAmount(call.params, "amount");
  if (!amount.ok) return amount;
  const [type, side = "BOTH"] = [call.params.get("type"), call.params.get("positionSide")];
  if (type !== "1" && type !== "2")
    return refuse(-1102, "Mandatory parameter 'type' was not sent, was empty/null, or malformed.");
  if (side !== "BOTH" && side !== "LONG" && side !== "SHORT") return refuse(-4060, "Invalid position side.");
  if (amount.value <= 0n)
    return refuse(-1102, "Mandatory parameter 'amount' was not sent, was empty/null, or malformed.");
  return oneMarket(call, ({ instrument: { symbol } }) =>
    run(
      call,
      {
        type: "move-margin",
        account: ownerOf(call),
        symbol,
        positionSide: side,
        amount: type === "1" ? amount.value : -amount.value,
      },
      () => ({
        amount: Number(call.params.get("amount")),
        code: 200,
        msg: "Successfully modify position margin.",
        type: Number(type),
      }),
    ),
  );
}

const marketRoutes: Record<string, Route> = {
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

/** Every path this front serves, by method and path; anything else is answered as the venue answers an unknown path. */
export const routes: Readonly<Record<string, Route>> = {
  ...marketRoutes,
  ...accountRoutes,
  ...orderRoutes,
  ...algoRoutes,
};
