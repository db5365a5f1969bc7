import fc from "fast-check";
import { existsSync, readFileSync } from "node:fs";
import {
  type Exact,
  type Result,
  type Why,
  DAY_MS,
  ZERO,
  add,
  dec,
  exact,
  fail,
  ms,
  multiply,
  ok,
  subtract,
  why,
} from "@plimsoll/core/units";
import { describe, expect, test } from "vitest";
import { AcceptedTables } from "./accepted-tables.ts";
import { type TableRow, type TableRules, checkTable, refuseShrunk } from "./tier-table.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const rules: TableRules = { venue: "sea" };
const endless: TableRules = { ...rules, top: "endless" };

/** Tables as venues make them: contiguous, rising, each amount the running sum of steps; the last row ends or does not. */
const table = (top: "ends" | "endless") =>
  fc
    .array(fc.record({ width: fc.bigInt({ min: 1n, max: 10n ** 9n }), step: fc.bigInt({ min: 1n, max: 400n }) }), {
      minLength: 2,
      maxLength: 12,
    })
    .map((steps) => {
      const rows: TableRow[] = [];
      for (const [index, { width, step }] of steps.entries()) {
        const before = rows.at(-1);
        const floor = before?.cap ?? ZERO;
        const rate = add(before?.rate ?? ZERO, exact(step, 4));
        const amount = before === undefined ? ZERO : add(before.amount!, multiply(floor, subtract(rate, before.rate)));
        const ends = top === "ends" || index < steps.length - 1;
        rows.push({ floor, rate, amount, ...(ends && { cap: add(floor, exact(width)) }) });
      }
      return rows;
    });
/** A row inside the table. */
const inside = (rows: readonly TableRow[], pick: number) => pick % rows.length;
const problem = (result: Result<void, Why>) => (result.ok ? "accepted" : result.failure.facts["problem"]);

test("a whole table passes; cut after any row it is refused, by itself where it must be endless, else against the one before", () => {
  fc.assert(
    fc.property(table("endless"), table("ends"), (open, capped) => {
      expect(checkTable("X", open, endless)).toEqual(ok(undefined));
      expect(checkTable("X", capped, rules)).toEqual(ok(undefined));
      for (let rows = 0; rows < open.length; rows++)
        expect(checkTable("X", open.slice(0, rows), endless).ok).toBe(false);
      for (let rows = 0; rows < capped.length; rows++)
        expect(refuseShrunk("X", capped, capped.slice(0, rows), rules)).toMatchObject({
          failure: { code: "sea/tiers-shrunk", facts: { of: "X", rows: `${rows} after ${capped.length}` } },
        });
      expect(refuseShrunk("X", capped, capped, rules).ok).toBe(true);
      expect(refuseShrunk("X", capped.slice(0, -1), capped, rules).ok).toBe(true);
    }),
    { numRuns: runs },
  );
});

test("a lost, doubled or exchanged row, anywhere, is refused", () => {
  fc.assert(
    fc.property(table("ends"), fc.nat(), (rows, pick) => {
      const at = inside(rows, pick);
      const lost = rows.toSpliced(at, 1);
      if (at < rows.length - 1) expect(problem(checkTable("X", lost, rules))).toBe("floor is not the cap below it");
      expect(checkTable("X", rows.toSpliced(at, 0, rows[at]!), rules).ok).toBe(false);
      const other = (at + 1) % rows.length;
      expect(checkTable("X", rows.with(at, rows[other]!).with(other, rows[at]!), rules).ok).toBe(false);
    }),
    { numRuns: runs },
  );
});

test("one digit of one figure, anywhere, is refused", () => {
  const field = fc.constantFrom<"floor" | "cap" | "amount">("floor", "cap", "amount");
  fc.assert(
    fc.property(table("ends"), fc.nat(), field, fc.constantFrom(1n, -1n), (rows, pick, name, by) => {
      const at = inside(rows, pick);
      const isTop = at === rows.length - 1 && name === "cap";
      const damaged = rows.with(at, { ...rows[at]!, [name]: add(rows[at]![name]!, exact(by, 6)) });
      // the last cap can be anything above its floor: only the row count and the venue's own mark tell
      expect(checkTable("X", damaged, rules).ok).toBe(isTop);
    }),
    { numRuns: runs },
  );
});

// oxfmt-ignore
test.each([
  ["rise",        ["0.01", "0.01"], "rate does not rise"],
  ["rise",        ["0", "0.01"],    "rate does not rise"],
  ["never-falls", ["0.01", "0.01"], "accepted"],
  ["never-falls", ["0.02", "0.01"], "rate falls"],
  ["never-rises", ["0.9", "0.9"],   "accepted"],
  ["never-rises", ["0.9", "0.95"],  "rate rises"],
] as const)("rates that must %s: %j", (rates, [first, second], found) => {
  const rows = [{ floor: ZERO, cap: dec("10"), rate: dec(first) }, { floor: dec("10"), cap: dec("20"), rate: dec(second) }];
  expect(problem(checkTable("X", rows, { ...rules, rates }))).toBe(found);
});

test("where a venue counts (floor, cap], a floor may be one step above the cap below it, and no more", () => {
  const rows = (floor: Exact) => [
    { floor: ZERO, cap: dec("20000"), rate: dec("0.01") },
    { floor, cap: dec("50000"), rate: dec("0.02") },
  ];
  const stepped = { ...rules, step: dec("1") };
  for (const floor of ["20000", "20000.01", "20001"]) expect(checkTable("X", rows(dec(floor)), stepped).ok).toBe(true);
  for (const floor of ["19999", "20001.01"]) expect(checkTable("X", rows(dec(floor)), stepped).ok).toBe(false);
});

test("as many rows that reach less far are taken: the user's multiplier fell, or the venue became stricter", () => {
  const rows = (cap: string) => [{ floor: ZERO, cap: dec(cap), rate: dec("0.01") }];
  expect(refuseShrunk("X", rows("100"), rows("50"), rules).ok).toBe(true);
  expect(refuseShrunk("X", [{ floor: ZERO, rate: dec("0.01") }], rows("50"), endless).ok).toBe(false);
});

test("a refused answer takes nothing away for a day; then the rules are unknown, until a whole table comes", () => {
  const tables = new AcceptedTables<number>((of, before, after) =>
    after < before ? fail(why("shrunk", { of, rows: `${after} after ${before}` })) : ok(undefined),
  );
  const broken = fail(why("broken"));
  expect(tables.accept("X", broken, ms(0))).toEqual(broken);
  expect(tables.accept("X", ok(10), ms(0))).toEqual(ok({ table: 10 }));
  const shrunk = why("shrunk", { of: "X", rows: "6 after 10" });
  expect(tables.accept("X", ok(6), ms(DAY_MS))).toEqual(ok({ table: 10, refused: shrunk }));
  expect(tables.accept("X", broken, ms(DAY_MS))).toEqual(ok({ table: 10, refused: why("broken") }));
  expect(tables.accept("X", ok(6), ms(DAY_MS + 1))).toEqual(fail(shrunk));
  expect(tables.accept("X", ok(11), ms(DAY_MS + 2))).toEqual(ok({ table: 11 }));
  expect(tables.accept("Y", ok(1), ms(DAY_MS + 2))).toEqual(ok({ table: 1 }));
  expect(tables.names).toEqual(["X", "Y"]);
});

const file = `${process.env["PLIMSOLL_DATA"] ?? "../shared/data"}/tiers/binance-usdm.json`;
describe.skipIf(!existsSync(file))(`the recorded tables of one venue (skipped without ${file})`, () => {
  type Row = Readonly<Record<"floor" | "cap" | "mmr" | "amount", string>>;
  const { symbols } = JSON.parse(existsSync(file) ? readFileSync(file, "utf8") : '{"symbols":{}}') as {
    readonly symbols: Readonly<Record<string, { readonly tiers: readonly Row[] }>>;
  };
  test.each(Object.entries(symbols))(
    "%s passes whole, and is refused with any row but the last gone",
    (symbol, { tiers }) => {
      const rows = tiers.map(({ floor, cap, mmr, amount }) => ({
        floor: dec(floor),
        cap: dec(cap),
        rate: dec(mmr),
        amount: dec(amount),
      }));
      expect(checkTable(symbol, rows, rules)).toEqual(ok(undefined));
      for (const index of rows.keys()) {
        const rest = rows.toSpliced(index, 1);
        if (index < rows.length - 1) expect(checkTable(symbol, rest, rules).ok).toBe(false);
        expect(refuseShrunk(symbol, rows, rest, rules).ok).toBe(false);
      }
    },
  );
});
