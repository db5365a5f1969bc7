import * as fc from "fast-check";
import { expect, test } from "vitest";
import { referenceSpec } from "./reference-spec.ts";
import { shrinkAtMost } from "./shrink-at-most.ts";
import type { State } from "./spec.ts";
import { forStates } from "./trial.ts";

/** Two numbers that must stay side by side: neither can be made smaller by more than one, so fast-check walks down by turns. */
const staircase = fc.tuple(fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }));
const examples: [[number, number]][] = [[[500_000, 500_000]]];

test.each([0, 1, 50])("a finding is reported, with its seed, after %i steps and not one more", (steps) => {
  let looks = 0;
  const sideBySide = ([high, low]: readonly [number, number]) => {
    looks++;
    if (Math.abs(high - low) <= 1) throw new Error(`found at ${high}, ${low}`);
  };
  const property = fc.property(staircase, shrinkAtMost(steps, sideBySide));
  const details = fc.check(property, { examples, seed: 5 });
  expect(details).toMatchObject({ failed: true, seed: 5, numRuns: 1 });
  expect(details.errorInstance).toMatchObject({
    message: expect.stringMatching(/^found at 4999\d\d|^found at 500000/),
  });
  expect(looks).toBe(1 + steps);
});

test("what does not fail runs as often as asked, and a small failure is still made smallest", () => {
  let runs = 0;
  fc.assert(
    fc.property(
      fc.nat(),
      shrinkAtMost(3, () => void runs++),
    ),
    { numRuns: 40 },
  );
  expect(runs).toBe(40);
  const tooLarge = shrinkAtMost(1_000, (value: number) => expect(value).toBeLessThan(1_000));
  expect(fc.check(fc.property(fc.nat(), tooLarge)).counterexample).toEqual([1_000]);
});

test("the suite stops shrinking too: of fifteen hundred numbers it would make each one smallest", () => {
  let looks = 0;
  const states = fc
    .array(fc.nat(), { minLength: 1_500, maxLength: 1_500 })
    .map((body) => ({ holding: { body } })) as unknown as fc.Arbitrary<State>;
  const refuse = () => {
    looks++;
    throw new Error("a law that no state obeys");
  };
  const effort = { runs: 5, hasty: false };
  expect(() => forStates({ ...referenceSpec(), states }, effort, refuse)).toThrow(/^Property failed after 1 tests/);
  expect(looks).toBe(1_001);
});
