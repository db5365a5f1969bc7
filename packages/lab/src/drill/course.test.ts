import { dec, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { between, heldAt, priceAt } from "./course.ts";
import type { Step } from "./drill.ts";

const step = (at: number, to: string, more: Partial<Step<ReturnType<typeof dec>>> = {}) => ({
  at: ms(at),
  to: dec(to),
  source: "assumed",
  hold: false,
  ...more,
});

// figures worked separately: the geometric middle of 100 and 64 is 80
test.each([
  ["before the first step", 0, "100"],
  ["at a step", 1_000, "100"],
  ["half way in logarithms", 2_000, "80.00"],
  ["at the next step", 3_000, "64"],
  ["after the last", 9_000, "64"],
] as const)("a price %s", (_case, at, price) => {
  expect(text(priceAt([step(1_000, "100"), step(3_000, "64")], ms(at)))).toBe(price);
});

test("a step that holds jumps at the next one", () => {
  const steps = [step(0, "1.228", { hold: true }), step(1_000, "1.1939")];
  expect([999, 1_000].map((at) => text(priceAt(steps, ms(at))))).toEqual(["1.228", "1.1939"]);
});

test("a wick is there for its duration and leaves the way as it was", () => {
  const way = [step(0, "100"), step(2_000, "64")];
  const steps = [way[0]!, step(1_000, "323", { wickMs: ms(10) }), way[1]!];
  const at = (moment: number) => text(priceAt(steps, ms(moment)));
  expect([at(999), at(1_000), at(1_009), at(1_010)]).toEqual([
    text(priceAt(way, ms(999))),
    "323",
    "323",
    text(priceAt(way, ms(1_010))),
  ]);
});

test("what holds is the newest step; what happens is told once", () => {
  const steps = [step(0, "1"), step(1_000, "2")];
  expect([heldAt(steps, ms(999)), heldAt(steps, ms(1_000))].map(text)).toEqual(["1", "2"]);
  expect(
    [between(steps, ms(-1), ms(0)), between(steps, ms(0), ms(999)), between(steps, ms(0), ms(1_000))].map(
      (found) => found.length,
    ),
  ).toEqual([1, 0, 1]);
});
