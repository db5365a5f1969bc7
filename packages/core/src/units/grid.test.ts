import { expect, test } from "vitest";
import { cutToStep, dec, isMultiple, limitWithin, text } from "./index.ts";

test.each([
  ["0.3", "0.1", true],
  ["0.30", "0.1", true],
  ["3", "0.5", true],
  ["0.35", "0.1", false],
  ["0.05", "0.1", false],
  ["0", "0.1", false],
  ["-0.2", "0.1", false],
])("%s is a multiple of %s: %s", (value, step, expected) => {
  expect(isMultiple(dec(value), dec(step))).toBe(expected);
});

test.each([
  ["1.234", "0.01", "1.23"],
  ["7", "2.5", "5.0"],
  ["0.9", "1", "0"],
])("%s cut to steps of %s is %s", (value, step, expected) => {
  expect(text(cutToStep(dec(value), dec(step)))).toBe(expected);
});

test.each([
  // a sell may go 1 % below 100.07 = 99.0693: the next tick above it; a buy 1 % above = 101.0707: the next below
  ["100.07", "-0.01", "0.1", "99.1"],
  ["100.07", "0.01", "0.1", "101.0"],
  ["0.004", "-0.5", "0.01", "0.01"],
])("a limit at %s with slippage %s on ticks of %s is %s", (price, slippage, tick, expected) => {
  expect(text(limitWithin(dec(price), dec(slippage), dec(tick)))).toBe(expected);
});
