import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands as loaders, commandsFor } from "./commands.ts";
import { runInTest } from "./run-in-test.ts";

const { lines } = await runInTest("--help");
const commands = [...lines.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name).filter((name) => name !== "help");

test("the help names every command", () => {
  expect(commands).toEqual([
    "check",
    "plan",
    "act",
    "panic",
    "guard",
    "guardian",
    "execute",
    "drill",
    "demo",
    "serve",
    "signer",
    "alerts",
    "verify",
    "evidence",
    "backup",
    "doctor",
    "config",
    "keys",
    "venue",
  ]);
});

test("each command is loaded under its own name", async () => {
  const out = { line: () => {}, error: () => {}, colour: false };
  for (const [name, load] of loaders) expect((await load())(out, () => {}).name()).toBe(name);
  expect([(await commandsFor(["guard", "list"])).length, (await commandsFor(["--version"])).length]).toEqual([1, 0]);
  expect((await commandsFor(["help"])).length).toBe(loaders.size);
});

test("a word that is no command is answered with the commands", async () => {
  const { code, errors } = await runInTest("chek");
  expect([code, errors]).toEqual([2, expect.stringContaining("check")]);
});

test("the version is that of the package", async () => {
  const file = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  expect((await runInTest("--version")).lines).toBe((JSON.parse(file) as { version: string }).version);
});

test.each(commands)("%s --help is printed, with defaults as they are written", async (name) => {
  const ran = await runInTest(name, "--help");
  expect([ran.code, ran.errors]).toEqual([0, ""]);
  expect(ran.lines).toContain(`Usage: plimsoll ${name} `);
  expect(ran.lines).not.toMatch(/\[object|digits/);
});
