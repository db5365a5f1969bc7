import { ONE, money, signOf } from "./fixed.ts";
import { type Scope, figuresOf, maintenanceOf, tierAt, tiersOf } from "./margin.ts";
import { type Fill, sizeOfFills } from "./match.ts";
import { absolute } from "./position.ts";
import type { Position } from "./state.ts";
import { type Turn, marketOf } from "./turn.ts";

/** Steps in which a relieving size is looked for before it is narrowed down to the lot. */
const SLICES = 64;

/** Smallest size whose planned fills bring equity above maintenance; everything in the first tier, or when nothing less does. */
export function reliefSize(
  turn: Turn,
  scope: Scope,
  position: Position,
  plan: (size: bigint) => readonly Fill[],
): bigint {
  const market = marketOf(turn, position.symbol);
  const tiers = tiersOf(scope.account, market);
  const whole = absolute(position.size);
  if (tierAt(tiers, whole * market.mark).tier === tiers[0]?.tier) return whole;
  const { lot, liquidationFee, takerFee } = market.instrument;
  const before = figuresOf(turn, scope);
  const others = before.maintenance - maintenanceOf(tiers, whole, market.mark);
  const relieves = (size: bigint): boolean => {
    const fills = plan(size);
    const filled = sizeOfFills(fills);
    let paid = 0n;
    for (const fill of fills) paid += fill.price * fill.size;
    const slip = signOf(position.size) * (paid - filled * market.mark);
    const equity = before.equity + slip - money(paid, "up") * (liquidationFee + takerFee);
    return equity * ONE > others + maintenanceOf(tiers, whole - filled, market.mark);
  };
  // more is not always better: fee and impact grow while the tier's rate falls, so the first size that relieves is looked for
  const lots = whole / lot;
  const found = Array.from({ length: SLICES }, (_, at) => (lots * BigInt(at + 1)) / BigInt(SLICES)).find((size) =>
    relieves(size * lot),
  );
  if (found === undefined) return whole;
  let [low, high] = [found - lots / BigInt(SLICES) - 1n, found];
  if (low < 0n) low = 0n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (relieves(middle * lot)) high = middle;
    else low = middle;
  }
  return high * lot;
}
