import { boundaries, screen } from "@plimsoll/core/margin";
import { text } from "@plimsoll/core/units";
import type { Check } from "./spec.ts";
import { compileIn, expectThat, lineOf } from "./trial.ts";

/** Group 3: exactly at the line only the engine decides, and the form knows which way. */
export const ties: Check = {
  name: "3 ties: exactly at the line the screen is undecided and the engine follows atZero",
  run: (spec) => {
    expectThat(spec.ties.length > 0, "the spec has no tie: build one from integers");
    for (const tie of spec.ties) {
      const line = lineOf(spec, tie);
      const compiled = compileIn(spec, tie);
      expectThat(line !== undefined && compiled !== undefined, "a tie without a line or a form");
      expectThat(line.surplus.digits === 0n, `not a tie: the surplus is ${text(line.surplus)}`);
      const { form, quotes } = compiled;
      const strict = form.atZero === "safe";
      expectThat(line.crossed === !strict, `crossed is ${line.crossed}, but atZero is "${form.atZero}"`);
      expectThat(line.strict === strict, `strict is ${line.strict}, but atZero is "${form.atZero}"`);
      expectThat(screen(form, quotes) === "undecided", `the screen says "${screen(form, quotes)}" of a tie`);
    }
  },
};

/** Group 4: where nothing can be liquidated, or no price does it, there is no number. */
export const nulls: Check = {
  name: "4 nulls: no position, no debt, or no price that liquidates",
  run: (spec) => {
    expectThat(spec.nulls.length > 0, "the spec has no null case");
    for (const nothing of spec.nulls) {
      const answer = spec.engine.compile(nothing.holding, nothing.account, nothing.scene, nothing.line);
      if (nothing.expect !== "no-boundary") {
        const none = "none" in answer ? answer.none : Object.keys(answer).join();
        expectThat(none === nothing.expect, `${nothing.name}: expected ${nothing.expect}, got ${none}`);
        expectThat(lineOf(spec, nothing) === undefined, `${nothing.name}: assess has a line all the same`);
        continue;
      }
      const compiled = compileIn(spec, nothing);
      expectThat(compiled !== undefined, `${nothing.name}: expected a form without boundaries, got no form`);
      for (const [quote, key] of compiled.form.quotes.entries()) {
        const { down, up } = boundaries(compiled.form, compiled.quotes, [quote]);
        expectThat(down === undefined && up === undefined, `${nothing.name}: ${key} has boundaries ${down}, ${up}`);
      }
    }
  },
};
