import type { Condition } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import { dec, ms, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Decision } from "./contract.ts";
import { guardWith, house, long, me } from "./testing/perp-house.ts";

/** Between two readings. */
const STEP = 4_000;
const away = why("signer/away", { detail: "signer away: it waits for its passphrase" });
const mute = (decisions: readonly Decision[]) =>
  decisions.flatMap((d) =>
    d.type === "alert" && /^(nobody-can-act|key-|can-act-again)/.test(d.why.code) ? [`${d.why.code} ${d.danger}`] : [],
  );

function told(guard: Guard = guardWith({ stops: [] })) {
  const run = house([guard]);
  const says = (step: number, over: Partial<Extract<Condition, { type: "permission" }>> = {}) =>
    mute([
      ...run.feed(step * STEP, {
        ...{ type: "permission", holding: me, acts: "yes", until: "never", at: ms(step * STEP) },
        ...over,
      }),
      ...run.price(step * STEP),
      ...run.reads(step * STEP, long([])),
    ]);
  const trouble = () => run.turn.view().troubles?.find(({ identity }) => identity === `${me}/pool/mute`);
  return { ...run, says, trouble };
}
const gone = { acts: "nobody", until: "unknown", why: away } as const;

test("a signer that is away is told once, told to be back, and told anew when it goes again", () => {
  const run = told();
  expect(run.says(1)).toEqual([]);
  expect(run.says(2, gone)).toEqual(["nobody-can-act watch"]);
  expect(run.says(2.5, gone)).toEqual([]);
  expect(run.trouble()).toMatchObject({ first: 2 * STEP, seen: 2.5 * STEP, because: { facts: away.facts } });
  expect(run.says(3)).toEqual(["can-act-again watch"]);
  expect(run.says(3.5)).toEqual([]);
  expect(run.trouble()).toMatchObject({ first: 2 * STEP, seen: 2.5 * STEP, worst: "watch" }); // shown for its hour
  expect(run.says(4, gone)).toEqual(["nobody-can-act watch"]);
  expect(run.trouble()).toMatchObject({ first: 4 * STEP });
});

test("it is told again when the account gets worse meanwhile, and its worst is kept", () => {
  const run = told();
  run.says(1, gone);
  const fallen = run.feed(1.1 * STEP, {
    ...{ type: "price", key: run.mark, price: dec("8500"), kind: "mark", at: ms(1.1 * STEP) },
  });
  expect(mute(fallen)).toEqual(["nobody-can-act danger"]);
  expect(run.says(2, gone)).toEqual([]);
  expect(run.trouble()).toMatchObject({ worst: "danger", danger: "watch" });
});

test("a key that ends is told at its moment, without any word from anybody; one that may not trade at once", () => {
  const run = told();
  expect(run.says(1, { until: ms(6_000) })).toEqual([]);
  expect(mute(run.feed(5_999, { type: "tick" }))).toEqual([]);
  expect(mute(run.feed(6_000, { type: "tick" }))).toEqual(["key-ended watch"]);
  expect(told().says(1, { acts: "no" })).toEqual(["key-may-not watch"]);
});

test("nobody is alarmed where no armed guard needs a key, and what nobody could ask is no alarm", () => {
  expect(told(guardWith({ mode: "shadow" })).says(1, gone)).toEqual([]);
  expect(told().says(1, { acts: "unknown", until: "unknown" })).toEqual([]);
  const run = told();
  run.says(1, gone);
  run.feed(STEP, { type: "policy", guards: [], reserves: [], confirmed: ["stop"] });
  run.feed(STEP + 86_400_000, { type: "tick" }); // the wait of a day is over: the guard goes
  run.says(30_000, gone);
  expect(run.turn.view().guards).toEqual([]);
  expect(run.says(30_001, gone)).toEqual([]);
  expect(run.trouble()?.seen).not.toBe(30_001 * STEP);
});
