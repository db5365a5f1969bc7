import { diffTerms, parameterSet, parametersOf, withParameter } from "@plimsoll/core/book";
import { canonical, ms } from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { venues } from "./index.ts";

const documents = venues.flatMap(({ id, terms }) =>
  terms.map(
    (document) =>
      [
        `${parameterSet(document)} of ${new Date(document.validFrom).toISOString().slice(0, 10)}`,
        id,
        document,
      ] as const,
  ),
);

/** Another value of the same kind. */
const other = (value: string): string => {
  if (value === "true" || value === "false") return `${value === "false"}`;
  return /^-?\d+(\.\d+)?$/.test(value) ? value.replace(/^-?/, "$&1") : `${value} x`;
};

describe.each(documents)("%s", (_name, id, document) => {
  const { body } = document;
  const parameters = [...parametersOf(body)];

  test("every parameter has one path, by which it alone can be changed, and the change is what differs", () => {
    expect(parameters.length).toBeGreaterThan(5);
    const naming = /\/(asset|symbol|name|id)$/;
    for (const [path, value] of parameters.filter(([each, text]) => !naming.test(each) && text !== "null")) {
      const to = other(value);
      const changed = withParameter(body, path, to);
      if (!changed.ok) throw new Error(`${path}: ${changed.failure.code}`);
      expect(diffTerms(body, changed.value)).toEqual([{ path, from: value, to }]);
    }
  });

  test("what the journal gives back of it is the same document", () => {
    expect(diffTerms(body, JSON.parse(canonical(body)))).toEqual([]);
  });

  test("it is the venue's own, dated, with its source", () => {
    expect(document.venue).toBe(id);
    expect(document.validFrom).toBeGreaterThan(ms(Date.UTC(2018, 0, 1)));
    expect(document.source.length).toBeGreaterThan(10);
  });
});
