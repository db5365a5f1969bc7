import { dec, invariant, text } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { applyFill, applySettlement } from "./fill.ts";
import { EXPIRY, bodyOf, position } from "./testing.ts";

// Every quotient that does not end is cut against the owner, and the last digit shows it. Figures are thirds and ninths, by hand.

const [perpetual, linear, dated, put] = [
  "BTC-PERPETUAL",
  "SOL_USDC-PERPETUAL",
  `BTC-${EXPIRY}`,
  `BTC-${EXPIRY}-80000-P`,
];
const fill = (instrument: string, side: "buy" | "sell", size: string, price: string) => ({
  instrument,
  side,
  size: dec(size),
  price: dec(price),
  fee: dec("0"),
});
const filled = (wallet: string, held: Parameters<typeof position>, trade: ReturnType<typeof fill>) => {
  const currency = held[0].startsWith("SOL") ? "USDC" : "BTC";
  const after = applyFill(bodyOf({ [currency]: wallet }, [position(...held)]), trade);
  invariant(after.ok, "the trade is possible");
  return { balance: text(after.value.wallets[0]!.balance), entry: text(after.value.positions[0]!.entry) };
};

describe("what a balance keeps of a quotient that does not end", () => {
  // 10,000 / 70,000 - 10,000 / 90,000 = 2 / 63 = 0.031746031746...
  // oxfmt-ignore
  test.each([
    ["a profit is cut",                     "1",                    [perpetual, "20000", "70000"], fill(perpetual, "sell", "10000", "90000"), "1.03174603"],
    ["a loss is rounded up",                "1",                    [perpetual, "20000", "90000"], fill(perpetual, "sell", "10000", "70000"), "0.96825396"],
    ["a debt grows, it is not cut to 0",    "0",                    [perpetual, "20000", "90000"], fill(perpetual, "sell", "10000", "70000"), "-0.03174604"],
    ["with 18 decimals both quotients cut", "1.000000000000000000", [perpetual, "20000", "70000"], fill(perpetual, "sell", "10000", "90000"), "1.031746031746031745"],
  ] as const)("%s", (_case, wallet, held, trade, balance) => {
    expect(filled(wallet, [...held], trade).balance).toBe(balance);
  });
  test("an option's payoff is cut, and so is what is paid for it", () => {
    const paid = (size: string) => {
      const body = bodyOf({ BTC: "1.000000000000000000" }, [position(put, size, "0.01")]);
      const after = applySettlement(body, { underlying: dated, delivery: dec("75000") });
      invariant(after.ok, "it expires");
      return text(after.value.wallets[0]!.balance);
    };
    // 5,000 / 75,000 = 0.0666...
    expect([paid("1"), paid("-1")]).toEqual(["1.066666666666666666", "0.933333333333333333"]);
  });
});

describe("an average entry that does not end", () => {
  // oxfmt-ignore
  test.each([
    ["inverse long: up",   [perpetual, "100000", "100000"],  fill(perpetual, "buy", "100000", "50000"),  "66666.666666666666666667"],
    ["inverse short: down", [perpetual, "-100000", "100000"], fill(perpetual, "sell", "100000", "50000"), "66666.666666666666666666"],
    ["linear long: up",    [linear, "1", "100"],             fill(linear, "buy", "2", "101"),            "100.666666666666666667"],
    ["linear short: down", [linear, "-1", "100"],            fill(linear, "sell", "2", "101"),           "100.666666666666666666"],
  ] as const)("%s", (_case, held, trade, entry) => {
    expect(filled("1", [...held], trade).entry).toBe(entry);
  });
});
