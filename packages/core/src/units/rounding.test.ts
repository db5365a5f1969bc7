import fc from "fast-check";
import { expect, test } from "vitest";
import { type Rounding, divide } from "./rounding.ts";

// source: the eight classic cases of IEEE 754-2019 section 4.3 and of java.math.RoundingMode's table, here at one decimal
// oxfmt-ignore
test.each([
  //  tenths   down  up   floor ceil half-up half-even
  [  55n,      5n,   6n,   5n,  6n,   6n,    6n],
  [  25n,      2n,   3n,   2n,  3n,   3n,    2n],
  [  16n,      1n,   2n,   1n,  2n,   2n,    2n],
  [  11n,      1n,   2n,   1n,  2n,   1n,    1n],
  [  10n,      1n,   1n,   1n,  1n,   1n,    1n],
  [ -10n,     -1n,  -1n,  -1n, -1n,  -1n,   -1n],
  [ -11n,     -1n,  -2n,  -2n, -1n,  -1n,   -1n],
  [ -16n,     -1n,  -2n,  -2n, -1n,  -2n,   -2n],
  [ -25n,     -2n,  -3n,  -3n, -2n,  -3n,   -2n],
  [ -55n,     -5n,  -6n,  -6n, -5n,  -6n,   -6n],
] as const)("%s tenths", (tenths, ...expected) => {
  const modes: readonly Rounding[] = ["down", "up", "floor", "ceil", "half-up", "half-even"];
  expect(modes.map((mode) => divide(tenths, 10n, mode))).toEqual(expected);
  expect(modes.map((mode) => divide(-tenths, -10n, mode))).toEqual(expected);
});

test("a quotient is within one unit of the truth, and on the side its name says", () => {
  const any = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
  fc.assert(
    fc.property(any, any, (a, b) => {
      fc.pre(b !== 0n);
      const [n, d] = b < 0n ? [-a, -b] : [a, b];
      expect(divide(a, b, "floor") * d <= n && n < (divide(a, b, "floor") + 1n) * d).toBe(true);
      expect(divide(a, b, "ceil")).toBe(-divide(-a, b, "floor"));
      const nearest = divide(a, b, "half-up") * d - n;
      expect(2n * (nearest < 0n ? -nearest : nearest) <= d).toBe(true);
    }),
  );
});

test("dividing by zero is a bug, not a number", () => {
  expect(() => divide(1n, 0n, "down")).toThrow("division by zero");
});
