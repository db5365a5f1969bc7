import { formLaws } from "@plimsoll/core/margin/testing";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";
import { type Kind, kinds, randomForm } from "./testing/random-form.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 25);

describe.each<readonly [string, readonly Kind[]]>([
  ...kinds.map((kind) => [kind, [kind]] as const),
  ["all kinds", kinds],
])("random forms of %s", (_name, allowed) => {
  // oxlint-disable-next-line vitest/expect-expect -- a law throws what it finds
  test.each(Object.keys(formLaws))("%s", (law) => {
    fc.assert(
      fc.property(randomForm(allowed), fc.gen(), ({ form, quotes }, g) => formLaws[law]!(form, quotes, g)),
      { numRuns },
    );
  });
});

test("enough random forms are concave, and enough are not, for the laws to mean something", () => {
  const forms = fc.sample(randomForm(kinds), { numRuns: 400, seed: 1 });
  const concave = forms.filter(({ form }) => form.concave).length;
  expect(concave).toBeGreaterThan(5);
  expect(concave).toBeLessThan(395);
  expect(forms.filter(({ form, quotes }) => evaluate(form, quotes).surplus() > 0).length).toBeGreaterThan(100);
});
