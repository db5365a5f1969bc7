import fc from "fast-check";
import { hash, ms, venueId } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type Terms, parameterSet } from "./event.ts";
import { governing, inForce } from "./terms-at.ts";

const document = (validFrom: number, name: string): Terms<string> => ({
  venue: venueId("sea"),
  rules: "1",
  validFrom: ms(validFrom),
  hash: hash(name),
  source: "test",
  body: name,
});
const known = [document(20, "second"), document(10, "first"), document(20, "corrected")];

// oxfmt-ignore
test.each([[9, undefined], [10, "first"], [19, "first"], [20, "corrected"], [99, "corrected"]])("at %d: %s", (moment, body) => {
  expect(inForce(known, ms(moment))?.body).toBe(body);
});

test("a day before the oldest is judged by the oldest", () => {
  expect(governing([document(10, "first"), document(20, "second")], ms(1))?.body).toBe("first");
  expect(governing([], ms(1))).toBeUndefined();
});

test("a document that becomes valid later never changes an earlier day", () => {
  const times = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 }), (from, moment, later) => {
      const documents = from.map((time, index) => document(time, `${index}`));
      const before = inForce(documents, ms(moment));
      expect(inForce([...documents, document(moment + later, "new")], ms(moment))).toBe(before);
      expect(before === undefined).toBe(from.every((time) => time > moment));
      if (before !== undefined) expect(from.filter((time) => time <= moment && time > before.validFrom)).toEqual([]);
    }),
    { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 200) },
  );
  const nowhere = document(1, "x");
  expect([parameterSet(nowhere), parameterSet({ ...nowhere, market: "b" })]).toEqual(["sea/1/", "sea/1/b"]);
});
