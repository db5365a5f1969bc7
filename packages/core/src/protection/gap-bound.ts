import { type Ground, assessed, isTaken } from "@plimsoll/core/planner";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type QuoteKey,
  ZERO,
  add,
  compare,
  dec,
  known,
  larger,
  none,
  subtract,
  unknown,
  why,
  brief,
  text,
  trim,
} from "@plimsoll/core/units";
import type { Cover, GapBound } from "./cover.ts";
import { type Position, positionsOf } from "./position.ts";
import { groundAt } from "./price-walk.ts";
import { beyond } from "./wanted-stops.ts";

/**
 * What closing a position costs when its price jumps through the trigger by `gap`: equity now less equity after the venue's own order
 * at the worst price within the gap. Where the gap reaches the liquidation, whichever comes first takes: all that the account has.
 */
export function gapBound(ground: Ground, position: Position, quote: QuoteKey, trigger: Exact, gap: Exact): GapBound {
  const { account, side } = position;
  const price = beyond(position, trigger, gap);
  const there = groundAt(ground, quote, price);
  const reachesLiquidation = isTaken(assessed(there, account));
  const loss = reachesLiquidation ? allOf(ground, account) : lossOf(ground, there, position, price);
  return { gap, quote, side, trigger, price, loss, reachesLiquidation };
}

/** All that an account can lose: what it has. */
export function allOf(ground: Ground, account: AccountKey): Figure<Exact> {
  const equity = assessed(ground, account)?.equity ?? none(why("account-closed", { account }));
  return equity.is === "known" ? known(larger(ZERO, equity.value), ground.scene.now) : equity;
}

function lossOf(ground: Ground, there: Ground, position: Position, price: Exact): Figure<Exact> {
  const { account, instrument, side } = position;
  const before = assessed(ground, account)?.equity;
  const moved = positionsOf(there, account);
  const same = moved.ok && moved.value.find((each) => each.instrument === instrument && each.side === side);
  const order = same && closing(same, price);
  const applied = order && there.engine.apply(there.holding, order, there.scene);
  if (before?.is !== "known" || !applied || !applied.ok) return unknown(why("cover/loss-unknown", { instrument }));
  const closed = { ...there, holding: applied.value };
  const after = assessed(closed, account)?.equity;
  if (after !== undefined && after.is !== "known" && after.is !== "none") return allOf(ground, account);
  const left = after?.is === "known" ? after.value : returned(there, closed, account);
  return known(larger(ZERO, subtract(before.value, left)), ground.scene.now);
}

/** An isolated position that is closed is no account any more: what is left of it went to the accounts beside it. */
function returned(there: Ground, closed: Ground, account: AccountKey): Exact {
  const { unit } = there.engine.assess(there.holding, account, there.scene);
  let sum = ZERO;
  for (const other of closed.engine.accounts(closed.holding)) {
    const [had, has] = [assessed(there, other), assessed(closed, other)];
    if (other === account || had?.unit !== unit || had.equity.is !== "known" || has?.equity.is !== "known") continue;
    sum = add(sum, subtract(has.equity.value, had.equity.value));
  }
  return larger(ZERO, sum);
}

/** Shares by which an order's limit is put beyond a price until the grid leaves it there or worse. */
const nudges = [ZERO, ...["0.000001", "0.00001", "0.0001", "0.001", "0.01"].map(dec)];

/** The order that closes the whole at a price, or at the next worse one of the grid. */
function closing({ lever, size, side }: Position, price: Exact) {
  const orders = nudges.map((share) => lever.act(size, share));
  return orders.find(
    (order) =>
      order.do === "order" && (side === "sell" ? compare(order.limit, price) <= 0 : compare(order.limit, price) >= 0),
  );
}

/** Whether a price that a tape reached, or a fill got, is still within the gap that the bound declares. */
export const judgeGap = ({ side, price }: GapBound, reached: Exact): "within" | "exceeded" => {
  const order = compare(reached, price);
  return (side === "sell" ? order >= 0 : order <= 0) ? "within" : "exceeded";
};

/** The bound as it is printed. */
export function sayBound({ unit }: Pick<Cover, "unit">, { gap, trigger, loss, reachesLiquidation }: GapBound): string {
  const share = `${brief({ digits: gap.digits * 100n, scale: gap.scale })} %`;
  const most = loss.is === "known" ? `loss at most ${text(trim(loss.value))} ${unit}` : "loss unknown";
  const all = reachesLiquidation ? ", all that the account has, since the gap reaches its liquidation," : "";
  return `${most}${all} for a gap of ${share} through the trigger at ${text(trim(trigger))}; beyond that the bound is exceeded`;
}
