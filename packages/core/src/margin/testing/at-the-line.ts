import { type MarginForm, knotsAlong, isClosedForm, liquidationPrices, rayOf } from "@plimsoll/core/margin";
import { acrossJumps } from "./jumps.ts";
import type { Check, Conformance, Subject } from "./spec.ts";
import {
  type Compiled,
  expectAgreement,
  expectMet,
  expectThat,
  forForms,
  lineOf,
  priceNear,
  quotesIn,
  rangeOf,
  sceneWith,
  sureBeside,
  thrownBy,
} from "./trial.ts";

/** Group 2: on both sides of a computed liquidation price the engine gives the two verdicts. */
export const atTheLine: Check = {
  name: "2 at the line: the engine changes its verdict at the computed price",
  run: (spec, effort) => {
    let met = 0;
    forForms(spec, effort, (compiled) => {
      for (const quote of compiled.form.quotes.keys()) {
        const { down, up } = liquidationPrices(compiled.form, compiled.quotes, quote);
        for (const price of [down, up]) {
          if (price !== undefined && bothSides(spec, compiled, quote, price)) met++;
        }
      }
    });
    expectMet(met, "no state has a liquidation price");
  },
};

/** Whether both sides could be asked: the step to either side grows until the form is sure of itself. */
function bothSides(spec: Conformance, compiled: Compiled, quote: number, price: number): boolean {
  const below = sureBeside(compiled, quote, price, -1);
  const above = sureBeside(compiled, quote, price, 1);
  if (below === undefined || above === undefined || below.safe === above.safe) return false;
  for (const { at, safe } of [below, above]) {
    const line = lineOf(spec, at);
    const where = `${compiled.form.quotes[quote]} beside ${price}`;
    expectThat(line !== undefined, `no line "${at.line}" with ${where}`);
    expectThat(line.crossed === !safe, `with ${where} the form says ${safe ? "safe" : "crossed"}, the engine does not`);
  }
  return true;
}

/** Where tiers and pools change their piece, one unit to each side: the place for an off-by-one in a table. */
export const atTheKnots: Check = {
  name: "2 at the knots: form and engine agree one unit beside every tier and bend",
  run: (spec, effort) =>
    forForms(spec, effort, (compiled) => {
      const { subject, form, quotes } = compiled;
      for (const [quote, key] of form.quotes.entries()) {
        const ray = rayOf(
          form,
          quotes,
          Float64Array.from(form.quotes, (_, k) => (k === quote ? 1 : 0)),
        );
        if (!isClosedForm(ray)) continue;
        const [least, most] = rangeOf(spec, key);
        for (const t of knotsAlong(ray).filter((knot) => knot > least && knot < most)) {
          for (const units of [-1n, 0n, 1n]) {
            const value = priceNear(subject.scene, key, quotes[quote]! * t, units);
            const scene = sceneWith(subject.scene, new Map([[key, value]]));
            expectAgreementBeside(spec, { ...subject, scene }, form, quotesIn(form, scene));
          }
        }
      }
    }),
};

/** Agreement, strictly; where the rounding of a form cannot tell the sides of a jump apart, on one of its sides. */
function expectAgreementBeside(spec: Conformance, subject: Subject, form: MarginForm, quotes: Float64Array): void {
  const others = acrossJumps(form, quotes);
  const differs = (each: MarginForm) => thrownBy(() => expectAgreement(spec, subject, each, quotes));
  const difference = differs(form);
  if (difference !== undefined && others.every((each) => differs(each) !== undefined)) throw difference;
}
