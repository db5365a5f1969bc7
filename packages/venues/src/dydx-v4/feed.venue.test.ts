import type { BookEvent } from "@plimsoll/core/book";
import { type Result, type Why, holdingId, text } from "@plimsoll/core/units";
import { type RecordedCall, replayCalls } from "@plimsoll/venues/exchange";
import { expect, test } from "vitest";
import { dydxV4 } from "./index.ts";

const ADDRESS = "dydx1n56z5fhmemtffzkt2eqyf9kuc7ycjfs86mvqy7";
const NOW = Date.UTC(2026, 10, 22, 12);
const ID = holdingId("chain");

/** The indexer's answers in their documented shapes; figures made up. */
const answers = {
  time: { iso: new Date(NOW).toISOString(), epoch: NOW / 1000 },
  perpetualMarkets: {
    markets: {
      "BTC-USD": {
        oraclePrice: "90000",
        initialMarginFraction: "0.02",
        maintenanceMarginFraction: "0.012",
        openInterest: "381.7348",
        baseOpenInterest: "382",
        atomicResolution: -10,
        stepBaseQuantums: 1_000_000,
        marketType: "CROSS",
        openInterestLowerCap: "0",
        openInterestUpperCap: "0",
      },
    },
  },
  [`addresses/${ADDRESS}`]: {
    subaccounts: [
      {
        subaccountNumber: 0,
        equity: "10000",
        freeCollateral: "8200",
        openPerpetualPositions: { "BTC-USD": { status: "OPEN", side: "LONG", size: "1" } },
        assetPositions: { USDC: { side: "SHORT", size: "80000" } },
      },
    ],
  },
};

/** One snapshot through the client library, over answers that a test may change. */
async function snapshot(over: Readonly<Record<string, unknown>> = {}, skewMs = 0) {
  const { exchange } = dydxV4;
  if (exchange === undefined) throw new Error("dYdX cannot be read");
  const client = await exchange.client({ user: ADDRESS });
  const calls = Object.entries({ ...answers, ...over }).map(([path, body]): RecordedCall => ({
    at: NOW + skewMs,
    method: "GET",
    to: `indexer.dydx.trade/v4/${path}`,
    params: "",
    status: 200,
    body: typeof body === "string" ? body : JSON.stringify(body),
  }));
  replayCalls(client, calls);
  const read = await exchange.feed(client, { holding: ID }).snapshot();
  await client.close();
  return read;
}
const rowsOf = (read: Result<readonly BookEvent[], Why>) =>
  (read.ok ? read.value : []).flatMap((event) => (event.type === "parity" ? event.rows : []));

test("an address is read without a key, and its figures are the indexer's", async () => {
  const read = await snapshot();
  if (!read.ok) throw new Error(`${read.failure.code} ${JSON.stringify(read.failure.facts)}`);
  expect(read.value.map(({ type }) => type)).toEqual(["terms", "price", "holding", "parity"]);
  const [terms, price, holding] = read.value;
  expect(price).toMatchObject({ key: "dydx-v4:BTC-USD:oracle", kind: "oracle" });
  if (terms?.type !== "terms" || holding?.type !== "holding") throw new Error("no holding");
  expect(dydxV4.engine.readable(holding.holding, terms.terms)).toEqual({ ok: true, value: undefined });
  expect(rowsOf(read).map(({ figure, verdict }) => [figure, verdict])).toEqual([
    ["equity", "same"],
    ["free collateral", "same"],
  ]);
  expect(rowsOf(read).map(({ ours }) => (ours === "none" ? ours : text(ours)))).toEqual([
    "10000.000000",
    "8200.000000",
  ]);
});

test("a requirement that is not the indexer's is told; money that is not makes the account unknown", async () => {
  const market = answers.perpetualMarkets.markets["BTC-USD"];
  const other = { markets: { "BTC-USD": { ...market, initialMarginFraction: "0.03" } } };
  expect(rowsOf(await snapshot({ perpetualMarkets: other }))).toMatchObject([
    { figure: "equity", verdict: "same", decides: true },
    { figure: "free collateral", verdict: "differs", decides: false },
  ]);
  const [subaccount] = (answers[`addresses/${ADDRESS}`] as { subaccounts: object[] }).subaccounts;
  const poorer = { subaccounts: [{ ...subaccount, equity: "9999.99" }] };
  expect(rowsOf(await snapshot({ [`addresses/${ADDRESS}`]: poorer }))[0]).toMatchObject({ verdict: "differs" });
});

// oxfmt-ignore
test.each([
  ["a time that is none",       { time: { iso: "soon" } },                                        0,     "dydx-v4/unreadable"],
  ["a clock two seconds off",   {},                                                               2_000, "dydx-v4/clock-skew"],
  ["markets that are damaged",  { perpetualMarkets: { markets: { "BTC-USD": { oraclePrice: 1 } } } }, 0, "dydx-v4/unreadable"],
  ["a position in no market",   { perpetualMarkets: { markets: {} } },                            0,     "dydx-v4/no-market"],
  ["an answer that is no JSON", { [`addresses/${ADDRESS}`]: "<html>" },                           0,     "dydx-v4/unreadable"],
])("%s is refused, never a number", async (_case, over, skewMs, code) => {
  expect(await snapshot(over, skewMs)).toMatchObject({ ok: false, failure: { code } });
});
