import fc from "fast-check";
import { expect, test } from "vitest";
import type { Assessment } from "@plimsoll/core/margin";
import type { Exposure } from "@plimsoll/core/risk";
import { toyGuard } from "@plimsoll/core/turn/testing";
import {
  type Exact,
  type Figure,
  ONE,
  accountKey,
  assetId,
  exact,
  holdingId,
  known,
  ms,
  none,
  quoteKey,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { Guard, Trigger } from "./guard.ts";
import { loosens } from "./loosens.ts";
import { readTrigger } from "./reading.ts";
import type { Reading, Sighting } from "./sight.ts";
import { ruleOf, triggers } from "./triggers.ts";
import { validateGuard } from "./validate-guard.ts";
import { applyReading, asleep } from "./watch.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const [price, other] = [quoteKey("toy:COIN:mark"), quoteKey("toy:OTHER:mark")];
const leg = holdingId("toy:other");
const now = ms(1_000_000);

/** Hundredths, from 0 to 4: health, prices, shares, leverage and times (in minutes) are all made of them. */
const number = fc.integer({ min: 1, max: 400 }).map((value) => exact(BigInt(value), 2));
const share = fc.integer({ min: 1, max: 99 }).map((value) => exact(BigInt(value), 2));
const time = fc.integer({ min: 1, max: 400 }).map((value) => ms(value * 60_000));
const side = fc.constantFrom("at-or-below" as const, "at-or-above" as const);
const rates = fc.constantFrom("present" as const, "worst" as const);
const when = <W extends Trigger["when"]>(word: W) => fc.constant(word);

/** Any trigger of each type, sound or not. */
const anyTrigger: { readonly [W in Trigger["when"]]: fc.Arbitrary<Extract<Trigger, { when: W }>> } = {
  health: fc.record({
    when: when("health"),
    line: fc.constant("maintenance"),
    below: number,
    release: number,
    urgent: number,
  }),
  price: fc.record(
    { when: when("price"), quote: fc.constant(price), kind: fc.constant("mark"), side, at: number, release: number },
    { requiredKeys: ["when", "quote", "kind", "side", "at"] },
  ),
  trailing: fc.oneof(
    fc.record({
      ...{
        when: when("trailing"),
        of: fc.constant("price" as const),
        quote: fc.constant(price),
        kind: fc.constant("mark" as const),
      },
      ...{ way: fc.constantFrom("falls" as const, "rises" as const), by: share },
    }),
    fc.record({
      ...{ when: when("trailing"), of: fc.constantFrom("equity" as const, "health" as const) },
      ...{ way: fc.constant("falls" as const), by: share },
    }),
  ),
  probability: fc.record({
    when: when("probability"),
    withinMs: fc.constant(ms(3_600_000)),
    above: share,
    release: share,
  }),
  distance: fc.record(
    { when: when("distance"), below: share, release: share, urgent: share, sigmas: number },
    { requiredKeys: ["when", "below", "release", "urgent"] },
  ),
  leverage: fc.record({ when: when("leverage"), above: number, release: number, urgent: number }),
  concentration: fc.record({ when: when("concentration"), above: share, release: share }),
  drawdown: fc.record({ when: when("drawdown"), by: share, lockMs: time }),
  streak: fc.record({ when: when("streak"), losses: fc.integer({ min: 1, max: 4 }), withinMs: time, lockMs: time }),
  rates: fc.record({ when: when("rates"), rates, above: share, release: share }),
  peg: fc.record({
    when: when("peg"),
    quote: fc.constant(price),
    against: fc.constant(other),
    by: share,
    release: share,
  }),
  carry: fc.record({ when: when("carry"), rates, withinMs: time, releaseMs: time }),
  time: fc.record({ when: when("time"), at: time, beforeMs: time }),
  coupled: fc.record({
    ...{ when: when("coupled"), own: fc.constant(price), holding: fc.constant(leg), other: fc.constant(other) },
    ...{ least: share, release: share },
  }),
};
const guardOf = (trigger: Trigger): Guard =>
  toyGuard({
    trigger,
    target: { want: "reduce", share: ONE },
    ladder: [{ use: "reduce", instrument: "COIN", slippage: exact(1n, 2) }],
  });

/** All that any trigger reads; one number each, so that a sighting is drawn at random. */
interface World {
  readonly value: Exact;
  readonly second: Exact;
  readonly ages: number;
  readonly losses: number;
  readonly best: Exact;
}
const world: fc.Arbitrary<World> = fc.record({
  ...{ value: number, second: number, best: number },
  ages: fc.integer({ min: 0, max: 400 }),
  losses: fc.integer({ min: 0, max: 5 }),
});

const exposure = (quote: Exposure["quote"], dollars: Exact): Exposure => ({ quote, dollars, unitInDollars: ONE });
function sightOf({ value, second, ages }: World, gone?: Figure<never>): Sighting {
  const at = ms(now + ages * 60_000);
  const figure = <T>(read: T): Figure<T> => gone ?? known(read, at);
  const assessment: Assessment = {
    ...{ account: accountKey("a"), unit: assetId("USD"), equity: figure(value), free: figure(value) },
    lines: gone
      ? []
      : [
          {
            name: "maintenance",
            required: ONE,
            surplus: ONE,
            health: value,
            crossed: false,
            strict: true,
            meaning: "",
          },
        ],
    explain: { name: "", value: "" },
  };
  const quote = (read: Exact) => ({ value: read, kind: "mark", asOf: at }) as const;
  return {
    ...{ now: at, assessment, danger: "safe", oldest: at, aheadMs: 0 },
    quotes: new Map(gone ? [] : [[price, quote(value)] as const, [other, quote(second)] as const]),
    ...(gone === undefined && {
      forecast: { asOf: at, within: [{ horizonMs: ms(3_600_000), probability: Number(value.digits) / 400 }] },
    }),
    asked: {
      distance: () => figure({ share: value, hourSigma: Number(second.digits) / 10_000 }),
      exposures: (asked) => figure([asked === undefined ? exposure(price, second) : exposure(other, value)]),
      bookGross: () => figure(exact(400n, 2)),
      costOfDay: () => figure(value),
      carry: () => ({ atPresent: figure(ms(at + Number(value.digits) * 60_000)), atWorst: figure(at) }),
    },
  };
}
const memoryOf = ({ best, losses, ages }: World) => ({
  best,
  losses: Array.from({ length: losses }, (_, index) => ms(now + (ages - index) * 60_000)),
});
/** A trigger that differs from another in one field alone. */
function withFieldOf(a: Trigger, other: Trigger, place: number): Trigger {
  const fields = Object.entries(other);
  const [field, value] = fields[place % fields.length]!;
  return { ...a, [field]: value };
}
const readIn = (guard: Guard, here: World): Reading => readTrigger(guard, sightOf(here), memoryOf(here)).reading;

test.each(Object.keys(triggers) as Trigger["when"][])(
  "%s: what acts where another does not is found looser; the same trigger loosens nothing",
  (word) => {
    const type: fc.Arbitrary<Trigger> = anyTrigger[word];
    let parted = 0;
    fc.assert(
      fc.property(type, type, fc.nat(), fc.boolean(), world, (a, other, place, isWhole, here) => {
        const b = isWhole ? other : withFieldOf(a, other, place);
        expect(loosens(guardOf(a), guardOf(structuredClone(a)))).toEqual([]);
        const [before, after] = [readIn(guardOf(a), here), readIn(guardOf(b), here)];
        if (before.is !== "met") return;
        const actsLater = after.is !== "met" || (before.urgent && !after.urgent);
        if (!actsLater) return;
        parted += 1;
        expect(loosens(guardOf(a), guardOf(b))).not.toEqual([]);
      }),
      { numRuns: numRuns * 20 },
    );
    expect(parted).toBeGreaterThan(0);
  },
);

test.each(Object.keys(triggers) as Trigger["when"][])(
  "%s: what is not known is neither met nor released, and what is too old is not even remembered",
  (word) => {
    const type: fc.Arbitrary<Trigger> = anyTrigger[word];
    const blind = unknown(why("away"));
    fc.assert(
      fc.property(type, world, (trigger, here) => {
        const guard = guardOf(trigger);
        const old = readTrigger(guard, { ...sightOf(here), oldest: ms(0) }, memoryOf(here));
        expect(old).toMatchObject({ reading: { is: "unknown" }, memory: memoryOf(here) });
        const isOfClock = trigger.when === "time" || trigger.when === "streak";
        if (!isOfClock) expect(readTrigger(guard, sightOf(here, blind)).reading.is).toBe("unknown");
        if (!isOfClock)
          expect(["unknown", "released"]).toContain(readTrigger(guard, sightOf(here, none(why("no-debt")))).reading.is);
        const held = applyReading({ ...asleep, episode: now }, { is: "unknown", why: why("away") }, ms(now + 9e9));
        expect(held).toMatchObject({ episode: now });
      }),
      { numRuns },
    );
  },
);

test("a sound band is never met and released at one value, and leaving it is not entering it: no walk makes it fire on both sides", () => {
  const words = [
    "health",
    "price",
    "probability",
    "distance",
    "leverage",
    "concentration",
    "rates",
    "peg",
    "coupled",
  ] as const;
  let sound = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...words).chain((word): fc.Arbitrary<Trigger> => anyTrigger[word]),
      world,
      fc.array(number, { minLength: 2, maxLength: 12 }),
      (trigger, start, walk) => {
        if (ruleOf(trigger).problems(trigger).length > 0) return;
        sound += 1;
        const guard = guardOf(trigger);
        const readings = walk.map((value) => ({ value, reading: readIn(guard, { ...start, value }) }));
        for (const a of readings)
          for (const b of readings) {
            if (a.reading.is !== "met" || b.reading.is !== "released") continue;
            expect(a.value).not.toEqual(b.value);
            // the same value again says the same: nothing depends on where the walk came from
            expect(readIn(guard, { ...start, value: b.value }).is).toBe("released");
          }
      },
    ),
    { numRuns: numRuns * 10 },
  );
  expect(sound).toBeGreaterThan(numRuns);
});

test("every type has a sound trigger and an unsound one, and says of the unsound one where and what to write", () => {
  for (const word of Object.keys(triggers) as Trigger["when"][]) {
    const drawn = fc.sample(anyTrigger[word] as fc.Arbitrary<Trigger>, { numRuns: 400, seed: 5 });
    const problems = drawn.map((trigger) => validateGuard(guardOf(trigger)));
    expect(problems.some((found) => found.length === 0)).toBe(true);
    for (const { field, value, wrong, next } of problems.flat()) {
      expect(field).toMatch(/^trigger\.\w+$/);
      expect([value, wrong, next].every((text) => text.length > 0)).toBe(true);
    }
  }
});

// source: two of three sources must agree, the present and young ones; worked by hand
test.each([
  ["all three under it", ["79", "79", "79"], "met"],
  ["two of three", ["81", "79", "78"], "met"],
  ["one of three: a wick on one venue", ["60", "81", "82"], "released"],
  ["two are left and agree", ["79", undefined, "80"], "met"],
  ["two are left and do not", ["79", undefined, "81"], "released"],
  ["one is left", ["79", undefined, undefined], "unknown"],
] as const)("a stop at 80 on three sources: %s", (_case, values, is) => {
  const keys = ["a:X:mark", "b:X:mark", "c:X:mark"].map(quoteKey);
  const trigger = (side: "at-or-below" | "at-or-above"): Trigger => ({
    ...{ when: "price", quote: keys[0]!, kind: "mark", side, at: exact(80n) },
    others: [keys[1]!, keys[2]!],
  });
  const seen = (of: (value: bigint) => bigint): Sighting => ({
    ...sightOf({ value: ONE, second: ONE, ages: 0, losses: 0, best: ONE }),
    quotes: new Map(
      keys.flatMap((key, index) => {
        const value = values[index];
        return value === undefined
          ? []
          : [[key, { value: exact(of(BigInt(value))), kind: "mark", asOf: now }] as const];
      }),
    ),
  });
  expect(
    readTrigger(
      guardOf(trigger("at-or-below")),
      seen((value) => value),
    ).reading.is,
  ).toBe(is);
  // the same mirrored at 80
  expect(
    readTrigger(
      guardOf(trigger("at-or-above")),
      seen((value) => 160n - value),
    ).reading.is,
  ).toBe(is);
});
