import { liquidationPrices } from "@plimsoll/core/margin";
import { below, isZero, text, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Check, Conformance, Subject } from "./spec.ts";
import {
  type Compiled,
  compileIn,
  errorAt,
  expectMet,
  expectThat,
  forForms,
  lineOf,
  movedAtRandom,
  quotesIn,
  sureBeside,
} from "./trial.ts";

const MOVES = 3;

/** Wherever the account is safe it stays safe with more margin: at random prices and on the safe side of each liquidation price. */
export const moreMargin: Check = {
  name: "5 positions: more margin never brings liquidation nearer",
  run: (spec, effort) =>
    forForms(spec, effort, (compiled, g) => {
      const holding = spec.withCash(compiled.subject.holding, g);
      for (const at of safePlaces(spec, compiled, g)) staysSafe(spec, at, { ...at, holding }, "more margin");
    }),
};

/** Where an isolated position is safe, one a fraction of it with its margin in proportion is: rates never rise when a size falls. */
export const smallerPosition: Check = {
  name: "5 positions: a smaller isolated position never brings liquidation nearer",
  run: (spec, effort) => {
    const { larger } = spec.positions;
    if (!(larger instanceof Function)) return;
    forForms(spec, effort, ({ subject }, g) => {
      const times = g(fc.bigInt, { min: 2n, max: 20n });
      const compiled = compileIn(spec, { ...subject, holding: larger(subject.holding, times) });
      if (compiled === undefined) return;
      const { holding } = subject;
      for (const at of safePlaces(spec, compiled, g)) staysSafe(spec, at, { ...at, holding }, "a smaller position", 4);
    });
  },
};

/** Places where the account is surely safe: random moves, and a step inside each liquidation price. */
function* safePlaces(
  spec: Conformance,
  compiled: Compiled,
  g: Parameters<typeof movedAtRandom>[2],
): Generator<Subject> {
  const { form, quotes } = compiled;
  for (let move = 0; move < MOVES; move++) yield movedAtRandom(spec, compiled, g);
  for (const quote of form.quotes.keys()) {
    const { down, up } = liquidationPrices(form, quotes, quote);
    for (const price of [down, up]) {
      if (price === undefined) continue;
      for (const side of [-1, 1] as const) {
        const beside = sureBeside(compiled, quote, price, side);
        if (beside?.safe === true) yield beside.at;
      }
    }
  }
}

/** @param rounding what the second surplus may be short of, in units of the form's error. */
function staysSafe(spec: Conformance, before: Subject, after: Subject, what: string, rounding = 0): void {
  const [was, is] = [lineOf(spec, before), lineOf(spec, after)];
  if (was === undefined || was.crossed || is?.crossed !== true) return;
  const compiled = compileIn(spec, after);
  const error = compiled === undefined ? 0 : errorAt(compiled.form, compiled.quotes) / (spec.unitIn?.(after) ?? 1);
  expectThat(
    toNumber(is.surplus) > -rounding * error,
    `${what} takes a safe account across "${before.line}": surplus ${text(was.surplus)}, then ${text(is.surplus)}`,
  );
}

/** Long for short: the same requirement at the same prices, and what one gains the other loses. */
export const mirror: Check = {
  name: "5 positions: long and short mirror",
  run: (spec, effort) => {
    const { turned } = spec.positions;
    if (!(turned instanceof Function)) return;
    let met = 0;
    forForms(spec, effort, (compiled, g) => {
      const moved = marksMoved(spec, compiled, g);
      const places = [compiled.subject, moved].map((at) => ({ at, other: turned(at) }));
      const sums = places.flatMap(({ at, other }) => {
        if (other === undefined) return [];
        const [ours, theirs] = [lineOf(spec, at), lineOf(spec, other)];
        expectThat(ours !== undefined && theirs !== undefined, "one of a long and its short has no line");
        const error = errorAt(compiled.form, quotesIn(compiled.form, at.scene));
        const allowed = (4 * error) / (spec.unitIn?.(at) ?? 1);
        const apart = Math.abs(toNumber(ours.required) - toNumber(theirs.required));
        expectThat(apart <= allowed, `requires ${text(ours.required)}, turned ${text(theirs.required)}`);
        return [{ sum: toNumber(ours.surplus) + 2 * toNumber(ours.required) + toNumber(theirs.surplus), allowed }];
      });
      const [now, then] = sums;
      if (now === undefined || then === undefined) return;
      met++;
      const allowed = 2 * (now.allowed + then.allowed);
      expectThat(Math.abs(now.sum - then.sum) <= allowed, `both together had ${now.sum}, at other prices ${then.sum}`);
    });
    expectMet(met, "nothing could be turned");
  },
};

function marksMoved(spec: Conformance, compiled: Compiled, g: Parameters<typeof movedAtRandom>[2]): Subject {
  const { subject } = compiled;
  const moved = movedAtRandom(spec, compiled, g);
  const isMark = spec.positions.isMark ?? (() => true);
  const quotes = [...moved.scene.quotes].map(
    ([key, quote]) => [key, isMark(key) ? quote : subject.scene.quotes.get(key)!] as const,
  );
  return { ...moved, scene: { ...moved.scene, quotes: new Map(quotes) } };
}

/** One more position at its mark, or more debt, leaves no account with more room on any line. */
export const moreRisk: Check = {
  name: "5 positions: another position never adds room",
  run: (spec, effort) => {
    const { burdened } = spec.positions;
    if (!(burdened instanceof Function)) return;
    let met = 0;
    forForms(spec, effort, ({ subject }, g) => {
      const more = burdened(subject, g);
      if (more === undefined) return;
      const [before, after] = [lineOf(spec, subject), lineOf(spec, { ...subject, ...more })];
      if (before === undefined || after === undefined) return;
      met++;
      expectThat(
        !below(before.surplus, after.surplus),
        `one more took "${subject.line}" from ${text(before.surplus)} to ${text(after.surplus)}`,
      );
    });
    expectMet(met, "nothing was ever added");
  },
};

/** A figure that does not exist is none or unknown with its reason: no NaN, no infinity, no line that needs nothing. */
export const figures: Check = {
  name: "5 figures: what does not exist has a reason, never 0 and never infinity",
  run: (spec, effort) => {
    const look = ({ holding, account, scene }: Omit<Subject, "line">): void => {
      const { equity, free, lines, explain } = spec.engine.assess(holding, account, scene);
      for (const [name, figure] of Object.entries({ equity, free })) {
        if (figure.is !== "known") expectThat(figure.why.code.length > 0, `${name} is ${figure.is} without a reason`);
      }
      for (const { name, required } of lines) expectThat(!isZero(required), `the line "${name}" needs nothing`);
      const shown = JSON.stringify(explain);
      expectThat(!/\b(NaN|Infinity|undefined)\b/.test(shown), `explain shows what is no number: ${shown}`);
    };
    forForms(spec, effort, ({ subject, form }) => {
      look(subject);
      const numbers = [form.have.constant, form.need.constant, form.error.absolute, form.error.relative];
      expectThat(numbers.every(Number.isFinite), `the form holds ${numbers.join(", ")}`);
    });
    for (const nothing of spec.nulls) look(nothing);
  },
};

/** Group 5 for positions: what no margin system may do, whatever its rules. */
export const lawsOfPositions: readonly Check[] = [moreMargin, smallerPosition, mirror, moreRisk, figures];
