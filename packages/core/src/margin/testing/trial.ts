import { type Line, type MarginForm, type Scene, evaluate, readQuotes } from "@plimsoll/core/margin";
import { type Exact, type QuoteKey, exact, invariant, text, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { shrinkAtMost } from "./shrink-at-most.ts";
import type { Conformance, Effort, State, Subject } from "./spec.ts";

/** A subject that compiled, with its form and today's quotes in the form's order. */
export interface Compiled {
  readonly subject: Subject;
  readonly form: MarginForm;
  readonly quotes: Float64Array;
}

/** Most findings are small by then, and none takes longer than some seconds. */
const SHRINK_STEPS = 1_000;

/** Runs `body` on random states. */
export function forStates(spec: Conformance, effort: Effort, body: (state: State, g: fc.GeneratorValue) => void): void {
  const bounded = shrinkAtMost(SHRINK_STEPS, body);
  fc.assert(fc.property(spec.states, fc.gen(), bounded), { numRuns: effort.runs, endOnFailure: effort.hasty });
}

/** Runs `body` on every account and line of random states. @throws when nothing ever came by: the states are too tame. */
export function forSubjects(
  spec: Conformance,
  effort: Effort,
  body: (subject: Subject, g: fc.GeneratorValue) => void,
): void {
  let seen = 0;
  forStates(spec, effort, (state, g) => {
    for (const account of spec.engine.accounts(state.holding)) {
      for (const line of spec.lines) {
        seen++;
        body({ ...state, account, line }, g);
      }
    }
  });
  expectMet(seen, "no state has an account");
}

/** Runs `body` on every form of random states, and says how many there were. */
export function forForms(
  spec: Conformance,
  effort: Effort,
  body: (compiled: Compiled, g: fc.GeneratorValue) => void,
): void {
  let seen = 0;
  forSubjects(spec, effort, (subject, g) => {
    const compiled = compileIn(spec, subject);
    if (compiled === undefined) return;
    seen++;
    body(compiled, g);
  });
  expectMet(seen, "no state compiled to a form");
}

/** The subject's form and its quotes; undefined where the engine says that there is none. */
export function compileIn(spec: Conformance, subject: Subject): Compiled | undefined {
  const compiled = spec.engine.compile(subject.holding, subject.account, subject.scene, subject.line);
  if (!("form" in compiled)) return undefined;
  const quotes = readQuotes(compiled.form, subject.scene);
  expectThat(quotes.ok, `the form reads a quote that the scene lacks: ${quotes.ok ? "" : quotes.failure.code}`);
  return { subject, form: compiled.form, quotes: quotes.value };
}

/** The exact line of a subject. */
export const lineOf = (spec: Conformance, { holding, account, scene, line }: Subject): Line | undefined =>
  spec.engine.assess(holding, account, scene).lines.find(({ name }) => name === line);

/** The form's error bound at an evaluation, with the rounding of our own comparison. */
export function errorAt(form: MarginForm, quotes: Float64Array): number {
  const { gross } = evaluate(form, quotes);
  return form.error.absolute + (form.error.relative + 4 * Number.EPSILON) * gross;
}

/** Compares a form with the engine at the same quotes: surplus, requirement, health and verdict. */
export function expectAgreement(spec: Conformance, subject: Subject, form: MarginForm, quotes: Float64Array): void {
  const line = lineOf(spec, subject);
  expectThat(line !== undefined, `there is a form, but assess has no line "${subject.line}"`);
  const { need, health, surplus } = evaluate(form, quotes);
  const bound = errorAt(form, quotes);
  const unit = spec.unitIn?.(subject) ?? 1;
  const at = () => `at ${form.quotes.map((key, i) => `${key} = ${quotes[i]}`).join(", ")}`;
  const differ = (name: string, ours: number, theirs: Exact, allowed: number) =>
    expectThat(
      Math.abs(ours - toNumber(theirs) * unit) <= allowed,
      `${name}: form ${ours}, engine ${text(theirs)} x ${unit}, allowed ${allowed} ${at()}`,
    );
  differ("surplus", surplus(), line.surplus, bound);
  differ("required", need, line.required, bound);
  if (Math.abs(surplus()) > bound) {
    expectThat(line.crossed === surplus() < 0, `crossed is ${line.crossed} where the surplus is ${surplus()} ${at()}`);
  }
  if (need > 1e3 * bound) {
    const allowed = (bound * (1 + Math.abs(health))) / (need - bound) + 2 * 10 ** -line.health.scale;
    expectThat(
      Math.abs(health - toNumber(line.health)) <= allowed,
      `health: form ${health}, engine ${text(line.health)}, allowed ${allowed} ${at()}`,
    );
  }
}

/** The scene with some quotes at other values, each at its own scale and at least one unit. */
export function sceneWith(scene: Scene<unknown>, values: ReadonlyMap<QuoteKey, Exact>): Scene<unknown> {
  const quotes = new Map(scene.quotes);
  for (const [key, value] of values) {
    const quote = quotes.get(key);
    invariant(quote !== undefined, `the scene has no quote ${key}`);
    quotes.set(key, { ...quote, value });
  }
  return { ...scene, quotes };
}

/** The price nearest to a float at a quote's own scale, a number of units up or down; never below one unit. */
export function priceNear(scene: Scene<unknown>, key: QuoteKey, price: number, units = 0n): Exact {
  const { scale } = scene.quotes.get(key)!.value;
  const [whole = "0", fraction = ""] = price.toFixed(Math.min(scale, 100)).split(".");
  const digits = BigInt(`${whole}${fraction}`) + units;
  return exact(digits < 1n ? 1n : digits, scale);
}

/** The nearest price on one side of another at which the form is sure of its verdict; undefined where there is none. */
export function sureBeside(
  { subject, form }: Compiled,
  quote: number,
  price: number,
  side: 1 | -1,
): { readonly at: Subject; readonly safe: boolean } | undefined {
  const key = form.quotes[quote]!;
  for (let step = 1e-9; step < 0.02; step *= 4) {
    const value = priceNear(subject.scene, key, price * (1 + side * step), BigInt(side));
    const scene = sceneWith(subject.scene, new Map([[key, value]]));
    const quotes = quotesIn(form, scene);
    const surplus = evaluate(form, quotes).surplus();
    if (side * (quotes[quote]! - price) > 0 && Math.abs(surplus) > errorAt(form, quotes)) {
      return { at: { ...subject, scene }, safe: surplus > 0 };
    }
  }
  return undefined;
}

/** The subject with all its form's quotes moved at random, as far as the spec allows. */
export function movedAtRandom(spec: Conformance, { subject, form, quotes }: Compiled, g: fc.GeneratorValue): Subject {
  const values = form.quotes.map((key, i) => {
    const [least, most] = rangeOf(spec, key);
    const move = g(fc.double, { min: Math.log(least), max: Math.log(most), noNaN: true });
    return [key, priceNear(subject.scene, key, quotes[i]! * Math.exp(move))] as const;
  });
  return { ...subject, scene: sceneWith(subject.scene, new Map(values)) };
}

export const rangeOf = (spec: Conformance, key: QuoteKey): readonly [number, number] => spec.moves?.(key) ?? [1 / 5, 5];

/** The form's quotes as they stand in a scene. */
export function quotesIn(form: MarginForm, scene: Scene<unknown>): Float64Array {
  const read = readQuotes(form, scene);
  expectThat(read.ok, "a quote went missing");
  return read.value;
}

/** The check met nothing to look at: a finding about the states, or about the number of runs. */
export class NothingChecked extends Error {}

/** Throws where nothing came by that could have been found wrong. */
export function expectMet(times: number, finding: string): void {
  if (times === 0) throw new NothingChecked(`${finding}: nothing was checked`);
}

/** What a check throws; undefined where it passes. */
export function thrownBy(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A finding: what the suite saw, thrown. */
export function expectThat(holds: boolean, finding: string): asserts holds {
  if (!holds) throw new Error(finding);
}
