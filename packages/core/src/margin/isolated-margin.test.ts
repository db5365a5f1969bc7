import { accountKey, dec, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { addMarginLever, releaseMargin } from "./index.ts";

// 300 posted to 3 coins, one is closed: a third of the margin is free
const third = { margin: dec("300"), left: dec("2"), whole: dec("3") };

test.each([
  ["a profit leaves with the freed share", "20", "share", "200.00", "120.00"],
  ["a loss within the share is taken from it", "-60", "share", "200.00", "40.00"],
  ["a loss beyond the share is met by the rest", "-130", "share", "170.00", "0"],
  ["a liquidation gives nothing back", "20", "nothing", "320", "0"],
] as const)("%s", (_, gain, release, stays, leaves) => {
  const split = releaseMargin({ ...third, gain: dec(gain) }, release, 2);
  expect([text(split.stays), text(split.leaves)]).toEqual([stays, leaves]);
});

test("what is kept is rounded up", () => {
  const split = releaseMargin({ margin: dec("100"), left: dec("1"), whole: dec("3"), gain: dec("0") }, "share", 2);
  expect([text(split.stays), text(split.leaves)]).toEqual(["33.34", "66.66"]);
});

test.each([["0.004"], ["0"], ["-5"], [undefined]])("%s cannot be spared: there is no lever", (spare) => {
  const most = spare === undefined ? undefined : dec(spare);
  expect(addMarginLever(accountKey("a"), accountKey("b"), "USDT", most, 2)).toEqual([]);
});
