import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "@plimsoll/core/planner";
import { type Result, type Why, canonical, fail, ok, readCanonical, why } from "@plimsoll/core/units";

const folderOf = (dataDir: string): string => join(dataDir, "plans");

/** Keeps a plan that was shown, so that it can be confirmed by its hash. */
export function keepPlan(dataDir: string, plan: Plan): void {
  mkdirSync(folderOf(dataDir), { recursive: true });
  writeFileSync(join(folderOf(dataDir), `${plan.hash}.json`), canonical(plan), { mode: 0o600 });
}

/** The plan of a hash, or of the beginning of one that only one plan has. */
export function findPlan(dataDir: string, hash: string): Result<Plan, Why> {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folderOf(dataDir)).filter((name) => name.startsWith(hash) && hash.length >= 8);
  } catch {
    // no plan was ever shown
  }
  const [name, other] = names;
  if (name === undefined || other !== undefined)
    return fail(
      why("act/no-such-plan", {
        given: hash,
        found: `${names.length}`,
        next: "write the hash that plimsoll plan --config printed, at least its first 8 characters",
      }),
    );
  return ok(readCanonical(readFileSync(join(folderOf(dataDir), name), "utf8")) as Plan);
}
