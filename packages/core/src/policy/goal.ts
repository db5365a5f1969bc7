import type { Holding } from "@plimsoll/core/book";
import type { Assessment, BoundEngine, LineName, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type Result,
  type Why,
  atLeast,
  known,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";

/** The health wanted on one line of one account. */
export interface Goal {
  readonly account: AccountKey;
  readonly line: LineName;
  readonly at: Exact;
}

/** Health of a line; none where nothing can be liquidated, unknown where the engine lacks something. */
export function healthOf({ lines, equity }: Assessment, name: LineName, now: Ms): Figure<Exact> {
  const line = lines.find((candidate) => candidate.name === name);
  if (line === undefined && lines.length > 0)
    return unknown(why("no-such-line", { line: name, lines: lines.map((other) => other.name).join(" ") }));
  if (equity.is === "unknown" || equity.is === "stale") return unknown(equity.why);
  if (line === undefined) return none(why("nothing-to-liquidate"));
  return known(line.health, now);
}

/** Health on the goal's line in a holding, or why the venue would refuse the effect that leads there. */
export function readHealth(
  engine: BoundEngine,
  holding: Result<Holding, Why>,
  { account, line }: Goal,
  scene: Scene<unknown>,
): Figure<Exact> {
  if (!holding.ok) return unknown(holding.failure);
  if (!engine.accounts(holding.value).includes(account)) return none(why("account-closed", { account }));
  return healthOf(engine.assess(holding.value, account, scene), line, scene.now);
}

/** Unknown never reaches; an account that nothing can liquidate always has. */
export const reaches = (health: Figure<Exact>, { at }: Goal): boolean =>
  health.is === "none" || (health.is === "known" && atLeast(health.value, at));
