import { expect, test } from "vitest";
import { isOurs } from "./own-order.ts";

const hex = "0123456789abcdef".repeat(2);

// oxfmt-ignore
test.each([
  // whose                                       id                          ours
  ["ours at Binance",                            "pl.BTCUSDT.0123456789ab",  true],
  ["a stop of ours at Bybit",                    "ps_BTCUSDT_0123456789ab",  true],
  ["ours at OKX: letters and digits only",       `pl${hex.slice(2)}`,        true],
  ["a stop of ours at Hyperliquid",              `0x7073${hex.slice(4)}`,    true],
  ["ours at Hyperliquid: 16 bytes",              `0x706c${hex.slice(4)}`,    true],
  ["the owner's, whose word begins alike",       "plan-b",                   false],
  ["the owner's at OKX",                         "please1",                  false],
  ["another wallet's id",                        `0x706d${hex.slice(4)}`,    false],
  ["a web page's",                               "web_abc",                  false],
] as const)("%s", (_whose, reference, ours) => {
  expect(isOurs({ reference })).toBe(ours);
});

test("an order without an id is its owner's", () => expect(isOurs({})).toBe(false));
