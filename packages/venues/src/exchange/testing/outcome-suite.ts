import type { Remedy, Reply } from "@plimsoll/core/book";
import type { Row, Trouble } from "@plimsoll/venues/exchange";
import { expect, test } from "vitest";

/** The row that an answer must meet, what it means, the answer, and what helps where something does. */
export type OutcomeCase = readonly [row: string, means: Row["means"], trouble: Trouble, remedy?: Remedy];

/** A venue's table: a case for each row in the venue's words, and what no row knows stays ambiguous. */
export function describeOutcomes(
  classify: (trouble: Trouble) => Reply,
  rows: readonly Row[],
  cases: readonly OutcomeCase[],
  strangers: readonly Trouble[],
): void {
  for (const [row, means, trouble, remedy] of cases)
    test(`${row}: ${means}, ${JSON.stringify(trouble)}`, () => {
      const reply = classify(trouble);
      expect(reply.is).toBe(means);
      if ("why" in reply) expect(reply.why.facts).toMatchObject({ known: row, next: expect.any(String) });
      expect(reply.is === "refused" ? reply.remedy : undefined).toBe(remedy);
    });

  test("every row has a case", () => {
    expect(new Set(cases.map(([row]) => row))).toEqual(new Set(rows.map(({ name }) => name)));
  });

  test.each<Trouble>([
    ...strangers,
    { status: 500, message: "" },
    { status: 502, message: "Bad Gateway" },
    { status: 200, message: "<html>" },
    { message: "POST request timed out (5000 ms)" },
    { message: "fetch failed: other side closed" },
    { message: "read ECONNRESET" },
  ])("what the table does not know is ambiguous: %j", (trouble) => {
    expect(classify(trouble)).toMatchObject({ is: "ambiguous", why: { facts: { known: "not in the table" } } });
  });
}
