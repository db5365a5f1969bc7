import { expect, test } from "vitest";
import { fixed, printed } from "./fixed.ts";
import { averageBasis, markOf } from "./mark.ts";
import { marketOf } from "./turn.ts";
import { Desk, START } from "./testing/desk.ts";

/** A market with these three ingredients, four hours before funding. */
function market(last: string, basis: string, lastRate: string) {
  const one = marketOf(new Desk(), "BTCUSDT");
  one.last = fixed(last);
  one.funding.lastRate = fixed(lastRate);
  one.funding.nextAt = START + 4 * 3_600_000;
  one.basis = [{ from: 0, value: fixed(basis) }];
  return one;
}

// index 100,000; price 1 = 100,000 * (1 + rate * 4 h / 8 h), price 2 = 100,000 + basis
// oxfmt-ignore
test.each([
  ["a wick of last does not move it", "90000",  "30",  "0.0001", "100005.00000000"],
  ["nor does one upward",             "120000", "30",  "0.0001", "100030.00000000"],
  ["last in the middle is it",        "100010", "30",  "0.0001", "100010.00000000"],
  ["the funding price in the middle", "99000",  "30",  "0.0004", "100020.00000000"],
  ["a lasting discount counts",       "99400",  "-500", "0.0001", "99500.00000000"],
])("mark price: %s", (_case, last, basis, rate, expected) => {
  expect(printed(markOf(market(last, basis, rate), START))).toBe(expected);
});

test("the basis is averaged over the last 30 seconds, by the time each value held", () => {
  const one = market("100000", "0", "0");
  one.basis = [
    { from: START - 60_000, value: fixed("90") },
    { from: START - 20_000, value: fixed("30") },
    { from: START - 10_000, value: fixed("0") },
  ];
  expect(printed(averageBasis(one, START))).toBe("40.00000000"); // (90 * 10 + 30 * 10 + 0 * 10) / 30
});
