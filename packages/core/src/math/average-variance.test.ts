import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { averageVariance } from "./average-variance.ts";

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) };
const hour = 1 / 24 / 365;
const reading = 4 / 86_400 / 365;
const lastHalfHour = { count: 450, first: hour - 449 * reading, step: reading };

describe("variance of an average", () => {
  test("one hour before delivery at 60 %: a third less than of the last price; source: reference computation, 40 digits", () => {
    const variance = averageVariance(0.6, lastHalfHour);
    expect(Math.abs(variance / 2.7420119964351e-5 - 1)).toBeLessThan(1e-13);
    expect(variance / (0.36 * hour)).toBeCloseTo(0.66722291912, 10);
  });
  test("one reading is the plain price, none has nothing left", () => {
    expect(averageVariance(0.6, { count: 1, first: hour, step: reading })).toBeCloseTo(0.36 * hour, 18);
    expect(averageVariance(0.6, { count: 0, first: hour, step: reading })).toBe(0);
  });
  test("never more than of the last price, and never less than of the first reading", () => {
    const readings = fc.record({
      count: fc.integer({ min: 1, max: 450 }),
      first: fc.double({ min: 1e-9, max: 0.5, noNaN: true }),
      step: fc.double({ min: 1e-9, max: 1e-4, noNaN: true }),
    });
    fc.assert(
      fc.property(readings, fc.double({ min: 0.01, max: 3, noNaN: true }), (each, vol) => {
        const variance = averageVariance(vol, each);
        expect(variance).toBeGreaterThanOrEqual(vol * vol * each.first * (1 - 1e-12));
        expect(variance).toBeLessThanOrEqual(vol * vol * (each.first + (each.count - 1) * each.step) * (1 + 1e-12));
      }),
      runs,
    );
  });
});
