import type { Effect, Holding } from "@plimsoll/core/book";
import { canonical, unknown, why } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Check, Conformance, State } from "./spec.ts";
import { expectMet, expectThat, forStates, forSubjects } from "./trial.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const decimalText = /^-?\d+(\.\d+)?$/;
const reread = (holding: Holding): Holding => ({ ...holding, body: JSON.parse(canonical(holding.body)) });

/** What the journal stores is what the engine reads back: same text, same figures. */
export const roundTrip: Check = {
  name: "8 bodies: a holding read back from its canonical text assesses the same",
  run: (spec, effort) =>
    forSubjects(spec, effort, ({ holding, account, scene, line }) => {
      const again = reread(holding);
      const readable = spec.engine.readable(again, scene.terms);
      expectThat(readable.ok, `not readable from its own text: ${readable.ok ? "" : JSON.stringify(readable.failure)}`);
      for (const ask of [
        (from: Holding) => spec.engine.accounts(from),
        (from: Holding) => spec.engine.assess(from, account, scene),
        (from: Holding) => spec.engine.compile(from, account, scene, line),
      ]) {
        expectThat(canonicalOf(ask(again)) === canonicalOf(ask(holding)), "the text gives other figures");
      }
    }),
};

/** Damage a number in the stored text in any way: the reader refuses, it never makes up another number. */
export const damage: Check = {
  name: "8 bodies: damaged text never becomes a number",
  run: (spec, effort) => {
    let damaged = 0;
    forStates(spec, effort, ({ holding, scene }, g) => {
      const found = damagedAt(canonical(holding.body), g, spec.isName);
      if (found === undefined) return;
      damaged++;
      const { path, value, junk, json: body } = found;
      if (junk === undefined && spec.isOptional?.(path) === true) return;
      const read = spec.engine.readable({ ...holding, body }, scene.terms);
      expectThat(
        !read.ok,
        `${path.join(".")} was ${JSON.stringify(value)}; ${JSON.stringify(junk)} passed as readable`,
      );
    });
    expectMet(damaged, "no body holds a number");
  },
};

/** What became of a document's text whose number at `path` was replaced by `junk`, or taken out where that is undefined. */
export interface Damaged {
  readonly path: readonly string[];
  readonly value: string | number;
  readonly junk: Json | undefined;
  readonly json: Json;
}

/** One number of a JSON text, at random, replaced by something that is none; undefined where the text holds no number. */
export function damagedAt(
  text: string,
  g: fc.GeneratorValue,
  isName: (path: readonly string[]) => boolean = () => false,
): Damaged | undefined {
  const json: Json = JSON.parse(text);
  const leaves = numbersIn(json).filter(({ path }) => !isName(path));
  if (leaves.length === 0) return undefined;
  const { path, value } = leaves[g(fc.nat, { max: leaves.length - 1 })]!;
  const junk = g(() => fc.constantFrom<Json | undefined>(...junkFor(value)));
  return { path, value, junk, json: replaced(json, path, junk) };
}

/** Blanks, exponents, other bases, floats, other types, nothing. */
const junkFor = (value: string | number): readonly (Json | undefined)[] =>
  typeof value === "string"
    ? [
        "",
        " ",
        `${value} `,
        `${value}e1`,
        `0x${value}`,
        `${value}_0`,
        "1,000",
        "NaN",
        "-",
        null,
        true,
        [],
        {},
        0.5,
        undefined,
      ]
    : ["", "NaN", `${value}x`, null, true, [], {}, undefined];

interface Leaf {
  readonly path: readonly string[];
  readonly value: string | number;
}

function numbersIn(json: Json, path: readonly string[] = []): Leaf[] {
  if (typeof json === "number" || (typeof json === "string" && decimalText.test(json))) return [{ path, value: json }];
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

/** The value with one leaf replaced, or taken out where `junk` is undefined (out of a list: replaced by null). */
function replaced(json: Json, [key, ...rest]: readonly string[], junk: Json | undefined): Json {
  if (key === undefined) return junk ?? null;
  if (Array.isArray(json)) return json.map((item, i) => (String(i) === key ? replaced(item, rest, junk) : item));
  const { [key]: inner, ...others } = json as { [key: string]: Json };
  if (rest.length === 0 && junk === undefined) return others;
  return { ...others, [key]: replaced(inner!, rest, junk) };
}

/** Every one of the functions leaves what it was given as it was; also a body that the engine made and therefore owns. */
export const purity: Check = {
  name: "9 purity: no function changes its input, and the same input gives the same answer",
  run: (spec, effort) =>
    forStates(spec, effort, (state, g) => {
      const effect = g(() => spec.effects(state));
      const made = spec.engine.advance(state.holding, state.scene.now, state.scene);
      for (const holding of [state.holding, made]) expectPure(spec, { ...state, holding }, effect);
    }),
};

function expectPure({ engine, lines }: Conformance, { holding, scene }: State, effect: Effect): void {
  const before = [canonicalOf(holding), canonicalOf(scene)];
  const calls: (() => unknown)[] = [
    () => engine.apply(holding, effect, scene),
    () => engine.advance(holding, scene.now, scene),
  ];
  for (const account of engine.accounts(holding)) {
    calls.push(() => engine.assess(holding, account, scene));
    calls.push(() => engine.liquidate(holding, account, scene, noMarket, "worst-for-owner"));
    for (const line of lines) calls.push(() => engine.compile(holding, account, scene, line));
  }
  for (const call of calls) {
    const answer = canonicalOf(call());
    expectThat(canonicalOf(holding) === before[0], "a function changed the holding it was given");
    expectThat(canonicalOf(scene) === before[1], "a function changed the scene it was given");
    expectThat(canonicalOf(call()) === answer, "the same question got two answers");
  }
}

/** Most random effects are refused, so that one a state might leave nothing to look at. */
const EFFECTS_A_STATE = 8;

/** Above every line the venue takes nothing; what `apply` makes is again a holding the engine reads. */
export const steps: Check = {
  name: "9 steps: nothing is taken above the line, and an applied holding is readable",
  run: (spec, effort) => {
    let applied = 0;
    forStates(spec, effort, (state, g) => {
      const { holding, scene } = state;
      for (const account of spec.engine.accounts(holding)) {
        const { lines, equity } = spec.engine.assess(holding, account, scene);
        if (equity.is !== "known" || lines.some(({ crossed }) => crossed)) continue;
        const taken = spec.engine.liquidate(holding, account, scene, noMarket, "worst-for-owner");
        expectThat(taken.length === 0, `no line of ${account} is crossed, but ${taken.length} steps would be taken`);
      }
      for (let draw = 0; draw < EFFECTS_A_STATE; draw++) {
        const after = spec.engine.apply(
          holding,
          g(() => spec.effects(state)),
          scene,
        );
        if (!after.ok) continue;
        applied++;
        const read = spec.engine.readable(reread(after.value), scene.terms);
        expectThat(read.ok, `the applied holding is not readable: ${read.ok ? "" : JSON.stringify(read.failure)}`);
      }
    });
    expectMet(applied, "no effect was ever allowed");
  },
};

const noMarket = { fill: () => unknown(why("no-book")) };

/** Canonical text of anything an engine answers; a form's infinite edges and functions have names. */
const canonicalOf = (value: unknown): string => canonical(named(value));
function named(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return `number ${value}`;
  if (value instanceof Map) return [...value].map(named);
  if (ArrayBuffer.isView(value)) return [...(value as Float64Array)].map(named);
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, named(field)]));
}
