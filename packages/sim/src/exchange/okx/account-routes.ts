import { ok } from "@plimsoll/core/units";
import { readFixed, settingsOf, sidesOf } from "@plimsoll/sim/exchange";
import { balanceRow, posSideOf, positionRow } from "./account-payload.ts";
import {
  type Answer,
  type Call,
  type Route,
  SETTLE_COIN,
  accountFor,
  marketsFor,
  ofMarkets,
  oneMarket,
  ownerOf,
  run,
} from "./call.ts";
import { familyOf, inFull, instIdOf } from "./contract.ts";
import { badParameter } from "./refusals.ts";

export const accountRoutes: Readonly<Record<string, Route>> = {
  "GET /api/v5/account/config": { needs: "read", takes: [], answer: (call) => ok([configRow(call)]) },
  "GET /api/v5/account/balance": {
    needs: "read",
    takes: ["ccy"],
    answer: (call) => {
      const { details, ...account } = balanceRow(call.simulation, accountFor(call));
      const coins = call.params.get("ccy")?.split(",");
      return ok([{ ...account, details: details.filter(({ ccy }) => coins === undefined || coins.includes(ccy)) }]);
    },
  },
  "GET /api/v5/account/positions": { needs: "read", takes: ["instType", "instId", "posId"], answer: positions },
  "GET /api/v5/account/trade-fee": { needs: "read", takes: ["instType", "instId", "uly", "instFamily"], answer: fees },
  "GET /api/v5/account/interest-rate": {
    needs: "read",
    takes: ["ccy"],
    answer: () => ok([{ ccy: SETTLE_COIN, interestRate: "0" }]),
  },
  "GET /api/v5/account/leverage-info": {
    needs: "read",
    takes: ["instId", "mgnMode", "ccy"],
    answer: (call) =>
      ofMarkets(call, ({ instrument }) =>
        sidesOf(accountFor(call)).map((side) => ({
          instId: instIdOf(instrument),
          mgnMode: call.params.get("mgnMode") ?? "",
          posSide: posSideOf(side),
          lever: `${settingsOf(accountFor(call), instrument.symbol).leverage}`,
        })),
      ),
  },
  "POST /api/v5/account/set-leverage": {
    needs: "trade",
    takes: ["instId", "ccy", "lever", "mgnMode", "posSide"],
    answer: setLeverage,
  },
  "POST /api/v5/account/set-position-mode": { needs: "trade", takes: ["posMode"], answer: setPositionMode },
  "POST /api/v5/account/position/margin-balance": {
    needs: "trade",
    takes: ["instId", "posSide", "type", "amt", "ccy"],
    answer: moveMargin,
  },
};

/** Futures mode (2): positions are margined in the one coin of settlement. */
const configRow = (call: Call) => ({
  uid: "1",
  mainUid: "1",
  label: ownerOf(call),
  acctLv: "2",
  posMode: accountFor(call).hedge ? "long_short_mode" : "net_mode",
  autoLoan: false,
  ctIsoMode: "automatic",
  mgnIsoMode: "automatic",
  enableSpotBorrow: false,
  greeksType: "PA",
  level: "Lv1",
  ip: "",
  perm: [
    "read_only",
    ...(call.key?.trade === false ? [] : ["trade"]),
    ...(call.key?.withdraw === true ? ["withdraw"] : []),
  ].join(","),
});

function positions(call: Call): Answer {
  const markets = marketsFor(call, call.params);
  if (!markets.ok) return markets;
  const symbols = new Set(markets.value.map(({ instrument }) => instrument.symbol));
  const account = accountFor(call);
  const ids = call.params.get("posId")?.split(",");
  return ok(
    [...account.positions.values()]
      .filter(({ symbol, size }) => symbols.has(symbol) && size !== 0n)
      .map((position) => positionRow(call.simulation, account, position))
      .filter(({ posId }) => ids === undefined || ids.includes(posId)),
  );
}

/** Rates of the first market asked about, below 0 where they are paid. @source OKX API documentation, fee rates */
function fees(call: Call): Answer {
  const family = call.params.get("instFamily") ?? call.params.get("uly");
  const markets = marketsFor(call, call.params);
  if (!markets.ok) return markets;
  const found = markets.value.find(({ instrument }) => family === undefined || familyOf(instrument) === family);
  if (found === undefined) return badParameter("instFamily");
  const { makerFee, takerFee } = found.instrument;
  return ok([
    {
      instType: "SWAP",
      level: "Lv1",
      maker: "",
      taker: "",
      makerU: inFull(-makerFee, 8),
      takerU: inFull(-takerFee, 8),
      makerUSDC: "",
      takerUSDC: "",
      ts: `${call.simulation.now()}`,
    },
  ]);
}

function setLeverage(call: Call): Answer {
  const market = oneMarket(call, call.params);
  if (!market.ok) return market;
  const { symbol } = market.value.instrument;
  const { lever = "", mgnMode = "", posSide = "net" } = Object.fromEntries(call.params);
  if (!/^\d{1,3}$/.test(lever)) return badParameter("lever");
  if (mgnMode !== "cross" && mgnMode !== "isolated") return badParameter("mgnMode");
  const leverage = Number(lever);
  const done = [{ instId: instIdOf(market.value.instrument), lever, mgnMode, posSide }];
  return run(call, { type: "leverage", account: ownerOf(call), symbol, leverage }, () => done);
}

function setPositionMode(call: Call): Answer {
  const mode = call.params.get("posMode");
  if (mode !== "net_mode" && mode !== "long_short_mode") return badParameter("posMode");
  const hedge = mode === "long_short_mode";
  // the mode that already holds is taken without a word
  if (accountFor(call).hedge === hedge) return ok([{ posMode: mode }]);
  return run(call, { type: "hedge", account: ownerOf(call), hedge }, () => [{ posMode: mode }]);
}

/** Into or out of an isolated position. */
function moveMargin(call: Call): Answer {
  const { params } = call;
  const market = oneMarket(call, params);
  if (!market.ok) return market;
  const [amount, type] = [readFixed(params.get("amt") ?? ""), params.get("type")];
  if (amount === null || amount <= 0n) return badParameter("amt");
  if (type !== "add" && type !== "reduce") return badParameter("type");
  const account = accountFor(call);
  const side = sidesOf(account).find((each) => posSideOf(each) === params.get("posSide"));
  if (side === undefined) return badParameter("posSide");
  const { instrument } = market.value;
  const moved = { symbol: instrument.symbol, positionSide: side, amount: type === "add" ? amount : -amount };
  return run(call, { type: "move-margin", account: account.id, ...moved }, () => [
    { instId: instIdOf(instrument), posSide: posSideOf(side), amt: params.get("amt"), type, ccy: SETTLE_COIN },
  ]);
}
