import { type Check, type Conformance, type Subject } from "./spec.ts";
import {
  type Compiled,
  expectAgreement,
  expectThat,
  forForms,
  forSubjects,
  lineOf,
  movedAtRandom,
  quotesIn,
} from "./trial.ts";

/** Group 1: a form compiled once says what the engine says, at marks from a fifth to five times, within its own error. */
export const agreement: Check = {
  name: "1 agreement: form and engine say the same at random marks",
  run: (spec, effort) =>
    forForms(spec, effort, (compiled, g) => {
      expectAgreement(spec, compiled.subject, compiled.form, compiled.quotes);
      for (let round = 0; round < 5; round++) {
        const moved = movedAtRandom(spec, compiled, g);
        expectAgreement(spec, moved, compiled.form, quotesIn(compiled.form, moved.scene));
      }
    }),
};

/** `compile` and `assess` tell the same story about what there is to say. */
export const coherence: Check = {
  name: "1 coherence: no form where there is no line, and the other way round",
  run: (spec, effort) =>
    forSubjects(spec, effort, (subject) => {
      const compiled = spec.engine.compile(subject.holding, subject.account, subject.scene, subject.line);
      const line = lineOf(spec, subject);
      if ("form" in compiled) expectThat(line !== undefined, `a form, but no line "${subject.line}"`);
      else expectThat(line === undefined, `${JSON.stringify(compiled)}, but assess has a line "${subject.line}"`);
    }),
};

/** Unknown is never safe and never zero: take away any quote that the form reads. */
export const missingQuote: Check = {
  name: "1 unknown: without one of its quotes there is neither form nor line",
  run: (spec, effort) => forForms(spec, effort, (compiled) => withoutEach(spec, compiled)),
};

function withoutEach(spec: Conformance, { subject, form }: Compiled): void {
  for (const key of form.quotes) {
    const quotes = new Map(subject.scene.quotes);
    quotes.delete(key);
    const blind: Subject = { ...subject, scene: { ...subject.scene, quotes } };
    const compiled = spec.engine.compile(blind.holding, blind.account, blind.scene, blind.line);
    const { equity, lines } = spec.engine.assess(blind.holding, blind.account, blind.scene);
    expectThat("unknown" in compiled, `without ${key} compile still answers ${Object.keys(compiled).join()}`);
    expectThat(lines.length === 0, `without ${key} assess still has ${lines.length} lines`);
    expectThat(equity.is === "unknown", `without ${key} the equity is ${equity.is}`);
  }
}
