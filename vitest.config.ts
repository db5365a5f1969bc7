import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The suffix of a test file says what it needs; `unit` needs nothing. */
const needs = ["db", "venue", "keeper", "chain", "browser"] as const;
/** The processes that tests start find their modules compiled: half of what it costs to start one. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, ".cache/compile") };
const project = (name: string, suffix: string, extra: object = {}) => ({
  test: { name, env, include: [`{packages/*/src,scripts,examples,bench}/**/*${suffix}`], ...extra },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project("unit", ".test.{ts,tsx}", {
        exclude: needs.map((kind) => `**/*.${kind}.test.*`),
        testTimeout: 30_000,
        isolate: false,
        setupFiles: process.env["PLIMSOLL_SEED"] === undefined ? [] : ["scripts/seed-properties.ts"],
      }),
      project("db", ".db.test.ts", {
        globalSetup: ["packages/keeper/src/testing/postgres.ts"],
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      project("venue", ".venue.test.ts", { testTimeout: 120_000, hookTimeout: 60_000 }),
      project("keeper", ".keeper.test.ts", { testTimeout: 180_000, hookTimeout: 60_000 }),
      project("chain", ".chain.test.ts", { testTimeout: 240_000, hookTimeout: 120_000 }),
      project("browser", ".browser.test.ts", {
        globalSetup: ["packages/web/src/testing/chromium.ts"],
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});
