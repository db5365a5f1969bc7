import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const web = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(web, "..", "..", ".cache");

declare module "vitest" {
  interface ProvidedContext {
    readonly browser: string;
    /** Folder of the page, built for these tests from the present source. */
    readonly page: string;
    readonly screenshots: string;
  }
}

/**
 * Once before all browser tests: unpacks the browser and builds the page.
 * The browser's package takes whatever lies in the temporary folder, also another version; so each version gets its own.
 */
export default async function setUp(project: TestProject): Promise<void> {
  const temporary = join(cache, `chromium-${chromiumVersion()}`);
  const screenshots = join(cache, "screenshots");
  for (const folder of [temporary, screenshots]) mkdirSync(folder, { recursive: true });
  process.env["TMPDIR"] = temporary;
  const { default: chromium } = await import("@sparticuz/chromium");
  const page = join(cache, "web-under-test");
  buildPage(page);
  project.provide("browser", await chromium.executablePath());
  project.provide("page", page);
  project.provide("screenshots", screenshots);
}

/** By the same command as the product's build; a test's NODE_ENV would put the development build of React into the page. */
function buildPage(folder: string): void {
  const vite = join(packageOf("vite"), "bin", "vite.js");
  const options = ["--outDir", folder, "--emptyOutDir", "--logLevel", "warn"];
  const env = { ...process.env, NODE_ENV: "production" };
  execFileSync(process.execPath, [vite, "build", web, ...options], { env, stdio: "inherit" });
}

const chromiumVersion = (): string =>
  (JSON.parse(readFileSync(join(packageOf("@sparticuz/chromium"), "package.json"), "utf8")) as { version: string })
    .version;

/** The folder of an installed package. */
function packageOf(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  return join(entry.slice(0, entry.lastIndexOf(join("node_modules", name))), "node_modules", name);
}
