import { type Pending, type Terms, withParameter } from "@plimsoll/core/book";
import { type Result, type Why, fail, ok, venueId, why } from "@plimsoll/core/units";
import * as z from "zod";
import { type SourceFile, pathText } from "./source-file.ts";
import { moment } from "./units.ts";

/** Any text but none: a number is read as its text, and the pattern lets editors know that one may stand there. */
const value = z.union([z.string().regex(/^.+$/, "write the new value"), z.boolean().transform(String)]);

/** A change of a venue's rules that its owner was told of. */
export const writtenNotice = z.strictObject({
  on: moment.describe("when it takes effect; a date alone means 00:00 UTC"),
  venue: z.string().min(1),
  rules: z.string().min(1).optional().describe("one rule set only; default: every rule set of the venue"),
  market: z.string().min(1).optional().describe("one market only; default: every market of the venue"),
  becomes: z
    .record(z.string().min(1), value)
    .refine((changes) => Object.keys(changes).length > 0, "write at least one parameter and its new value")
    .describe('parameters by their path, as plimsoll venue terms lists them: { "reserves/WETH/ltv": 7800 }'),
  source: z.string().min(1).describe("where it was announced"),
});
type WrittenNotice = z.output<typeof writtenNotice>;

const pendingOf = ({ on, venue, rules, market, becomes, source }: WrittenNotice): Pending => ({
  at: on,
  venue: venueId(venue),
  ...(rules !== undefined && { rules }),
  ...(market !== undefined && { market }),
  changes: Object.entries(becomes).map(([path, to]) => ({ path, to })),
  source,
  how: "notice",
});

/**
 * The notices of a file as data. A venue without documents, a parameter that none of its documents has and a value that it cannot
 * have are refused at their place in the file.
 * @param documents by which notices are checked.
 * @param isWhole whether these are all documents that there will be; else a parameter of a symbol unknown to them is let through.
 */
export function noticesOf(
  file: SourceFile,
  entries: readonly WrittenNotice[],
  documents: readonly Terms<unknown>[],
  isWhole: boolean,
): Result<readonly Pending[], Why> {
  for (const [index, { venue, becomes }] of entries.entries()) {
    const theirs = documents.filter((document) => document.venue === venue);
    if (theirs.length === 0) {
      const known = [...new Set(documents.map((document) => document.venue))].join(", ");
      return refused(file, ["notices", index, "venue"], `no rules of ${venue} are known`, `write one of: ${known}`);
    }
    for (const [path, to] of Object.entries(becomes)) {
      const problem = problemOf(theirs, path, to);
      if (problem === undefined || (!isWhole && isElsewhere(theirs, path, problem))) continue;
      const { next = "", ...facts } = problem.facts;
      const detail = Object.entries(facts).map(([name, fact]) => `${name} ${fact}`);
      return refused(file, ["notices", index, "becomes", path], `${problem.code}: ${detail.join(", ")}`, next);
    }
  }
  return ok(entries.map(pendingOf));
}

/** Why no document takes the change; undefined where one does. */
function problemOf(documents: readonly Terms<unknown>[], path: string, to: string): Why | undefined {
  const results = documents.map(({ body }) => withParameter(body, path, to));
  if (results.some(({ ok: isTaken }) => isTaken)) return undefined;
  const failures = results.flatMap((result) => (result.ok ? [] : [result.failure]));
  return failures.find(({ code }) => code === "terms/not-such-a-value") ?? failures[0];
}

/** A symbol, coin or reserve that a live document may list although those at hand do not. */
function isElsewhere(documents: readonly Terms<unknown>[], path: string, { code }: Why): boolean {
  const [table = "", row] = path.split("/");
  const tables = documents.map(({ body }) => (body as Readonly<Record<string, unknown>>)[table]);
  const isTable = tables.some((each) => typeof each === "object" && each !== null);
  return code === "terms/no-such-parameter" && row !== undefined && isTable;
}

function refused(file: SourceFile, path: readonly PropertyKey[], detail: string, next: string) {
  const where = file.at(path);
  return fail(why("file-invalid", { where, detail: `${where} ${pathText(path)}: ${detail}`, next }));
}
