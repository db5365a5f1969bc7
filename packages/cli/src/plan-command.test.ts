import { expect, test } from "vitest";
import { runInTest } from "./run-in-test.ts";

/** Digits stand in groups of three, with a narrow space between. */
const plain = (lines: string) => lines.replaceAll("\u202F", " ");

test("each guard's plan: what it does, costs and leads to, beside doing nothing", async () => {
  const { code, lines } = await runInTest("plan", "--demo");
  expect(code).toBe(0);
  // 30,000 of debt at health 1.35: 40,500 over 1.45 is 27,931.034482(76), so 2,068.965518 is the least that is enough
  expect(plain(lines)).toContain("1. repay 2 068.965518 USDC");
  expect(lines).toContain("health 1.35 to 1.45");
  expect(lines).toContain("realises no sale");
  expect(lines).toMatch(/plan [0-9a-f]{64}$/);
});

test("an account to a health, without a guard, as text and as JSON", async () => {
  const wish = ["plan", "--demo", "--account", "loan", "--health", "1.8"];
  // 40,500 over 1.8 leaves 22,500 of 30,000
  expect(plain((await runInTest(...wish)).lines)).toContain("repay 7 500 USDC");
  const [plan] = JSON.parse((await runInTest(...wish, "--json")).lines) as { plan: { steps: unknown[] } }[];
  expect(plan!.plan.steps).toHaveLength(1);
});

// oxfmt-ignore
test.each([
  ["no file",                        ["plan"],                                                     "missing a book"],
  ["a health without an account",    ["plan", "--demo", "--health", "2"],                          "belong together"],
  ["a health that is none",          ["plan", "--demo", "--account", "loan", "--health", "much"],  "--health much"],
  ["an account that is not there",   ["plan", "--demo", "--account", "x", "--health", "2"],        "names no account"],
  ["a guard that is not there",      ["plan", "--demo", "--guard", "x"],                           "no guard is named x"],
])("%s is refused with what to write instead", async (_case, args, said) => {
  const { code, errors } = await runInTest(...args);
  expect([code, errors]).toEqual([2, expect.stringContaining(said)]);
  expect(errors).toContain("Next:");
});
