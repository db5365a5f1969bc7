import { expect, test } from "vitest";
import { DEEP, fixed, listings, openExchange, step } from "./index.ts";

const { BTCUSDT } = listings;
const THIN = { ...DEEP, levels: 3, base: fixed("30000"), growth: 0n };

test("a book that has refilled in part sells whole lots: who takes all of it holds what the venue can print", () => {
  const state = openExchange({
    instruments: [{ ...BTCUSDT, depth: THIN }],
    prices: new Map([["BTCUSDT", fixed("100000")]]),
    accounts: ["me"],
    now: 0,
  });
  const run = (input: Parameters<typeof step>[1], now: number) => step(state, input, now, 1n);
  const buy = (size: string) => ({
    type: "order" as const,
    account: "me",
    order: {
      ...({ symbol: "BTCUSDT", side: "buy", positionSide: "BOTH", type: "MARKET", timeInForce: "GTC" } as const),
      ...{ price: 0n, size: fixed(size), reduceOnly: false, clientId: "" },
    },
  });
  run({ type: "deposit", account: "me", asset: "USDT", amount: fixed("1000000") }, 0);
  for (const now of [0, 7, 1_003, 5_009, 12_345]) {
    run(buy("5"), now);
    const held = state.accounts.get("me")!.positions.values().next().value!.size;
    expect([now, held % BTCUSDT.lot]).toEqual([now, 0n]);
  }
});
