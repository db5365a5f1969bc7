import { divide } from "@plimsoll/core/units";
import { ONE } from "./fixed.ts";
import type { Tier } from "./instrument.ts";
import { type Scope, maintenanceOf, profitOf, rateFor, tierAt, tiersOf, walletOfScope } from "./margin.ts";
import { absolute } from "./position.ts";
import type { Position } from "./state.ts";
import { type Turn, marketOf } from "./turn.ts";

/**
 * The price of a symbol at which its scope comes to its maintenance, all other symbols frozen at mark; null when no positive
 * price does. Each choice of tiers is solved and kept when its notionals lie in these tiers at the solution.
 * @returns 1e-8, up for a net long, down for a net short: against the owner, as the venue cuts it.
 * @source Binance FAQ on liquidation prices (venues of both sides share one price in a cross wallet)
 */
export function liquidationPrice(world: Pick<Turn, "state">, scope: Scope, symbol: string): bigint | null {
  const own = scope.positions.filter((position) => position.symbol === symbol);
  if (own.length === 0) return null;
  const rest = scope.positions.filter((position) => position.symbol !== symbol);
  let free = walletOfScope(scope) * ONE * ONE;
  for (const position of rest) {
    const market = marketOf(world, position.symbol);
    free +=
      profitOf(position, market.mark) * ONE - maintenanceOf(tiersOf(scope.account, market), position.size, market.mark);
  }
  const market = marketOf(world, symbol);
  // beyond its last cap a table goes on with its last row
  const tiers = tiersOf(scope.account, market).map((tier, at, all) =>
    at === all.length - 1 ? { ...tier, cap: null } : tier,
  );
  const found = tierChoices(own, tiers).map((choice) => solve(own, choice, free));
  const distance = (price: bigint) => absolute(price - market.mark);
  const prices = found.filter((price) => price !== null).toSorted((a, b) => (distance(a) < distance(b) ? -1 : 1));
  return prices[0] ?? null;
}

/** The tiers that the positions can be in at one price, for every price: they change only where a notional meets a floor. */
function tierChoices(positions: readonly Position[], tiers: readonly Tier[]): readonly (readonly Tier[])[] {
  const meetings = positions.flatMap(({ size }) => tiers.map(({ floor }) => (floor * ONE) / absolute(size)));
  const choices = new Map<string, readonly Tier[]>();
  for (const meeting of meetings)
    for (const price of [meeting, meeting + 1n]) {
      const choice = positions.map(({ size }) => tierAt(tiers, absolute(size) * price));
      choices.set(choice.map(({ tier }) => tier).join("/"), choice);
    }
  return [...choices.values()];
}

/** Root of equity(p) = maintenance(p) with the tiers fixed, or null when it is not positive or leaves the tiers. */
function solve(positions: readonly Position[], tiers: readonly Tier[], free: bigint): bigint | null {
  let [fixedPart, slope] = [free, 0n]; // surplus(p) = fixedPart (1e-24) + slope (1e-16) * p (1e-8)
  positions.forEach((position, at) => {
    const tier = tiers[at];
    fixedPart += ((tier?.amount ?? 0n) - position.cost) * ONE * ONE;
    slope += position.size * ONE - absolute(position.size) * (tier === undefined ? 0n : rateFor(tier, position.size));
  });
  if (slope === 0n) return null;
  const net = positions.reduce((sum, { size }) => sum + size, 0n);
  const price = divide(-fixedPart, slope, net > 0n ? "ceil" : "floor");
  const fits = positions.every((position, at) => {
    const tier = tiers[at];
    const notional = absolute(position.size) * price;
    return tier !== undefined && notional >= tier.floor * ONE && (tier.cap === null || notional <= tier.cap * ONE);
  });
  return price > 0n && fits ? price : null;
}
