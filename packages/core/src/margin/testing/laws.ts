import { evaluate } from "@plimsoll/core/margin";
import { below, text } from "@plimsoll/core/units";
import { formLaws } from "./form-laws.ts";
import type { Check } from "./spec.ts";
import { compileIn, errorAt, expectThat, forForms, forSubjects, lineOf, movedAtRandom, quotesIn } from "./trial.ts";

/** Group 5: what holds for every form: slope, line, concavity, boundaries, floor, flattening. */
export const lawsOfForms: readonly Check[] = Object.entries(formLaws).map(([name, law]) => ({
  name: `5 laws: ${name}`,
  run: (spec, effort) =>
    forForms(spec, effort, (compiled, g) => {
      law(compiled.form, compiled.quotes, g);
      law(compiled.form, quotesIn(compiled.form, movedAtRandom(spec, compiled, g).scene), g);
    }),
}));

/** Everything n times as large makes have n times as large. */
export const proportional: Check = {
  name: "5 laws: have grows with size",
  run: (spec, effort) => {
    const { scaled } = spec;
    if (!(scaled instanceof Function)) return;
    forForms(spec, effort, ({ subject, form, quotes }) => {
      const larger = compileIn(spec, { ...subject, holding: scaled(subject.holding, 3n) });
      expectThat(larger !== undefined, "three times the holding has no form");
      const [once, thrice] = [evaluate(form, quotes).have, evaluate(larger.form, larger.quotes).have];
      const allowed = 3 * errorAt(form, quotes) + errorAt(larger.form, larger.quotes);
      expectThat(Math.abs(thrice - 3 * once) <= allowed, `have is ${once}, of three times the holding ${thrice}`);
    });
  },
};

/** More of what can only help never lowers the surplus. */
export const moreCash: Check = {
  name: "5 laws: more cash never lowers the surplus",
  run: (spec, effort) =>
    forSubjects(spec, effort, (subject, g) => {
      const before = lineOf(spec, subject);
      const after = lineOf(spec, { ...subject, holding: spec.withCash(subject.holding, g) });
      if (before === undefined || after === undefined) return;
      expectThat(
        !below(after.surplus, before.surplus),
        `more cash took the surplus from ${text(before.surplus)} to ${text(after.surplus)}`,
      );
    }),
};
