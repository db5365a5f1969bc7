import { existsSync, readFileSync } from "node:fs";
import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { parityOf } from "./parity.ts";
import { type ReadAccount, readAccount } from "./read-account.ts";
import { readMeta } from "./read-meta.ts";
import { sceneOf, termsFrom } from "./testing.ts";
import rules2023 from "./terms/2023-03-27.json" with { type: "json" };

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/hyperliquid`;
const absent = !existsSync(FIXTURES);
const load = (name: string) => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8")) as Record<string, unknown>;

function sure<V>(
  result: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly failure: unknown },
): V {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const recordedState = () => load("live-get_user_state")["response"] as Record<string, unknown>;
const single = (state: unknown, dex = "", token = "USDC") =>
  readAccount({ dexes: [{ dex, token, state, orders: [] }] });
const marksOf = ({ marks }: ReadAccount) => Object.fromEntries([...marks].map(([coin, mark]) => [coin, text(mark)]));

/** The rules of 2023 with tables as the venue's own metadata of 2023 tells them. */
const termsOfMeta = (change: (maxLeverage: number) => number = (same) => same) => {
  const { tables, coins } = sure(readMeta(load("live-get_info")["response"]));
  const changed = Object.entries(tables).map(([name, rows]) => [
    name,
    rows.map((row) => ({ ...row, maxLeverage: change(row.maxLeverage) })),
  ]);
  return termsFrom({ ...rules2023.body, tables: Object.fromEntries(changed), coins });
};

const parityUnder = (terms: ReturnType<typeof termsOfMeta>) => {
  const account = sure(single(recordedState()));
  return sure(parityOf(account, sceneOf(marksOf(account), terms)));
};

test.skipIf(absent)(
  `the account recorded on 2023-03-27: every figure of the venue is ours (PLIMSOLL_DATA, here ${FIXTURES})`,
  () => {
    const rows = parityUnder(termsOfMeta());
    expect(rows.filter(({ verdict }) => verdict === "differs")).toEqual([]);
    const prices = rows.filter(({ figure }) => figure === "liquidation price");
    const printed = prices.filter(({ venue }) => venue !== "none");
    expect([prices.length, printed.length]).toEqual([12, 5]);
    // each price to every digit that the venue printed
    for (const { venue, ours } of printed) {
      if (venue === "none" || ours === "none") throw new Error("a price is missing");
      expect(text(ours).replace(/0+$/, "")).toBe(text(venue).replace(/0+$/, ""));
    }
    expect(rows.filter(({ figure }) => figure === "withdrawable")).toHaveLength(1);
    expect(rows.filter(({ figure }) => figure === "margin used")).toHaveLength(13);
  },
);

test.skipIf(absent)("the shipped terms of 2023 say the same as the recorded metadata", () => {
  expect(termsOfMeta().coins).toEqual(termsFrom(rules2023.body).coins);
});

test.skipIf(absent)("a margin table one step off trips the parity of every printed price", () => {
  const rows = parityUnder(termsOfMeta((maxLeverage) => maxLeverage - 1));
  const tripped = rows.filter(({ verdict }) => verdict === "differs").map(({ of, figure }) => `${of} ${figure}`);
  expect(tripped).toEqual(["BTC", "ATOM", "DYDX", "APE", "OP"].map((coin) => `${coin} liquidation price`));
});

test.skipIf(absent)("the present way of printing trips it too", () => {
  const terms = termsOfMeta();
  const rows = parityUnder({ ...terms, rules: { ...terms.rules, printedPrice: "at-the-line" } });
  expect(rows.filter(({ verdict }) => verdict === "differs")).toHaveLength(5);
});

test.skipIf(absent)("positions that do not add up to the account value are refused as a torn reading", () => {
  expect(single(load("http_clearinghouse_state_negative_total_raw_usd"))).toMatchObject({
    ok: false,
    failure: { code: "hyperliquid/torn-reading", facts: { accountValue: "1736.030875", sum: "-22358.938225" } },
  });
  const state = recordedState();
  const rest = { ...state, assetPositions: (state["assetPositions"] as unknown[]).slice(1) };
  expect(single(rest)).toMatchObject({ ok: false, failure: { code: "hyperliquid/torn-reading" } });
});

const ISOLATED = {
  crossMarginSummary: { accountValue: "100.0", totalMarginUsed: "0.0", totalNtlPos: "0.0", totalRawUsd: "100.0" },
  crossMaintenanceMarginUsed: "0.0",
  withdrawable: "100.0",
  assetPositions: [
    {
      type: "oneWay",
      position: {
        coin: "km:US500",
        szi: "-0.5",
        positionValue: "3000.0",
        marginUsed: "300.0",
        liquidationPx: null,
        leverage: { type: "isolated", value: 10, rawUsd: "3300.0" },
      },
    },
  ],
};

test("an isolated position keeps its own cash leg, in the pool of its dex", () => {
  const { body, marks } = sure(single(ISOLATED, "km", "USDH"));
  expect(body.pools).toEqual([{ dex: "km", token: "USDH", cash: { digits: 1000n, scale: 1 } }]);
  expect(body.positions[0]).toMatchObject({
    coin: "km:US500",
    margin: { mode: "isolated", cash: { digits: 33000n, scale: 1 } },
  });
  expect(text(marks.get("km:US500")!)).toBe("6000.000000000000");
});

// oxfmt-ignore
test.each([
  ["a number instead of text", { ...ISOLATED, withdrawable: 100 }],
  ["a damaged amount",         { ...ISOLATED, withdrawable: "1e2" }],
  ["no summary",               { ...ISOLATED, crossMarginSummary: undefined }],
  ["an unknown margin mode",   { ...ISOLATED, assetPositions: [{ position: { ...ISOLATED.assetPositions[0]!.position, leverage: { type: "portfolio", value: 3 } } }] }],
] as const)("%s is refused, never a number", (_case, state) => {
  expect(single(state)).toMatchObject({ ok: false, failure: { code: "hyperliquid/unreadable" } });
});

test.skipIf(absent)("metadata of other days and dexes reads", () => {
  const sample = sure(readMeta(load("http_meta_perp_sample")));
  expect(sample.coins["ATOM"]).toEqual({ table: "flat-5", sizeDecimals: 2, margin: "any" });
  const dexes = load("http_all_perp_metas_non_usdc_collateral") as unknown as readonly unknown[];
  expect(dexes.map((dex) => Object.keys(sure(readMeta(dex)).coins))).toEqual([["BTC"], ["km:US500"], ["hyna:BTC"]]);
});

test("a coin whose margin table is missing or starts elsewhere is refused", () => {
  const coin = { name: "BTC", szDecimals: 5, maxLeverage: 40, marginTableId: 56 };
  const table = (maxLeverage: number) => [56, { description: "", marginTiers: [{ lowerBound: "0.0", maxLeverage }] }];
  const read = (marginTables: unknown) => readMeta({ universe: [coin], marginTables });
  expect(read([table(40)])).toMatchObject({ ok: true, value: { coins: { BTC: { table: "56" } } } });
  expect(read([])).toMatchObject({ ok: false, failure: { code: "hyperliquid/incomplete-terms" } });
  expect(read([table(20)])).toMatchObject({ ok: false, failure: { code: "hyperliquid/incomplete-terms" } });
});
