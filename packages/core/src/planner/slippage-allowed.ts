import type { Remedy } from "@plimsoll/core/policy";
import {
  type Exact,
  ONE,
  ZERO,
  add,
  dec,
  isZero,
  larger,
  multiply,
  quotient,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import type { Need } from "./draft.ts";
import { type Ground, worthIn } from "./ground.ts";

/** Of what a liquidation would take, the share that a rescue may pay when urgent: a fixed bound fails exactly in a crash. */
const SHARE_OF_BONUS = dec("0.6");
const PROBE = dec("0.01");

/**
 * The share of the price that an order may lose: what the remedy says at the trigger, rising in a straight line to 60 % of what the
 * venue would take where it is urgent. Never less than the remedy says.
 */
export function slippageAllowed(
  remedy: Remedy,
  { want, loss }: Need,
  ground: Ground,
  health: Exact | undefined,
): Exact {
  if (!("slippage" in remedy)) return ZERO;
  const { trigger } = want.guard;
  if (remedy.use === "hedge" || trigger.when !== "health" || health === undefined || loss.is !== "known")
    return remedy.slippage;
  const band = subtract(trigger.below, trigger.urgent);
  if (band.digits <= 0n) return remedy.slippage;
  const depth = larger(ZERO, smaller(ONE, quotient(subtract(trigger.below, health), band, 6, "floor")));
  if (isZero(depth)) return remedy.slippage;
  const held = valueHeld(ground, want.account);
  if (held === undefined || held.digits <= 0n) return remedy.slippage;
  const top = multiply(SHARE_OF_BONUS, quotient(larger(ZERO, loss.value), held, 6, "floor"));
  if (top.digits <= 0n) return remedy.slippage;
  return larger(remedy.slippage, add(remedy.slippage, multiply(depth, subtract(top, remedy.slippage))));
}

/** What the positions of an account are worth in its unit: what closing them 1 % worse would cost, times 100. */
function valueHeld(ground: Ground, account: Need["want"]["account"]): Exact | undefined {
  const { engine, holding, scene } = ground;
  const { unit } = engine.assess(holding, account, scene);
  let sum = ZERO;
  for (const lever of engine.levers(holding, account, scene)) {
    if (lever.use !== "reduce") continue;
    const worth = [ZERO, PROBE].map((slippage) => {
      const applied = engine.apply(holding, lever.act(lever.most, slippage), scene);
      return applied.ok ? worthIn({ ...ground, holding: applied.value }, unit) : undefined;
    });
    if (worth[0] === undefined || worth[1] === undefined) return undefined;
    sum = add(sum, quotient(subtract(worth[0], worth[1]), PROBE, 18, "floor"));
  }
  return sum;
}
