import { describe, test } from "vitest";
import { agreement, coherence, missingQuote } from "./agreement.ts";
import { atTheKnots, atTheLine } from "./at-the-line.ts";
import { damage, purity, roundTrip, steps } from "./bodies.ts";
import { lawsOfForms, moreCash, proportional } from "./laws.ts";
import { lawsOfPositions } from "./position-laws.ts";
import type { Check, Conformance, Effort } from "./spec.ts";
import { nulls, ties } from "./ties.ts";
import { time } from "./time.ts";
import { NothingChecked, thrownBy } from "./trial.ts";

/** Everything that is checked of every margin system, by group. */
export const checks: readonly Check[] = [
  agreement,
  coherence,
  missingQuote,
  atTheLine,
  atTheKnots,
  ties,
  nulls,
  ...lawsOfForms,
  proportional,
  moreCash,
  ...lawsOfPositions,
  time,
  roundTrip,
  damage,
  purity,
  steps,
];

/** The first check whose name starts with `group` and that finds something; it does not look for the smallest example. */
export const firstFinding = (spec: Conformance, runs: number, group = ""): string | undefined =>
  checks.find((check) => check.name.startsWith(group) && findingOf(check, spec, { runs, hasty: true }) !== undefined)
    ?.name;

const findingOf = (check: Check, spec: Conformance, effort: Effort): unknown => thrownBy(() => check.run(spec, effort));

/**
 * Whether any check finds the mistake within `most` runs. Most mistakes are seen in a few: those are asked of every check first, so that
 * the checks which are blind to this mistake do not spend all their runs; that few runs met nothing says nothing.
 */
function isCaught(spec: Conformance, most: number): boolean {
  const atOnce = checks.some((check) => {
    const finding = findingOf(check, spec, { runs: 5, hasty: true });
    return finding !== undefined && !(finding instanceof NothingChecked);
  });
  return atOnce || firstFinding(spec, most) !== undefined;
}

const QUICK = 25;

/** Runs of each check, by PLIMSOLL_RUNS: a quick run, of 25 or fewer, asks for no more than `affordable`. */
export function runsAsked(affordable = QUICK): number {
  const asked = Number(process.env["PLIMSOLL_RUNS"] ?? affordable);
  return asked > QUICK ? asked : Math.min(asked, affordable);
}

/**
 * Registers the tests that every margin system passes; call it once in a venue's `margin.test.ts`.
 * Runs per check come from PLIMSOLL_RUNS, without it from the spec.
 */
export function marginConformance(spec: Conformance): void {
  const runs = runsAsked(spec.runs);
  describe(`${spec.name}: margin conformance`, () => {
    // oxlint-disable-next-line vitest/expect-expect -- a check throws what it finds
    test.each(checks)("$name", (check) => check.run(spec, { runs, hasty: false }));
    test("6 wrong on purpose: the spec has mistakes to catch", ({ expect }) => {
      expect(spec.wrong.length).toBeGreaterThan(0);
    });
    for (const { name, engine } of spec.wrong) {
      test(`6 wrong on purpose: "${name}" is caught`, ({ expect }) => {
        expect(isCaught({ ...spec, engine }, Math.max(100, runs))).toBe(true);
      });
    }
  });
}
