import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  DAY_MS,
  ZERO,
  compare,
  known,
  ms,
  quotient,
  subtract,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";

/**
 * The share of its equity that an account pays in a day for funding and interest, and where it has options for their time, at frozen prices by
 * its venue's own formulas; below 0 where it is paid.
 * @returns unknown where the account or a bound of its rates is, or where no equity is left to take a share of.
 */
export function costOfDay(
  engine: BoundEngine,
  holding: Holding,
  account: AccountKey,
  scene: Scene<unknown>,
  rates: "present" | "worst",
): Figure<Exact> {
  const worst = rates === "worst" ? engine.atWorstRates(holding, scene) : undefined;
  if (worst?.ok === false) return unknown(worst.failure);
  const from = worst?.value ?? holding;
  const later = ms(scene.now + DAY_MS);
  const equity = [
    engine.assess(from, account, scene).equity,
    engine.assess(engine.advance(from, later, { ...scene, now: later }), account, { ...scene, now: later }).equity,
  ];
  const [now, then] = equity;
  if (now?.is !== "known" || then?.is !== "known") return (now?.is === "known" ? then : now) as Figure<Exact>;
  if (compare(now.value, ZERO) <= 0) return unknown(why("no-equity", { equity: text(now.value) }));
  return known(quotient(subtract(now.value, then.value), now.value, 8, "ceil"), scene.now);
}
