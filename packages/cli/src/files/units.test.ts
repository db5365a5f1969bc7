import { text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { amount, duration, positive, share, whole } from "./units.ts";

// oxfmt-ignore
test.each([["250ms", 250], ["30s", 30_000], ["5m", 300_000], ["24h", 86_400_000], ["7d", 604_800_000]])("%s is %d ms", (written, expected) => {
  expect(duration.parse(written)).toBe(expected);
});

test.each([
  ["12.5%", "0.125"],
  ["50bps", "0.0050"],
  ["100%", "1.00"],
])("%s is %s of one", (written, expected) => {
  expect(text(share.parse(written))).toBe(expected);
});

test("an amount keeps every digit and its asset", () => {
  const { amount: value, asset } = amount.parse("1500.000000000000000001 WETH");
  expect([text(value), asset]).toEqual(["1500.000000000000000001", "WETH"]);
});

// oxfmt-ignore
test.each([
  [duration, "30"], [duration, "-5s"], [duration, "1.5h"],
  [share, "0.5"], [share, "5"], [share, "-5%"], [share, "5 %"],
  [positive, "0"], [positive, "-1"], [positive, "1e3"],
  [amount, "1500"], [amount, "USDC 1500"], [amount, "-5 USDC"],
  [whole, "1.5"], [whole, "-1"], [whole, "12345678901"],
] as const)("a wrong unit is refused, not guessed (%#: %o)", (schema, written) => {
  expect(schema.safeParse(written).success).toBe(false);
});
