import { evaluate, factorValues, sumAt } from "@plimsoll/core/margin";
import { DAY_MS, ms, text, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { Check, Conformance, State } from "./spec.ts";
import { errorAt, expectThat, forForms, lineOf, quotesIn } from "./trial.ts";

/** Group 7: a form compiled now, with slow numbers as quotes and the rest as accrual, still agrees some weeks later. */
export const time: Check = {
  name: "7 time: a form compiled earlier agrees with the engine later",
  run: (spec, effort) =>
    forForms(spec, effort, ({ subject, form }, g) => {
      const byMs = ms(g(fc.nat, { max: 30 * DAY_MS }));
      const then = { ...subject, ...(spec.later ?? advanced(spec))(subject, byMs) };
      const line = lineOf(spec, then);
      expectThat(line !== undefined, `after ${byMs} ms the line "${subject.line}" is gone`);
      const quotes = quotesIn(form, then.scene);
      const accrued =
        form.accrual === undefined
          ? 0
          : sumAt(form.accrual, factorValues(form.factors, quotes), form) * (byMs / DAY_MS);
      const ours = evaluate(form, quotes).surplus() + accrued;
      const allowed = errorAt(form, quotes) + (spec.laterError?.(form, byMs) ?? 0);
      expectThat(
        Math.abs(ours - toNumber(line.surplus) * (spec.unitIn?.(then) ?? 1)) <= allowed,
        `after ${byMs} ms: form ${ours}, engine ${text(line.surplus)}, allowed ${allowed}`,
      );
    }),
};

const advanced =
  ({ engine }: Conformance) =>
  ({ holding, scene }: State, byMs: number): State => {
    const to = ms(scene.now + byMs);
    return { holding: engine.advance(holding, to, scene), scene: { ...scene, now: to } };
  };
