import { existsSync, readFileSync } from "node:fs";
import { accountKey, canonical, dec, holdingId, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { hyperliquid } from "./index.ts";
import { margin } from "./margin.ts";
import { HYPERLIQUID, RULES } from "./names.ts";
import { readAccount } from "./read-account.ts";
import { readCtxs } from "./read-market.ts";
import { readStream } from "./read-stream.ts";
import { NOW, bodyOf, frame, position, sceneOf } from "./testing.ts";
import { FIRST_STATE, LONG_BTC, USER, callsOf, replaying } from "./testing/recording.ts";
import shipped from "./terms/2025-05-01.json" with { type: "json" };

const FIXTURES = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/api-fixtures/hyperliquid`;
const absent = !existsSync(FIXTURES);
const load = (name: string): unknown => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, "utf8"));
const holding = holdingId("mine");
const read = (message: unknown, user = USER) => readStream(message, { holding, user, at: ms(5) });

interface Fill {
  readonly liquidation: { readonly liquidatedUser: string };
}

test.skipIf(absent)(
  `a recorded fill of somebody's liquidation is ours only where we are liquidated (${FIXTURES})`,
  () => {
    const message = load("ws_user_fill_liquidation") as { data: { fills: readonly Fill[] } };
    expect(read(message)).toMatchObject({ ok: true, value: { events: [], changed: true } });
    const { liquidatedUser } = message.data.fills[0]!.liquidation;
    const ours = read(message, liquidatedUser.toUpperCase().replace("0X", "0x"));
    if (!ours.ok) throw new Error(canonical(ours.failure));
    const [event] = ours.value.events;
    if (event?.type !== "effect") throw new Error("no effect");
    expect(event).toMatchObject({
      effect: { was: "liquidation", body: { coin: "BTC", side: "sell", size: dec("0.001"), price: dec("66653.0") } },
      fee: [{ asset: "USDC", amount: dec("0.009997") }],
      at: 1_781_528_065_899,
    });
    // the engine reads it back from the journal and folds it in
    const body = bodyOf("0", [position("BTC", "0.001")]);
    const held = { id: holding, venue: HYPERLIQUID, rules: RULES[0], asOf: NOW, body };
    const scene = { ...sceneOf({ BTC: "66607" }), terms: frame(shipped.body) };
    const after = hyperliquid.engine.apply(held, JSON.parse(canonical(event.effect)), scene);
    if (!after.ok) throw new Error(canonical(after.failure));
    expect(after.value.body).toMatchObject({ positions: [], pools: [{ cash: dec("66.643003") }] });
  },
);

test("deleveraging and funding are effects; a fill of our own order is none", () => {
  const fill = { coin: "BTC", px: "100.0", sz: "1.0", side: "B", time: 7, fee: "0.0", feeToken: "USDC" };
  const adl = read({ channel: "user", data: { fills: [{ ...fill, dir: "Auto-Deleveraging" }] } });
  expect(adl).toMatchObject({ ok: true, value: { events: [{ effect: { was: "adl" }, fee: [] }], changed: true } });
  expect(read({ channel: "user", data: { fills: [{ ...fill, dir: "Open Long" }] } })).toMatchObject({
    ok: true,
    value: { events: [], changed: true },
  });
  const funding = { time: 9, coin: "km:US500", usdc: "-1.25", szi: "10", fundingRate: "0.0001" };
  expect(read({ channel: "user", data: { funding } })).toMatchObject({
    ok: true,
    value: { events: [{ effect: { was: "funding", body: { coin: "km:US500", amount: dec("-1.25") } }, at: 9 }] },
  });
});

test("mark and oracle of the streams; what is damaged is refused, what is another's says nothing", () => {
  const ctx = { markPx: "77562.0", oraclePx: "77605.0", funding: "-0.0000015186" };
  expect(read({ channel: "activeAssetCtx", data: { coin: "BTC", ctx } })).toMatchObject({
    ok: true,
    value: {
      events: [
        { key: "hyperliquid:BTC:mark", price: dec("77562.0"), kind: "mark", at: 5 },
        { key: "hyperliquid:BTC:oracle", price: dec("77605.0"), kind: "oracle", at: 5 },
      ],
      changed: false,
    },
  });
  for (const broken of ["", "0", "-1", "NaN", 5])
    expect(read({ channel: "activeAssetCtx", data: { coin: "BTC", ctx: { ...ctx, markPx: broken } } }).ok).toBe(false);
  expect(read({ channel: "userNonFundingLedgerUpdates", data: {} })).toMatchObject({
    ok: true,
    value: { changed: true },
  });
  expect(read({ channel: "error", data: "Invalid subscription" })).toMatchObject({ ok: false });
  for (const other of [{ channel: "pong" }, { channel: "subscriptionResponse", data: {} }, "text", null])
    expect(read(other)).toMatchObject({ ok: true, value: { events: [], changed: false } });
});

test.skipIf(absent)("a whole recorded cross-section of every dex has prices that read", () => {
  const { data } = load("ws_all_dexs_asset_ctxs") as {
    data: { ctxs: readonly (readonly [string, readonly unknown[]])[] };
  };
  expect(data.ctxs.length).toBeGreaterThan(1);
  for (const [dex, ctxs] of data.ctxs) {
    const universe = ctxs.map((_, index) => ({ name: `${dex}:${index}` }));
    const all = readCtxs([{ universe }, ctxs]);
    if (!all.ok) throw new Error(`${dex} ${canonical(all.failure)}`);
    expect(all.value.size).toBe(ctxs.length);
  }
});

interface Parsed {
  readonly percentage: number;
  readonly markPrice?: number;
  readonly maintenanceMargin?: number;
}

test("where ccxt is wrong: a loss prints as a gain, mark and maintenance are missing; ours are the venue's", async () => {
  const client = await replaying(callsOf([]));
  const losing = { ...LONG_BTC, position: { ...LONG_BTC.position, unrealizedPnl: "-660.54" } };
  const parser = client as unknown as { parsePosition(position: unknown): Parsed };
  const parsed = parser.parsePosition(losing);
  expect(parsed.percentage).toBeCloseTo(3.27, 10);
  expect([parsed.markPrice, parsed.maintenanceMargin]).toEqual([undefined, undefined]);
  const account = readAccount({ dexes: [{ dex: "", token: "USDC", state: FIRST_STATE, orders: [] }] });
  if (!account.ok) throw new Error(canonical(account.failure));
  expect(text(account.value.marks.get("BTC")!)).toMatch(/^101000\.0+$/);
  const { lines } = margin.assess(account.value.body, accountKey("cross"), sceneOf({ BTC: "101000" }));
  expect(lines.map(({ name, required }) => `${name} ${Number(text(required))}`)).toContain("maintenance 2525");
});
