import { expect, test } from "vitest";
import { ms } from "@plimsoll/core/units";
import { toyGuard } from "@plimsoll/core/turn/testing";
import type { Reading } from "./sight.ts";
import { type Watch, applyActed, applyFired, applyReading, asleep, verdictOf } from "./watch.ts";

const met: Reading = { is: "met", urgent: false, because: "low" };
const urgent: Reading = { is: "met", urgent: true, because: "very low" };
const [between, released]: readonly Reading[] = [{ is: "between" }, { is: "released" }];
const unknown: Reading = { is: "unknown", why: { code: "x", facts: {} } };
const patient = toyGuard({ bounds: { ...toyGuard().bounds, confirmMs: ms(5_000), coolDownMs: ms(60_000), perDay: 3 } });

/** Plays readings one second apart; what fires is done at once. */
function play(
  readings: readonly (Reading | undefined)[],
  danger: "safe" | "danger" = "safe",
  guard = patient,
): string[] {
  let watch: Watch = asleep;
  return readings.map((reading, index) => {
    const now = ms(1_000 * (index + 1));
    watch = applyReading(watch, reading!, now);
    const verdict = verdictOf(guard, watch, reading!, danger, now);
    if (verdict.is === "fire") watch = applyActed(applyFired(watch, now, verdict.urgent, undefined));
    return "why" in verdict ? verdict.why.code : verdict.is;
  });
}
const times = (count: number, reading: Reading | undefined) => Array.from({ length: count }, () => reading);

// source: the words of guard.ts; the seconds counted by hand
test.each([
  ["confirmed after 5 s without a break", [...times(6, met)], [...words(5, "confirming"), "fire"]],
  [
    "a break starts the window again",
    [met, met, between, ...times(6, met)],
    ["confirming", "confirming", "quiet", ...words(5, "confirming"), "fire"],
  ],
  ["unknown is a break and blocks", [...times(5, met), unknown, met], [...words(5, "confirming"), "x", "confirming"]],
  ["urgent waits for nothing", [urgent, urgent], ["fire", "fire"]],
  ["still met after an action: cool-down", [...times(7, met)], [...words(5, "confirming"), "fire", "cooling-down"]],
  [
    "left short of release: only urgency fires again",
    [...times(6, met), between, met, urgent],
    [...words(5, "confirming"), "fire", "quiet", "not-released", "fire"],
  ],
  ["the day is used up after three", [urgent, urgent, urgent, urgent], ["fire", "fire", "fire", "day-used-up"]],
  [
    "a release does not give the day back",
    [urgent, urgent, urgent, released, urgent],
    ["fire", "fire", "fire", "quiet", "day-used-up"],
  ],
] as const)("%s", (_case, readings, verdicts) => {
  expect(play(readings)).toEqual(verdicts);
});
function words(count: number, word: string): string[] {
  return Array.from({ length: count }, () => word);
}

test("in danger nothing is confirmed first", () => {
  expect(play([met], "danger")).toEqual(["fire"]);
});

test("after a release the band starts anew once the cool-down is over", () => {
  const quick = toyGuard({ bounds: { ...patient.bounds, confirmMs: ms(0), coolDownMs: ms(3_000) } });
  expect(play([met, released, met, met], "safe", quick)).toEqual(["fire", "quiet", "cooling-down", "fire"]);
});

test("a shadow guard speaks once an episode, and once more when it gets urgent", () => {
  const shadow = toyGuard({
    mode: "shadow",
    bounds: { ...patient.bounds, confirmMs: ms(0), coolDownMs: ms(0), perDay: 99 },
  });
  expect(play([met, met, urgent, urgent, released, met], "safe", shadow)).toEqual([
    "fire",
    "quiet",
    "fire",
    "quiet",
    "quiet",
    "fire",
  ]);
});
