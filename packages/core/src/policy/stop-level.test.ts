import { expect, test } from "vitest";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { dec, quoteKey } from "@plimsoll/core/units";
import type { Trigger } from "./guard.ts";
import { stopBeyond, stopProblems } from "./stop-level.ts";

const quote = quoteKey("toy:COIN:mark");
const stop = (at: string, side: "at-or-below" | "at-or-above" = "at-or-below"): Trigger => ({
  ...{ when: "price", quote, kind: "mark", side, at: dec(at) },
});
const long = [{ quote, now: 1_000, down: 625 }];
const short = [{ quote, now: 1_000, up: 1_200 }];

// source: a long is taken at 625 and a short at 1,200; a stop must come before
test.each([
  ["before it", stop("626"), long, false],
  ["at it", stop("625"), long, true],
  ["beyond it", stop("624"), long, true],
  ["a short's, before it", stop("1199", "at-or-above"), short, false],
  ["a short's, beyond it", stop("1201", "at-or-above"), short, true],
  ["a take-profit of a long", stop("1300", "at-or-above"), long, false],
  ["of another instrument", { ...stop("600"), quote: quoteKey("toy:OTHER:mark") } as Trigger, long, false],
  ["of the same instrument's index", { ...stop("600"), quote: quoteKey("toy:COIN:index") } as Trigger, long, true],
  ["reached already, so no stop in waiting", stop("1000"), [{ quote, now: 600, down: 625 }], false],
] as const)("a stop %s", (_case, trigger, boundaries, isBeyond) => {
  expect(stopBeyond(toyGuard({ trigger }), boundaries) !== undefined).toBe(isBeyond);
});

test("a trailing stop is beyond it as long as its level is: 40 % under 1,000 is 600, under 1,100 it is 660", () => {
  const guard = toyGuard({
    trigger: { when: "trailing", of: "price", quote, kind: "mark", way: "falls", by: dec("0.4") },
  });
  expect(stopBeyond(guard, long)).toBeUndefined();
  expect(stopBeyond(guard, long, { best: dec("1000") })).toMatchObject({ stop: { at: dec("600.0") } });
  expect(stopBeyond(guard, long, { best: dec("1100") })).toBeUndefined();
});

test("the refusal names both numbers and what to write", () => {
  const [problem] = stopProblems(toyGuard({ trigger: stop("620") }), long);
  expect(problem).toMatchObject({ field: "trigger.at", value: "620", next: expect.stringContaining("above 625") });
  expect(problem!.wrong).toContain("liquidation price 625");
});
