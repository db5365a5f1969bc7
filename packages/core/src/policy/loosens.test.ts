import fc from "fast-check";
import { expect, test } from "vitest";
import { type Exact, assetId, exact, ms } from "@plimsoll/core/units";
import { toyGuard } from "@plimsoll/core/turn/testing";
import type { Guard } from "./guard.ts";
import { loosens } from "./loosens.ts";
import type { Reading } from "./sight.ts";
import { type Watch, applyReading, asleep, verdictOf } from "./watch.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const base = toyGuard();
const band = base.trigger as Extract<Guard["trigger"], { when: "health" }>;
const pay = { use: "add-margin", asset: assetId("USD"), most: exact(500n) } as const;
const lying = { instrument: "BTCUSDT", kind: "mark", place: { before: exact(5n, 2) } } as const;
const fields = (from: Guard, to: Guard) => loosens(from, to).map(({ field }) => field);

// source: the rule of loosening, field by field, worked by hand
test.each([
  ["nothing", {}, []],
  ["a stop more", { stops: [lying] }, []],
  ["another name", { name: "other" }, []],
  ["acts later", { trigger: { ...band, below: exact(119n, 2) } }, ["trigger.below"]],
  ["acts earlier", { trigger: { ...band, below: exact(121n, 2) } }, []],
  ["the same value at another scale", { trigger: { ...band, below: exact(12n, 1) } }, []],
  ["ready again later", { trigger: { ...band, release: exact(130n, 2) } }, ["trigger.release"]],
  ["urgent later", { trigger: { ...band, urgent: exact(105n, 2) } }, ["trigger.urgent"]],
  ["another line", { trigger: { ...band, line: "warn" } }, ["trigger.line"]],
  ["acts less", { target: { want: "health", at: exact(14n, 1) } }, ["target.at"]],
  ["acts more within its caps", { target: { want: "health", at: exact(16n, 1) } }, []],
  ["may spend more", { ladder: [{ ...pay, most: exact(2_000_000n) }, base.ladder[1]!] }, ["ladder.0.most"]],
  ["may spend less, so may not reach", { ladder: [pay, base.ladder[1]!] }, ["ladder.0.most"]],
  ["allows one thing more", { ladder: [...base.ladder, pay] }, ["ladder.2.use", "ladder.2.asset", "ladder.2.most"]],
  ["waits longer", { bounds: { ...base.bounds, confirmMs: ms(1) } }, ["bounds.confirmMs"]],
  ["trusts old data less", { bounds: { ...base.bounds, maxAgeMs: ms(10) } }, ["bounds.maxAgeMs"]],
  ["more a day", { bounds: { ...base.bounds, perDay: 11 } }, ["bounds.perDay"]],
  ["ends one day", { bounds: { ...base.bounds, expires: ms(5) } }, ["bounds.expires"]],
  ["is disarmed", { mode: "shadow" }, ["mode"]],
] as const)("%s", (_case, change, expected) => {
  expect(fields(base, { ...base, ...(change as Partial<Guard>) })).toEqual(expected);
});

test("a stop that lies lower is looser, a take-profit that lies higher is", () => {
  const at = (side: "at-or-below" | "at-or-above", price: bigint): Guard => ({
    ...base,
    trigger: { when: "price", quote: "q" as never, kind: "mark", side, at: exact(price) },
  });
  expect(fields(at("at-or-below", 100n), at("at-or-below", 90n))).toEqual(["trigger.at"]);
  expect(fields(at("at-or-below", 100n), at("at-or-below", 110n))).toEqual([]);
  expect(fields(at("at-or-above", 100n), at("at-or-above", 110n))).toEqual(["trigger.at"]);
  expect(fields({ ...base, mode: "shadow" }, base)).toEqual([]);
});

test("where a guard loosens nothing, it first fires no later than the one it replaces, on any run of healths", () => {
  const health = fc.integer({ min: 95, max: 150 });
  const guard = fc
    .record({
      below: health,
      release: health,
      urgent: health,
      confirmMs: fc.integer({ min: 0, max: 5 }),
      coolDownMs: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ below, release, urgent, confirmMs, coolDownMs }): Guard => {
      const [low, middle, high] = [below, release, urgent]
        .toSorted((a, b) => a - b)
        .map((one) => exact(BigInt(one), 2));
      return {
        ...base,
        trigger: { ...band, below: middle!, release: high!, urgent: low! },
        bounds: { ...base.bounds, confirmMs: ms(1_000 * confirmMs), coolDownMs: ms(1_000 * coolDownMs) },
      };
    });
  let compared = 0;
  fc.assert(
    fc.property(guard, guard, fc.array(health, { minLength: 5, maxLength: 20 }), (from, to, healths) => {
      if (loosens(from, to).length > 0) return;
      compared++;
      const [old, young] = [firstFired(from, healths), firstFired(to, healths)];
      if (old !== undefined) expect(young).toBeLessThanOrEqual(old);
    }),
    { numRuns: numRuns * 10 },
  );
  expect(compared).toBeGreaterThan(numRuns / 10);
});

function firstFired(guard: Guard, healths: readonly number[]): number | undefined {
  const { below, release, urgent } = guard.trigger as typeof band;
  const under = (value: number, edge: Exact) => BigInt(value) < edge.digits;
  let watch: Watch = asleep;
  for (const [index, value] of healths.entries()) {
    const now = ms(1_000 * index);
    const reading: Reading = under(value, below)
      ? { is: "met", urgent: under(value, urgent), because: "" }
      : { is: under(value, release) ? "between" : "released" };
    watch = applyReading(watch, reading, now);
    if (verdictOf(guard, watch, reading, "safe", now).is === "fire") return index;
  }
  return undefined;
}

test("what lies at the venue: a stop less, elsewhere or bounded otherwise loosens", () => {
  const from = { ...base, stops: [lying] };
  expect(fields(from, { ...base, stops: [lying, lying] })).toEqual([]);
  expect(fields(from, { ...base, stops: [{ ...lying, place: { before: exact(4n, 2) } }] })).toEqual(["stops.0.place"]);
  expect(fields(from, { ...base, stops: [{ ...lying, through: exact(1n, 1) }] })).toEqual(["stops.0.through"]);
  expect(fields(from, base)).toEqual(["stops.0.instrument", "stops.0.kind", "stops.0.place"]);
});
