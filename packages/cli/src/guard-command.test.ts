import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { demoBook } from "./plan-command.ts";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-guard-"));
const book = join(folder, "book.yaml");
const added = join(folder, "guard.yaml");
const NAME = "repay before the loan is taken";

beforeEach(() => {
  copyFileSync(demoBook, book);
  writeFileSync(
    added,
    `name: stop the desk
protects: desk
when: { quote: "binance:BTCUSDT:mark", atOrBelow: 98000 }
target: { reduce: 100% }
do: [{ reduce: BTCUSDT, slippage: 1% }]
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));
const text = () => readFileSync(book, "utf8");
const guard = (...args: readonly string[]) => runInTest("guard", ...args);
const hashIn = (lines: string) => /--confirm ([0-9a-f]{12})$/m.exec(lines)![1]!;

test("list and show say what wakes a guard, what it does and that shadow protects nobody", async () => {
  const listed = await guard("list", book);
  expect([listed.code, listed.lines]).toEqual([0, expect.stringContaining("repay-before-the-loan-is-taken")]);
  const shown = await guard("show", book, NAME);
  expect(shown.lines).toMatch(/may repay at most 15\s000 USDC/);
  expect(shown.lines).toContain("it protects nobody");
  expect(shown.lines).toMatch(/^hash [0-9a-f]{64}$/m);
});

test("a rehearsal says at which price it fires, what it would do, and when it is ready again", async () => {
  const { code, lines } = await guard("rehearse", book, NAME);
  // health is 1.35 at 1: times 0.88 it is 1.188, the first under 1.20
  expect(code).toBe(0);
  expect(lines).toContain("prices x 0.88, held 5 s: fires");
  expect(lines).toContain("releases");
});

test("arming shows first, asks for the hash of what it showed, and keeps the file's own text", async () => {
  const before = text();
  const shown = await guard("arm", book, NAME);
  expect([shown.code, text()]).toEqual([0, before]);
  for (const part of ["mode shadow to armed", "fires", "If it fired now:", "Nothing has changed"])
    expect(shown.lines).toContain(part);
  const wrong = await guard("arm", book, NAME, "--confirm", "0".repeat(12));
  expect([wrong.code, wrong.errors, text()]).toEqual([1, expect.stringContaining(hashIn(shown.lines)), before]);

  const armed = await guard("arm", book, NAME, "--confirm", hashIn(shown.lines));
  expect([armed.code, text().includes("mode: armed")]).toEqual([0, true]);
  expect(text()).toContain("# The book of");
  expect((await guard("rm", book, NAME)).errors).toContain("disarm");

  const looser = await guard("disarm", book, NAME);
  expect(looser.lines).toContain("loosens mode: armed to shadow");
  expect((await guard("disarm", book, NAME, "--confirm", hashIn(looser.lines))).code).toBe(0);
  expect(text()).toMatch(/mode: shadow\n\s+confirmed: [0-9a-f]{64}/);
  expect((await guard("rm", book, NAME)).code).toBe(0);
  expect(text()).not.toContain(NAME);
});

test("a guard is added at the end; one that does not read well is refused with its place, and the file stays", async () => {
  expect((await guard("add", book, "--from", added)).code).toBe(0);
  const once = text();
  expect(once).toContain("stop the desk");
  const twice = await guard("add", book, "--from", added);
  expect([twice.code, twice.errors, text()]).toEqual([2, expect.stringContaining("is used twice"), once]);
  writeFileSync(added, "name: x\nprotects: nobody\nwhen: { healthBelow: 1.2 }\ntarget: { health: 1.4 }\n");
  const stranger = await guard("add", book, "--from", added);
  expect([stranger.code, stranger.errors, text()]).toEqual([2, expect.stringMatching(/book\.yaml:\d+:\d+/), once]);
});

test("a name that no guard has is answered with the names there are", async () => {
  const { code, errors } = await guard("show", book, "none");
  expect([code, errors]).toEqual([2, expect.stringContaining("repay-before-the-loan-is-taken")]);
});
