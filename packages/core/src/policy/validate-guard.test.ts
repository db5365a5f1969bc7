import { expect, test } from "vitest";
import { dec, exact, ms, quoteKey } from "@plimsoll/core/units";
import { toyGuard } from "@plimsoll/core/turn/testing";
import type { Guard } from "./guard.ts";
import { validateGuard, validateGuards } from "./validate-guard.ts";

const base = toyGuard();
const band = base.trigger as Extract<Guard["trigger"], { when: "health" }>;
const lying = { instrument: "BTCUSDT", kind: "mark", place: { before: dec("0.05") } } as const;
const reduce = { use: "reduce", instrument: "COIN", slippage: dec("0.01") } as const;
const stop = (id: string, side: "at-or-below" | "at-or-above", at: string): Guard => ({
  ...base,
  id,
  trigger: { when: "price", quote: quoteKey("toy:COIN:mark"), kind: "mark", side, at: dec(at) },
  target: { want: "reduce", share: exact(1n) },
  ladder: [reduce],
});

test("a sound guard has no problem", () => {
  expect(validateGuard(base)).toEqual([]);
  expect(validateGuards([base, stop("low", "at-or-below", "90"), stop("high", "at-or-above", "110")])).toEqual([]);
});

test.each([
  [
    "trigger where the venue acts",
    { trigger: { ...band, below: dec("1.00"), urgent: dec("0.9") } },
    "trigger.below",
    "1.00",
  ],
  ["band with no width", { trigger: { ...band, release: dec("1.20") } }, "trigger.release", "1.20"],
  ["urgent above the trigger", { trigger: { ...band, urgent: dec("1.20") } }, "trigger.urgent", "1.20"],
  ["urgent after the venue", { trigger: { ...band, urgent: dec("0.99") } }, "trigger.urgent", "0.99"],
  ["target under the trigger", { target: { want: "health", at: dec("1.19") } }, "target.at", "1.19"],
  ["target under release", { target: { want: "health", at: dec("1.22") } }, "target.at", "1.22"],
  ["zero share", { target: { want: "reduce", share: dec("0") }, ladder: [reduce] }, "target.share", "0"],
  ["more than all", { target: { want: "reduce", share: dec("1.01") }, ladder: [reduce] }, "target.share", "1.01"],
  ["a payment cannot reduce", { target: { want: "reduce", share: dec("1") } }, "ladder.0.use", "add-margin"],
  ["matching no other leg", { target: { want: "match" }, ladder: [reduce] }, "target.want", "match"],
  ["empty ladder", { ladder: [] }, "ladder", "[]"],
  ["nothing to spend", { ladder: [{ ...base.ladder[0], most: dec("0") }] }, "ladder.0.most", "0"],
  ["slippage of everything", { ladder: [{ ...reduce, slippage: dec("1") }] }, "ladder.0.slippage", "1"],
  ["too patient", { bounds: { ...base.bounds, confirmMs: ms(60_001) } }, "bounds.confirmMs", "60001"],
  ["no data is young enough", { bounds: { ...base.bounds, maxAgeMs: ms(0) } }, "bounds.maxAgeMs", "0"],
  ["never", { bounds: { ...base.bounds, perDay: 0 } }, "bounds.perDay", "0"],
  ["not a number", { bounds: { ...base.bounds, coolDownMs: ms(Number.NaN) } }, "bounds.coolDownMs", "NaN"],
  ["a stop of nothing", { stops: [{ ...lying, instrument: "" }] }, "stops.0.instrument", '""'],
  ["a stop at no price", { stops: [{ ...lying, place: { at: dec("0") } }] }, "stops.0.place", "0"],
  ["a stop on the liquidation itself", { stops: [{ ...lying, place: { before: dec("0") } }] }, "stops.0.place", "0"],
  ["a stop that fills at no price", { stops: [{ ...lying, through: dec("1") }] }, "stops.0.through", "1"],
  ["blank in the name", { id: "a b" }, "id", "a b"],
] as const)("%s", (_case, change, field, value) => {
  const problems = validateGuard({ ...base, ...(change as Partial<Guard>) });
  expect(problems[0]).toMatchObject({ field, value });
  expect(problems[0]!.next).not.toBe("");
});

test("a guard may do nothing but keep a stop at the venue", () => {
  expect(validateGuard({ ...base, ladder: [], stops: [lying] })).toEqual([]);
});

test("between guards: one id twice, and a stop above its take-profit", () => {
  expect(validateGuards([base, base])).toMatchObject([{ field: "g1.id" }]);
  const crossed = validateGuards([stop("high", "at-or-above", "100"), stop("low", "at-or-below", "100")]);
  expect(crossed).toMatchObject([{ field: "low.trigger.at", value: "100" }]);
});
