import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Outcomes } from "./outcomes.ts";

const folder = new URL("../../drills/", import.meta.url);
const outcomesFile = new URL("outcomes.json", folder);

/** Paths of the drills that come with the program, oldest event first. */
export const shippedDrills = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .toSorted()
    .map((name) => fileURLToPath(new URL(name, folder)));

/** What the drills came to when their outcomes were last accepted. */
export const readOutcomes = (): Outcomes => JSON.parse(readFileSync(outcomesFile, "utf8")) as Outcomes;

/** Accepts outcomes as they are now; those of drills that were not run stay. */
export function writeOutcomes(now: Outcomes): void {
  const all = { ...readOutcomes(), ...now };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(outcomesFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
}
