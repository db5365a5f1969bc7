import fc from "fast-check";
import { expect, test } from "vitest";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { dec, ms } from "@plimsoll/core/units";
import { type Changed, LOOSENING_WAIT_MS, applyWaits, changePolicy } from "./change.ts";
import type { Guard } from "./guard.ts";
import { loosens } from "./loosens.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const base = toyGuard();
const band = base.trigger as Extract<Guard["trigger"], { when: "health" }>;
const at = (below: string, over: Partial<Guard> = {}): Guard =>
  toyGuard({ trigger: { ...band, below: dec(below) }, ...over });
const inForce = (guards: readonly Guard[]): Changed => ({ inForce: guards, waiting: [] });
const day = LOOSENING_WAIT_MS;

test("what tightens is in force at once, a new guard too", () => {
  expect(changePolicy(inForce([base]), [at("1.22"), toyGuard({ id: "g2" })], [], ms(0))).toEqual({
    inForce: [at("1.22"), toyGuard({ id: "g2" })],
    waiting: [],
  });
});

test("what loosens waits a day after it was confirmed; without a confirmation for ever", () => {
  const asked = changePolicy(inForce([base]), [at("1.15")], [], ms(0));
  expect(asked.inForce).toEqual([base]);
  expect(asked.waiting).toMatchObject([{ guard: "g1", to: at("1.15"), loosens: [{ field: "trigger.below" }] }]);
  expect(applyWaits(asked, ms(100 * day), true)).toEqual(asked);
  const confirmed = changePolicy(asked, [at("1.15")], ["g1"], ms(5));
  expect(applyWaits(confirmed, ms(5 + day - 1), true).inForce).toEqual([base]);
  expect(applyWaits(confirmed, ms(5 + day), true)).toEqual({ inForce: [at("1.15")], waiting: [] });
});

test("nothing loosens while an account is at act or worse, however long it waited", () => {
  const confirmed = changePolicy(inForce([base]), [at("1.15")], ["g1"], ms(0));
  expect(applyWaits(confirmed, ms(9 * day), false)).toEqual(confirmed);
});

test("said again it goes on waiting; changed again it starts anew; taken back it is forgotten", () => {
  const first = changePolicy(inForce([base]), [at("1.15")], ["g1"], ms(0));
  expect(changePolicy(first, [at("1.15")], ["g1"], ms(9)).waiting).toMatchObject([{ confirmedAt: 0 }]);
  expect(changePolicy(first, [at("1.10")], ["g1"], ms(9)).waiting).toMatchObject([{ confirmedAt: 9 }]);
  expect(changePolicy(first, [at("1.10")], [], ms(9)).waiting[0]).not.toHaveProperty("confirmedAt");
  expect(changePolicy(first, [base], [], ms(9))).toEqual(inForce([base]));
});

test("a change that does both: its tighter fields at once, the whole later", () => {
  const both = at("1.15", { bounds: { ...base.bounds, coolDownMs: ms(5) } });
  const asked = changePolicy(inForce([base]), [both], ["g1"], ms(0));
  expect(asked.inForce).toEqual([{ ...base, bounds: both.bounds }]);
  expect(applyWaits(asked, ms(day), true).inForce).toEqual([both]);
});

test("removing and disarming an armed guard loosens; what is in shadow protects nobody and goes at once", () => {
  expect(changePolicy(inForce([base]), [], ["g1"], ms(0))).toMatchObject({
    inForce: [base],
    waiting: [{ guard: "g1", loosens: [{ field: "guard", to: "absent" }], confirmedAt: 0 }],
  });
  expect(applyWaits(changePolicy(inForce([base]), [], ["g1"], ms(0)), ms(day), true)).toEqual(inForce([]));
  const disarmed = toyGuard({ mode: "shadow" });
  expect(changePolicy(inForce([base]), [disarmed], [], ms(0))).toMatchObject({ inForce: [base], waiting: [{}] });
  expect(changePolicy(inForce([disarmed]), [at("1.10", { mode: "shadow" })], [], ms(0)).waiting).toEqual([]);
  expect(changePolicy(inForce([disarmed]), [], [], ms(0))).toEqual(inForce([]));
  expect(changePolicy(inForce([disarmed]), [base], [], ms(0))).toEqual(inForce([base]));
  expect(changePolicy(inForce([disarmed]), [at("1.10")], [], ms(0))).toEqual(inForce([at("1.10")]));
});

test("whatever is asked for, what is in force at once loosens nothing that was", () => {
  const hundredths = fc.integer({ min: 101, max: 140 }).map((value) => dec((value / 100).toFixed(2)));
  const guard = fc
    .record({
      ...{ below: hundredths, coolDownMs: fc.integer({ min: 0, max: 9 }), perDay: fc.integer({ min: 1, max: 3 }) },
      mode: fc.constantFrom("armed" as const, "shadow" as const),
    })
    .map(({ below, coolDownMs, perDay, mode }) =>
      toyGuard({
        ...at("1.20"),
        trigger: { ...band, below },
        bounds: { ...base.bounds, coolDownMs: ms(coolDownMs), perDay },
        mode,
      }),
    );
  fc.assert(
    fc.property(guard, fc.array(fc.option(guard), { minLength: 1, maxLength: 5 }), (first, asked) => {
      let now = inForce([first]);
      for (const [index, one] of asked.entries()) {
        const before = now.inForce[0];
        now = changePolicy(now, one === null ? [] : [one], ["g1"], ms(index));
        if (before?.mode !== "armed") continue;
        expect(now.inForce).toHaveLength(1);
        expect(loosens(before, now.inForce[0]!)).toEqual([]);
      }
    }),
    { numRuns },
  );
});
