import { DAY_MS, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type KeyPermission, type SaidPermission, keyWarnings, refuseWithdrawals, unsaid } from "./key-permission.ts";

const now = ms(1_800_000_000_000);
const reads: SaidPermission = {
  is: "said",
  trades: false,
  transfers: false,
  withdraws: false,
  ipBound: false,
  expires: "never",
};
const trades: SaidPermission = { ...reads, trades: true, ipBound: true };

// oxfmt-ignore
test.each([
  ["a read key that reads",             "read",     reads,                                        []],
  ["a read key that can trade",         "read",     { ...reads, trades: true },                   ["key/reads-and-trades"]],
  ["a read key that can transfer",      "read",     { ...reads, transfers: true },                ["key/can-transfer"]],
  ["a trade key bound to addresses",    "trade",    trades,                                       []],
  ["a trade key that works anywhere",   "trade",    { ...trades, ipBound: false },                ["key/not-ip-bound"]],
  ["a trade key that only reads",       "trade",    { ...trades, trades: false },                 ["key/cannot-trade"]],
  ["a trade key that can transfer",     "trade",    { ...trades, transfers: true },               ["key/can-transfer"]],
  ["a transfer key that can transfer",  "transfer", { ...trades, transfers: true },               []],
  ["a key that ends in 13 days",        "trade",    { ...trades, expires: ms(now + 13 * DAY_MS) },   ["key/ends-soon"]],
  ["a key that ends in 15 days",        "trade",    { ...trades, expires: ms(now + 15 * DAY_MS) },   []],
  ["a key that has ended",              "read",     { ...reads, expires: ms(now) },               ["key/expired"]],
  ["what is unknown is no warning",     "trade",    { ...trades, ipBound: "unknown", transfers: "unknown", trades: "unknown", expires: "unknown" }, []],
  ["a key nothing is known of",         "trade",    unsaid("binance", {}),                        ["binance/key-permission-unknown"]],
] as const satisfies readonly (readonly [string, string, KeyPermission, readonly string[]])[])(
  "%s", (_case, use, permission, codes) => {
    expect(keyWarnings(use, permission, now).map(({ code }) => code)).toEqual(codes);
  },
);

test("a key that can withdraw is refused with what to do, whatever else it may", () => {
  expect(refuseWithdrawals("okx", { ...trades, withdraws: true })).toMatchObject({
    ok: false,
    failure: { code: "okx/key-can-withdraw", facts: { next: expect.stringContaining("without the withdrawal") } },
  });
  expect(refuseWithdrawals("okx", trades)).toEqual({ ok: true, value: undefined });
});
