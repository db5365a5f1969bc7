import type { Holding } from "@plimsoll/core/book";
import type { BoundEngine, Scene } from "@plimsoll/core/margin";
import { type AccountKey, type Figure, type Ms, known, ms, none, unknown, why } from "@plimsoll/core/units";

/** The date on which an account is liquidated if no price ever moves. */
export interface Carry {
  /** At the rates as they are. */
  readonly atPresent: Figure<Ms>;
  /** At the worst rates that the venue's rules allow. */
  readonly atWorst: Figure<Ms>;
}

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** Beyond it nobody's rates stay what they are: such a date is no date. */
export const CARRY_HORIZON_MS = 10 * YEAR_MS;
/** Dates are found to the second. */
const FINE_MS = 1_000;

/**
 * The day on which funding and interest alone take the account to its maintenance line, projected by the venue's own formulas.
 * @returns none where that does not happen within `CARRY_HORIZON_MS`; unknown where the account or a bound of its rates is.
 */
export function carryOf(engine: BoundEngine, holding: Holding, account: AccountKey, scene: Scene<unknown>): Carry {
  const worst = engine.atWorstRates(holding, scene);
  return {
    atPresent: liquidatedAt(engine, holding, account, scene),
    atWorst: worst.ok ? liquidatedAt(engine, worst.value, account, scene) : unknown(worst.failure),
  };
}

/** Looks at hours that double until the line is crossed, then between the last two: a line that is left again is not seen. */
function liquidatedAt(engine: BoundEngine, holding: Holding, account: AccountKey, scene: Scene<unknown>): Figure<Ms> {
  const at = (forMs: number) => stateAt(engine, holding, account, scene, ms(scene.now + forMs));
  const start = at(0);
  if (typeof start !== "string") return start;
  if (start === "crossed") return known(scene.now, scene.now);
  let safe = 0;
  for (let look = HOUR_MS; ; look = Math.min(2 * look, CARRY_HORIZON_MS)) {
    const state = at(look);
    if (typeof state !== "string") return state;
    if (state === "crossed")
      return known(ms(scene.now + between(safe, look, (forMs) => at(forMs) === "crossed")), scene.now);
    if (look >= CARRY_HORIZON_MS) return none(why("carry/never", { years: `${CARRY_HORIZON_MS / YEAR_MS}` }));
    safe = look;
  }
}

function between(safe: number, crossed: number, isCrossed: (forMs: number) => boolean): number {
  let [low, high] = [safe, crossed];
  while (high - low > FINE_MS) {
    const middle = Math.floor((low + high) / 2);
    if (isCrossed(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether the account stands or is crossed after a time at frozen prices; what it is instead where neither is known. */
function stateAt(
  engine: BoundEngine,
  holding: Holding,
  account: AccountKey,
  scene: Scene<unknown>,
  now: Ms,
): "stands" | "crossed" | Figure<Ms> {
  const later = now > holding.asOf ? engine.advance(holding, now, { ...scene, now }) : holding;
  const { equity, lines } = engine.assess(later, account, { ...scene, now });
  if (equity.is === "unknown" || equity.is === "none") return equity;
  return lines.some(({ name, crossed }) => name === "maintenance" && crossed) ? "crossed" : "stands";
}
