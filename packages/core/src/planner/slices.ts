import type { Action } from "@plimsoll/core/book";
import { ASSUMED_MOVES } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Ms,
  DAY_MS,
  cutToStep,
  exact,
  fromNumber,
  isZero,
  magnitude,
  ms,
  multiply,
  quotient,
  rescale,
  subtract,
} from "@plimsoll/core/units";
import { depthOf } from "./asked-of.ts";
import { exposureOf, familyOfInstrument, multiplierOf } from "./exposure.ts";
import type { Field, Ground } from "./ground.ts";
import { levelsOf } from "./order-cost.ts";

type Order = Extract<Action, { do: "order" }>;

/** How an order goes that is larger than what its book takes within its limit. */
export interface Slices {
  readonly count: number;
  /** From the first to the last. */
  readonly overMs: Ms;
  /**
   * What a usual move of the price in that time takes from what the first slice leaves, in the account's unit; absent where no price
   * tells.
   */
  readonly atRisk?: Exact;
}

/** How long a book needs at most until it is read anew: a slice waits for it. */
export const SLICE_MS = 5_000;

/** The slices of an order; undefined where its book takes it whole, or is not known, so that it goes whole and the limit bounds it. */
export function slicesOf(
  { conditions }: Field,
  ground: Ground,
  order: Order,
  { step, maxAgeMs }: { readonly step: Exact; readonly maxAgeMs: Ms },
): Pick<Slices, "count" | "overMs"> | undefined {
  const depth = depthOf(conditions, ground.holding.venue, order.instrument, ground.scene.now, maxAgeMs);
  const offered = depth && levelsOf(depth, order).at(-1);
  const each = offered && cutToStep(offered, step);
  if (each === undefined || isZero(each)) return undefined;
  const count = Number(quotient(order.size, each, 0, "ceil").digits);
  return count < 2 ? undefined : { count, overMs: ms((count - 1) * SLICE_MS) };
}

/** What a usual move takes meanwhile from what the first slice leaves of an order that leads from one ground to another. */
export function riskMeanwhile(
  { count, overMs }: Pick<Slices, "count" | "overMs">,
  { instrument }: Order,
  [before, after]: readonly [Ground, Ground],
  { account, unit }: { readonly account: AccountKey | undefined; readonly unit: string },
): Exact | undefined {
  const family = familyOfInstrument(instrument);
  const [then, now] = [before, after].map((ground) => exposureOf(ground, family, unit, account));
  if (then === undefined || now === undefined) return undefined;
  const move = fromNumber(ASSUMED_MOVES.daily * multiplierOf(instrument) * Math.sqrt(overMs / DAY_MS));
  const left = quotient(
    multiply(magnitude(subtract(then, now)), exact(BigInt(count - 1))),
    exact(BigInt(count)),
    18,
    "ceil",
  );
  return rescale(multiply(left, move), 8, "ceil");
}
