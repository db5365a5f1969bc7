import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { wantsColour } from "./program.ts";
import { runInTest } from "./run-in-test.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-config-"));
const example = join(import.meta.dirname, "../../../examples/plimsoll.yaml");
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

test("check: the example is good without any secret at hand", async () => {
  expect(await runInTest("config", "check", example)).toEqual({ code: 0, lines: `${example}: good`, errors: "" });
});

test("show: each value with its origin; a flag over the environment over the file over the default; secrets are names", async () => {
  vi.stubEnv("PLIMSOLL__POLL_EVERY", "2s");
  vi.stubEnv("BINANCE_SECRET", "hush-hush");
  const { code, lines } = await runInTest("config", "show", example, "--port", "9000");
  expect(code).toBe(0);
  expect(lines).toMatch(/^server\.port +9000 +flag$/m);
  expect(lines).toMatch(/^pollEvery +2s +environment$/m);
  // what one text says stays one row, with its unit and its place in the file
  expect(lines).toMatch(/^guards\.0\.do\.0\.repay +15000 USDC +file +.*plimsoll\.yaml:\d+:\d+$/m);
  expect(lines).toMatch(/^guards\.1\.do\.0\.slippage +0\.5% +file /m);
  expect(lines).toMatch(/^guards\.2\.confirm +5s +file /m);
  expect(lines).toMatch(/^store +sqlite +default$/m);
  expect(lines).toMatch(/^accounts\.0\.keys\.read\.secret\.env +BINANCE_SECRET +file +.*plimsoll\.yaml:\d+:\d+$/m);
  expect(lines).not.toContain("hush-hush");
  const json = JSON.parse((await runInTest("config", "show", example, "--json")).lines) as readonly object[];
  expect(json).toContainEqual({ path: "store", value: "sqlite", origin: "default", where: "" });
});

// oxfmt-ignore
test.each([
  ["a missing file",     ["check", join(folder, "none.yaml")],               /none\.yaml[\s\S]*no such file[\s\S]*Next: /],
  ["a bad flag",         ["check", example, "--port", "many"],               /--server-port server\.port: not a whole number/],
  ["an unknown schema",  ["schema", "moon"],                                 /no schema is named moon\nNext: write one of: book, config, book-view/],
  ["a book as a config", ["check", join(example, "../loan.yaml")],           /loan\.yaml:4:11 plimsoll: /],
] as const)("%s is refused as bad input", async (_case, args, message) => {
  const ran = await runInTest("config", ...args);
  expect([ran.code, ran.lines]).toEqual([2, ""]);
  expect(ran.errors).toMatch(message);
});

test("show: a default is written with its unit, also inside a list", async () => {
  const file = join(folder, "bare.yaml");
  writeFileSync(
    file,
    `plimsoll: config/1
accounts: [{ name: desk, venue: binance, keys: { read: { key: { env: A }, secret: { env: B } } } }]
guards: [{ name: g, protects: desk, when: { healthBelow: 3 }, target: { reduce: 50% }, do: [{ reduce: BTCUSDT, slippage: 50bps }] }]
`,
  );
  const { lines } = await runInTest("config", "show", file);
  expect(lines).toMatch(/^pollEvery +5s +default$/m);
  expect(lines).toMatch(/^guards\.0\.mode +shadow +default$/m);
  expect(lines).toMatch(/^guards\.0\.do\.0\.slippage +50bps +file /m);
});

test("a guard that could not do what it says is refused at its value", async () => {
  const file = join(folder, "plimsoll.yaml");
  const text = `plimsoll: config/1
accounts: [{ name: desk, venue: binance, keys: { read: { key: { env: A }, secret: { env: B } } } }]
guards:
  - name: g
    protects: desk
    when: { healthBelow: 3 }
    target: { health: 2 }
    do: [{ reduce: BTCUSDT, slippage: 0.5% }]
`;
  writeFileSync(file, text);
  const { code, errors } = await runInTest("config", "check", file);
  expect([code, errors]).toEqual([
    2,
    expect.stringContaining("plimsoll.yaml:7:23 guards[0].target.health: 2 is not above the trigger 3"),
  ]);
});

// source: no-color.org: present and not empty, whatever its value
test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "0" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
])("colour on a terminal %s with %o: %s", (isTTY, environment, wanted) => {
  expect(wantsColour(isTTY, environment)).toBe(wanted);
});
