import { text, trim } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { readAccount } from "./read-account.ts";
import { readMarket } from "./read-instruments.ts";
import { readTerms } from "./read-terms.ts";
import { FIXTURES, absent, type Json, load, list, sure, shown, TERMS, raw } from "./testing/answers.ts";

describe.skipIf(absent)(`recorded answers read (skipped without ${FIXTURES})`, () => {
  test("account, positions, balance and funding of one reading; an empty row is no position", () => {
    const account = sure(
      readAccount(
        {
          info: load("http_get_account_info"),
          wallet: load("http_get_wallet_balance"),
          positions: [load("http_get_positions"), load("http_get_positions_with_open_time")],
          orders: [],
          tickers: [list({ ...(load("ws_ticker_linear")["data"] as Json) })],
        },
        TERMS,
      ),
    );
    expect(account.body.mode).toBe("cross");
    expect(account.body.positions.map(({ symbol, size }) => `${symbol} ${text(size)}`)).toEqual([
      "BTCUSDT 0.5",
      "ETHUSDT -5.0",
      "LTCUSDT 1",
    ]);
    expect(account.body.balances.map(({ coin, cash }) => `${coin} ${text(cash)}`)).toEqual([
      "BTC 0",
      "USDT 1000.50",
      "ETH -0.06142",
    ]);
    expect(account.body.funding).toEqual([
      { symbol: "BTCUSDT", rate: { digits: -212n, scale: 6 }, next: 1673280000000, everyMs: 28_800_000 },
    ]);
    expect([shown(account.marks.get("BTCUSDT")), shown(account.marks.get("ETHUSDT"))]).toEqual(["17217.33", "2950.00"]);
    expect(account.positions.map(({ liqPrice }) => shown(liqPrice))).toEqual(["45000.00", "3500.00", "none"]);
  });

  test("a row of the private stream; its margins and no bankruptcy price", () => {
    const row = (load("ws_account_position")["data"] as unknown[])[0];
    const { positions, body } = sure(readAccount(raw({ positions: [list(row)] }), TERMS));
    expect(body.positions[0]).toMatchObject({ symbol: "ETHUSDT", side: "one-way", size: { digits: -1n, scale: 2 } });
    const [{ positionMM, bustPrice, liqPrice } = {} as never] = positions;
    expect([positionMM, bustPrice, liqPrice].map(shown)).toEqual(["0.20281586", "none", "51764.83003276"]);
  });

  // margin balance - initial margin - available; with nothing available margin balance - maintenance margin / rate, not below 0
  // oxfmt-ignore
  test.each([
    ["ws_account_wallet",                      "0.00000004"],
    ["ws_account_wallet_locked_exceeds_total", "0"],
    ["ws_account_wallet_small_order",          "bybit/unknown-order-loss"],
  ] as const)("%s: what resting orders take follows from the balance", (name, loss) => {
    const row = (load(name)["data"] as unknown[])[0] as Json;
    const account = readAccount(raw({ wallet: list(row), positions: [] }), TERMS);
    expect(account.ok ? text(trim(account.value.body.orderLoss)) : account.failure.code).toBe(loss);
  });

  test("what spot margin trading borrowed is owed", () => {
    const { body } = sure(
      readAccount(raw({ wallet: load("http_get_wallet_balance_with_spot_borrow"), positions: [] }), TERMS),
    );
    expect(body.balances.map(({ coin, cash }) => `${coin} ${text(cash)}`)).toEqual(["USDT 1000.00"]);
  });

  test("instruments become contracts once their risk limits and fees are known", () => {
    const risk = [
      {
        symbol: "BTCUSD",
        riskLimitValue: "150",
        maintenanceMargin: "0.5",
        initialMargin: "1",
        maxLeverage: "100.00",
        mmDeduction: "",
      },
    ];
    const market = sure(
      readMarket({
        instruments: [load("http_get_instruments_inverse"), load("http_get_instruments_linear")],
        riskLimits: [list(...risk)],
        fees: list({ symbol: "BTCUSD", takerFeeRate: "0.00055" }),
        ratios: list(),
      }),
    );
    expect(market.contracts).toEqual({
      BTCUSD: {
        type: "inverse",
        settle: "BTC",
        quote: "USD",
        tick: "0.5",
        step: "1",
        takerFee: "0.00055",
        complete: true,
        tiers: [{ floor: "0", cap: "150", mmr: "0.005", deduction: "0" }],
      },
    });
    expect(readTerms({ valuation: "mark", ...market }).ok).toBe(true);
  });
});
