import ccxt from "ccxt";
import { describe, expect, test } from "vitest";
import { readAccount } from "./read-account.ts";
import { readMarket } from "./read-instruments.ts";
import { readTerms } from "./read-terms.ts";
import { tier } from "./testing.ts";
import { type Json, list, sure, shown, TERMS, XRP, raw } from "./testing/answers.ts";

describe("where the client library is wrong, on the same payload", () => {
  const client = new ccxt.bybit();
  const market = {
    id: "XRPUSDT",
    symbol: "XRP/USDT:USDT",
    base: "XRP",
    quote: "USDT",
    settle: "USDT",
    type: "swap",
    spot: false,
    swap: true,
    contract: true,
    linear: true,
    inverse: false,
    contractSize: 1,
    precision: {},
    limits: {},
  };
  client.setMarkets({ [market.symbol]: market });

  test("it loses the maintenance margin and the margin mode of a cross position; we keep both", () => {
    const theirs = client.parsePosition(XRP);
    expect([theirs.maintenanceMargin, theirs.marginMode]).toEqual([undefined, undefined]);
    const { body, positions } = sure(readAccount(raw(), TERMS));
    expect([body.mode, shown(positions[0]?.positionMM)]).toEqual(["cross", "0.381021"]);
  });

  test("its tiers have neither symbol, currency nor deduction; ours are the venue's table", () => {
    const rows = [
      {
        id: 2,
        symbol: "XRPUSDT",
        riskLimitValue: "25000",
        maintenanceMargin: "0.01",
        initialMargin: "0.02",
        maxLeverage: "50",
        mmDeduction: "16.5",
      },
      {
        id: 1,
        symbol: "XRPUSDT",
        riskLimitValue: "5000",
        maintenanceMargin: "0.0067",
        initialMargin: "0.0133",
        maxLeverage: "75",
        mmDeduction: "",
      },
    ];
    const [theirs] = Object.values(client.parseLeverageTiers(structuredClone(rows), undefined, "symbol"));
    expect(theirs).toMatchObject([
      { symbol: undefined, currency: undefined },
      { symbol: undefined, currency: undefined },
    ]);
    expect(JSON.stringify((theirs as unknown as Json[]).map(({ info: _info, ...rest }) => rest))).not.toContain("16.5");
    const instrument = {
      symbol: "XRPUSDT",
      contractType: "LinearPerpetual",
      quoteCoin: "USDT",
      settleCoin: "USDT",
      priceFilter: { tickSize: "0.0001" },
      lotSizeFilter: { qtyStep: "1" },
      upperFundingRate: "0.005",
      lowerFundingRate: "-0.005",
    };
    const market_ = sure(
      readMarket({
        instruments: [list(instrument)],
        riskLimits: [list(...rows)],
        fees: list({ symbol: "XRPUSDT", takerFeeRate: "0.00055" }),
        ratios: list(),
      }),
    );
    const { contracts } = sure(readTerms({ valuation: "mark", ...market_ }));
    expect(contracts["XRPUSDT"]).toMatchObject({
      settle: "USDT",
      tiers: [tier("0", "5000", "0.0067", "0"), tier("5000", "25000", "0.01", "16.5")],
    });
    expect(contracts["XRPUSDT"]?.funding).toEqual({ floor: { digits: -5n, scale: 3 }, cap: { digits: 5n, scale: 3 } });
  });
});
