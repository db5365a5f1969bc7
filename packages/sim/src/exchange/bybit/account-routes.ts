import { ok } from "@plimsoll/core/units";
import { isOpen, printed, readFixed, refuse, settingsOf, sidesOf } from "@plimsoll/sim/exchange";
import { isIsolated, positionIndexOf, positionRow, walletPayload } from "./account-payload.ts";
import {
  type Answer,
  type Call,
  type Route,
  SETTLE_COIN,
  accountFor,
  listed,
  marketsFor,
  oneMarket,
  ownerOf,
  run,
} from "./call.ts";
import { keyPayload } from "./key-payload.ts";
import { badParameter } from "./refusals.ts";

export const accountRoutes: Readonly<Record<string, Route>> = {
  "GET /v5/user/query-api": {
    needs: "read",
    answer: ({ key, startedAt }) => ok(key === undefined ? {} : keyPayload(key, startedAt)),
  },
  "GET /v5/account/info": {
    needs: "read",
    answer: (call) =>
      ok({
        marginMode: isIsolated(call.simulation, accountFor(call)) ? "ISOLATED_MARGIN" : "REGULAR_MARGIN",
        unifiedMarginStatus: 5,
        isMasterTrader: false,
        spotHedgingStatus: "OFF",
        updatedTime: `${call.startedAt}`,
      }),
  },
  // an account manager sets it up; here nobody did
  "GET /v5/account/query-dcp-info": { needs: "read", answer: () => ok({ dcpInfos: [] }) },
  "GET /v5/account/wallet-balance": {
    needs: "read",
    answer: (call) =>
      call.params.get("accountType") === "UNIFIED"
        ? ok({ list: [walletPayload(call.simulation, accountFor(call))] })
        : badParameter("accountType only support UNIFIED."),
  },
  "GET /v5/account/fee-rate": {
    needs: "read",
    answer: (call) =>
      ok({
        category: call.params.get("category") ?? "",
        list: marketsFor(call).map(({ instrument: { symbol, takerFee, makerFee } }) => ({
          symbol,
          takerFeeRate: printed(takerFee),
          makerFeeRate: printed(makerFee),
        })),
      }),
  },
  "GET /v5/account/collateral-info": {
    needs: "read",
    answer: () =>
      ok({
        list: [
          {
            currency: SETTLE_COIN,
            hourlyBorrowRate: "0",
            borrowAmount: "0",
            borrowable: false,
            collateralSwitch: true,
            marginCollateral: true,
            collateralRatio: "1",
          },
        ],
      }),
  },
  "GET /v5/spot-margin-trade/state": { needs: "read", answer: () => ok({ spotLeverage: "", spotMarginMode: "0" }) },
  "GET /v5/spot-margin-trade/position-tiers": { needs: "read", answer: () => ok({ list: [] }) },
  "GET /v5/position/list": { needs: "read", answer: positions },
  "POST /v5/position/set-leverage": { needs: "trade", answer: setLeverage },
  "POST /v5/position/switch-mode": { needs: "trade", answer: switchMode },
  "POST /v5/position/add-margin": { needs: "trade", answer: addMargin },
  "POST /v5/account/set-margin-mode": { needs: "trade", answer: setMarginMode },
};

/** With a symbol its rows, held or not; with a settlement coin what is held. */
function positions(call: Call): Answer {
  const { params, simulation } = call;
  const bySymbol = params.has("symbol");
  if (params.get("category") === "linear" && !bySymbol && !params.has("settleCoin"))
    return badParameter("Missing some parameters that must be filled in, symbol or settleCoin");
  const account = accountFor(call);
  const rows = () =>
    marketsFor(call)
      .flatMap((market) => sidesOf(account).map((side) => positionRow(simulation, account, market, side)))
      .filter(({ side }) => bySymbol || side !== "");
  return listed(call, rows, 20, 200);
}

function setLeverage(call: Call): Answer {
  const [buy, sell] = [call.params.get("buyLeverage"), call.params.get("sellLeverage")];
  if (buy === undefined || buy !== sell) return badParameter("buy leverage not equal sell leverage");
  return oneMarket(call, ({ instrument: { symbol } }) => {
    const leverage = Number(buy);
    if (settingsOf(accountFor(call), symbol).leverage === leverage) return refuse(110_043, "leverage not modified");
    return run(call, { type: "leverage", account: ownerOf(call), symbol, leverage }, () => ({}));
  });
}

/** One-way (0) or hedge (3): here of all symbols at once. */
function switchMode(call: Call): Answer {
  const mode = call.params.get("mode");
  if (mode !== "0" && mode !== "3") return badParameter("params error: mode invalid");
  if (accountFor(call).hedge === (mode === "3")) return refuse(110_025, "Position mode is not modified");
  return run(call, { type: "hedge", account: ownerOf(call), hedge: mode === "3" }, () => ({}));
}

/** Into (positive) or out of an isolated position. */
function addMargin(call: Call): Answer {
  const amount = readFixed(call.params.get("margin") ?? "");
  const index = Number(call.params.get("positionIdx") ?? 0);
  const account = accountFor(call);
  const side = sidesOf(account).find((each) => positionIndexOf(each) === index);
  if (amount === null || amount === 0n) return badParameter("params error: margin invalid");
  if (side === undefined) return badParameter("position idx not match position mode");
  return oneMarket(call, (market) =>
    run(
      call,
      { type: "move-margin", account: account.id, symbol: market.instrument.symbol, positionSide: side, amount },
      () => positionRow(call.simulation, account, market, side),
    ),
  );
}

/** All symbols or none: with a position or an open order the exchange would refuse it for that symbol. */
function setMarginMode(call: Call): Answer {
  const mode = call.params.get("setMarginMode");
  if (mode !== "ISOLATED_MARGIN" && mode !== "REGULAR_MARGIN")
    return badParameter("params error: setMarginMode invalid");
  const margin = mode === "ISOLATED_MARGIN" ? "isolated" : "cross";
  const account = accountFor(call);
  const { state } = call.simulation;
  const works = [...state.orders.values()].some((order) => order.account === account.id && isOpen(order));
  if (works || account.positions.size > 0) return refuse(3_400_045, "Set margin mode failed");
  for (const symbol of state.markets.keys())
    if (settingsOf(account, symbol).margin !== margin)
      call.simulation.run({ type: "margin", account: account.id, symbol, margin });
  return ok({ reasons: [] });
}
