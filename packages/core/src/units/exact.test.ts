import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  compare,
  dec,
  exact,
  fromNumber,
  multiply,
  parseExact,
  quotient,
  rescale,
  subtract,
  text,
  toNumber,
  trim,
} from "./exact.ts";

const anyExact = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 24 }))
  .map(([digits, scale]) => exact(digits, scale));

test("text and back is the same digits and scale", () => {
  fc.assert(
    fc.property(anyExact, (value) => {
      expect(dec(text(value))).toEqual(value);
    }),
  );
});

// oxfmt-ignore
test.each(["", " ", "1e3", "1,000", "0x10", ".5", "5.", "--1", "NaN", "Infinity", "1 ", "１２"])("%j is refused as a decimal", (bad) => {
  const read = parseExact(bad);
  expect(read.ok).toBe(false);
  expect(!read.ok && read.failure.facts["value"]).toBe(bad);
});

test("sums, differences and products are exact", () => {
  fc.assert(
    fc.property(anyExact, anyExact, (a, b) => {
      expect(compare(subtract(add(a, b), b), a)).toBe(0);
      expect(compare(multiply(a, b), multiply(b, a))).toBe(0);
      if (b.digits !== 0n) expect(compare(quotient(multiply(a, b), b, 30, "down"), a)).toBe(0);
    }),
  );
});

test("order agrees with the difference's sign, at any scales", () => {
  fc.assert(
    fc.property(anyExact, anyExact, (a, b) => {
      const difference = subtract(a, b).digits;
      const sign = difference === 0n ? 0 : difference < 0n ? -1 : 1;
      expect(compare(a, b)).toBe(sign);
    }),
  );
});

test("rescaling up keeps the value, rescaling down rounds as it is told", () => {
  expect(text(rescale(dec("1.005"), 2, "half-up"))).toBe("1.01");
  expect(text(rescale(dec("-1.005"), 2, "floor"))).toBe("-1.01");
  expect(text(rescale(dec("-1.005"), 2, "down"))).toBe("-1.00");
  fc.assert(
    fc.property(anyExact, (value) => {
      expect(compare(rescale(value, value.scale + 5, "down"), value)).toBe(0);
    }),
  );
});

test("trimming drops zeros of the fraction only", () => {
  expect(text(trim(dec("100.500")))).toBe("100.5");
  expect(text(trim(dec("-0.00")))).toBe("0");
});

test("a float's shortest text survives the way through Exact", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e21, max: 1e21 }), (value) => {
      expect(toNumber(fromNumber(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
