import { expect, test } from "vitest";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { type Exact, dec, exact, ms, text } from "@plimsoll/core/units";
import { readLevel } from "./level.ts";
import type { Reading } from "./sight.ts";
import { type Watch, applyActed, applyFired, applyLock, applyReading, asleep, verdictOf } from "./watch.ts";

const MINUTE = 60_000;
const level = { worse: "lower", reached: "beyond", at: dec("1.20"), release: dec("1.25"), because: "" } as const;
const health = (value: string, urgent = "1.10"): Reading =>
  readLevel({ ...level, urgent: dec(urgent), value: dec(value) });
const patient = toyGuard({ bounds: { ...toyGuard().bounds, confirmMs: ms(60_000), coolDownMs: ms(0), perDay: 99 } });

/** Plays healths at minutes; what fires is done at once. */
function play(seen: readonly (readonly [minute: number, health: string])[]) {
  let watch: Watch = asleep;
  return seen.map(([minute, value]) => {
    const [now, reading] = [ms(minute * MINUTE), health(value)];
    watch = applyReading(watch, reading, now);
    const verdict = verdictOf(patient, watch, reading, "safe", now);
    if (verdict.is === "fire") watch = applyActed(applyFired(watch, now, verdict.urgent, undefined));
    return `${"why" in verdict ? verdict.why.code : verdict.is}${watch.episode === undefined ? "" : " in episode"}`;
  });
}

test("within an hour of the extreme nothing is relaxed: the episode goes on, the guard is ready and waits for no second confirmation", () => {
  expect(
    play([
      [0, "1.19"],
      [1, "1.19"],
      [2, "1.40"],
      [40, "1.40"],
      [41, "1.19"],
    ]),
  ).toEqual(["confirming in episode", "fire in episode", "quiet in episode", "quiet in episode", "fire in episode"]);
});

test("an hour after the last extreme it is over, and the next fall is confirmed first", () => {
  const seen = play([
    [0, "1.18"],
    [1, "1.17"],
    [30, "1.16"],
    [31, "1.40"],
    [89, "1.40"],
    [90, "1.40"],
    [91, "1.19"],
  ]);
  expect(seen.slice(-3)).toEqual(["quiet in episode", "quiet", "confirming in episode"]);
});

// source: 60 s at 1.20, nothing at 1.10, in proportion between; counted by hand
test.each([
  ["1.1999", 59_940],
  ["1.15", 30_000],
  ["1.11", 6_000],
  ["1.10", 0],
] as const)("health %s leaves a window of %d ms: it shrinks with the headroom", (value, window) => {
  const reading = health(value);
  const verdict = (after: number) =>
    verdictOf(
      patient,
      applyReading(applyReading(asleep, reading, ms(0)), reading, ms(after)),
      reading,
      "safe",
      ms(after),
    ).is;
  expect(verdict(window)).toBe("fire");
  if (window > 0) expect(verdict(window - 1)).toBe("waiting");
});

test("where another guard tightens, and on the last rung, nothing waits", () => {
  const reading = health("1.19");
  const watch = applyReading(asleep, reading, ms(0));
  expect(verdictOf(patient, watch, reading, "safe", ms(0)).is).toBe("waiting");
  expect(verdictOf(patient, watch, reading, "safe", ms(0), true).is).toBe("fire");
  const panic = toyGuard({ ...patient, rung: { of: "steps", severity: "panic" } });
  expect(verdictOf(panic, watch, reading, "safe", ms(0))).toMatchObject({ is: "fire", urgent: true });
});

test.each([
  ["under", "lower", "beyond", "1.19", "met"],
  ["on the trigger", "lower", "beyond", "1.20", "between"],
  ["on a trigger that counts itself", "lower", "at", "1.20", "met"],
  ["short of release", "lower", "at", "1.2499", "between"],
  ["at release", "lower", "at", "1.25", "released"],
  ["over", "higher", "beyond", "1.21", "met"],
  ["on it", "higher", "beyond", "1.20", "between"],
] as const)("a level: %s (%s is worse, met %s it) %s is %s", (_case, worse, reached, value, is) => {
  const release = worse === "lower" ? dec("1.25") : dec("1.15");
  const seen: Exact = dec(value);
  expect(readLevel({ ...level, worse, reached, release, value: seen })).toMatchObject({ is, seen: { worse } });
  expect(text(exact(seen.digits, seen.scale))).toBe(value);
});

test("a lock begins when the guard fires, is not made longer by firing again, and begins anew once it is over", () => {
  const guard = toyGuard({ trigger: { when: "drawdown", by: dec("0.2"), lockMs: ms(60 * MINUTE) } });
  const first = applyLock(guard, asleep, ms(0));
  expect(first.memory).toEqual({ lockedUntil: 60 * MINUTE });
  expect(applyLock(guard, first, ms(59 * MINUTE)).memory).toEqual({ lockedUntil: 60 * MINUTE });
  expect(applyLock(guard, first, ms(60 * MINUTE)).memory).toEqual({ lockedUntil: 120 * MINUTE });
  expect(applyLock(patient, asleep, ms(0))).toBe(asleep);
});
