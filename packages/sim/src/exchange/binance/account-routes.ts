import { ok } from "@plimsoll/core/units";
import { refuse } from "@plimsoll/sim/exchange";
import { accountInfo, balances, positionRisk, symbolConfig } from "./account-payload.ts";
import { leverageBracket } from "./market-payload.ts";
import { incomePayload, movePayload } from "./order-payload.ts";
import { readAmount } from "./order-request.ts";
import {
  type Answer,
  type Call,
  type Route,
  accountFor,
  marketsFor,
  oneMarket,
  ownerOf,
  perMarket,
  run,
  success,
  windowed,
  worldOf,
} from "./route.ts";

export const accountRoutes: Readonly<Record<string, Route>> = {
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
