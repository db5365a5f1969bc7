import { boundToy, toyHolding, toyScene } from "@plimsoll/core/turn/testing";
import { accountKey, dec, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { costOfNothing } from "./cost-of-nothing.ts";

const loan = { coin: "COIN", coins: 100_000_000_000n, debt: 720_000_000n };
const lossAt = (price: string) => {
  const scene = toyScene({ COIN: dec(price) }, 1);
  const holding = toyHolding({ wallet: 0n, loans: { a: loan } }, 1);
  const loss = costOfNothing({ engine: boundToy, holding, scene }, accountKey("a"));
  if (loss.is !== "known") throw new Error(JSON.stringify(loss));
  return toNumber(loss.value);
};

// 80 % of 1,000 coins carry 720 dollars down to 0.9: there half the debt is taken for 396 dollars of coins, and 36 are lost
test.each(["1", "1.0000", "0.95"])(
  "what is lost at a boundary does not hang on the digits of the price: %s",
  (price) => {
    expect(lossAt(price)).toBeCloseTo(36, 4);
  },
);

test("an account over its line loses now", () => {
  expect(lossAt("0.8")).toBeCloseTo(36, 4);
});
