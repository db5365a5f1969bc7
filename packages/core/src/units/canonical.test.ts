import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical } from "./canonical.ts";

test("key order, undefined fields and map order do not change the text", () => {
  expect(canonical({ b: 1n, a: undefined, c: ["x", null] })).toBe(canonical({ c: ["x", null], b: 1n }));
  expect(
    canonical(
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
    ),
  ).toBe('[["a",1],["b",2]]');
});

test("bigints are decimal text", () => {
  expect(canonical({ digits: 9007199254740993n, scale: 8 })).toBe('{"digits":"9007199254740993","scale":8}');
});

test("plain JSON values come back as they were", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [() => 1]])("%s has no canonical text", (value) => {
  expect(() => canonical(value)).toThrow("no canonical text");
});
