import type { Action, Holding } from "@plimsoll/core/book";
import type { BoundEngine, Lever, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ZERO,
  atLeast,
  below,
  canonical,
  compare,
  magnitude,
  smaller,
  subtract,
} from "@plimsoll/core/units";

/** What a holding is compared by: the account that an action is for, and everything an engine reads. */
export interface Sight {
  readonly engine: BoundEngine;
  readonly account: AccountKey;
  readonly scene: Scene<unknown>;
}
/** `unknown` where the venue's engine has no measure for this action: then nothing is sent again. */
export type Shown = "no-effect" | "as-predicted" | "differs" | "unknown";

/**
 * What the re-read holding shows of an action: the amount that it used up (position left to reduce, wallet left to pay from) is
 * still whole, exactly as the engine predicted, or something else.
 * @param before the holding that the first message was made for; @param now the holding read after it.
 */
export function effectShown(sight: Sight, action: Action, before: Holding, now: Holding): Shown {
  const { engine, scene } = sight;
  const start = engine.advance(before, now.asOf, scene);
  const [had, has] = [measureOf(sight, action, start), measureOf(sight, action, now)];
  if (had === undefined || has === undefined) return "unknown";
  const applied = engine.apply(start, action, scene);
  const predicted = applied.ok ? measureOf(sight, action, applied.value) : undefined;
  if (predicted !== undefined && compare(has, predicted) === 0) return "as-predicted";
  if (isOpening(action)) return compare(has, had) <= 0 ? "no-effect" : "differs";
  if (compare(has, had) >= 0) return "no-effect";
  const isNear = predicted !== undefined && nearerThan(has, predicted, had, toleranceOf(sight, action, start));
  return isNear ? "as-predicted" : "differs";
}

/** What the venue's own rounding explains: within the tolerance of a prediction, and less far from it than from nothing done. */
function nearerThan(has: Exact, predicted: Exact, had: Exact, tolerance: Exact): boolean {
  const miss = magnitude(subtract(has, predicted));
  return atLeast(tolerance, miss) && below(miss, subtract(had, has));
}

const toleranceOf = ({ engine, account, scene }: Sight, action: Action, start: Holding): Exact =>
  leverFor(engine.levers(start, account, scene), action)?.tolerance ?? ZERO;

/**
 * The amount that an action changes: for a hedge the position that it opens, for all else what it uses up, 0 where that is gone.
 * @returns undefined where no lever measures it.
 */
export function measureOf({ engine, account, scene }: Sight, action: Action, holding: Holding): Exact | undefined {
  if (action.do === "cancel" || action.do === "withdraw" || action.do === "stop") return undefined;
  const levers = hasAccount(engine, holding, account) ? engine.levers(holding, account, scene) : [];
  const measured = action.do === "order" && isOpening(action) ? reducerOf(action) : action;
  return leverFor(levers, measured)?.most ?? ZERO;
}

/** The action cut to what the holding still has of it; undefined when nothing is left. Actions without a lever stay as they are. */
export function clampToLive({ engine, account, scene }: Sight, action: Action, now: Holding): Action | undefined {
  if (isOpening(action)) return action;
  if (!hasAccount(engine, now, account)) return undefined;
  if (action.do === "cancel" || action.do === "withdraw" || action.do === "stop") return action;
  const lever = leverFor(engine.levers(now, account, scene), action);
  if (lever === undefined) return undefined;
  if (action.do === "order") return { ...action, size: smaller(action.size, lever.most) };
  return action.amount === "all" ? action : { ...action, amount: smaller(action.amount, lever.most) };
}

type Order = Extract<Action, { readonly do: "order" }>;

/** Orders open a position only as a declared hedge; nothing measures how much of that is left to do but the position itself. */
export const isOpening = (action: Action): boolean => action.do === "order" && !action.reduceOnly;

/** The order that would take an opened position back. */
const reducerOf = ({ hedges: _hedges, ...order }: Order): Order => ({
  ...order,
  side: order.side === "buy" ? "sell" : "buy",
  reduceOnly: true,
});

const hasAccount = (engine: BoundEngine, holding: Holding, account: AccountKey): boolean =>
  engine.accounts(holding).includes(account);

/** The lever that would build this action with another amount. */
export const leverFor = (levers: readonly Lever[], action: Action): Lever | undefined =>
  levers.find((lever) => shapeOf(lever.act(lever.step, ZERO)) === shapeOf(action));

/** Everything of an action but its amount. */
const shapeOf = (action: Action): string =>
  canonical({ ...action, amount: undefined, size: undefined, limit: undefined });
