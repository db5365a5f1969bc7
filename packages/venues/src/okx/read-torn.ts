import {
  type Exact,
  type Why,
  ZERO,
  add,
  compare,
  dec,
  magnitude,
  multiply,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import type { VenueAccount } from "./read-balance.ts";
import type { VenuePosition } from "./read-positions.ts";

/** A position that changed while the account was read: the balance may be of before or after. */
export function changedBetween(before: readonly VenuePosition[], after: readonly VenuePosition[]): Why | undefined {
  const stateOf = (row: VenuePosition) =>
    [row.pos, row.avgPx, row.margin].map((each) => (each === undefined ? "none" : text(each))).join(" ");
  const named = (rows: readonly VenuePosition[]) =>
    new Map(rows.map((row) => [`${row.instId}:${row.posSide}:${row.mgnMode}:${row.posId}`, stateOf(row)]));
  const [old, now] = [named(before), named(after)];
  const differs = [...new Set([...old.keys(), ...now.keys()])].find((name) => old.get(name) !== now.get(name));
  if (differs === undefined) return undefined;
  return why("okx/torn-reading", {
    position: differs,
    before: old.get(differs) ?? "none",
    after: now.get(differs) ?? "none",
    next: "read again: a position changed while the account was read",
  });
}

/** Printed with up to 16 digits: what is lost there. */
const LAST_DIGITS = dec("0.00000001");
/** Positions and balances are read a moment apart; the marks of a missing position are farther off than this share of its notional. */
const MARK_SHARE = dec("0.01");

/** A coin whose parts do not add up, or whose positions are not those that its profit comes from. */
export function tornIn({ details }: VenueAccount, positions: readonly VenuePosition[]): Why | undefined {
  for (const { ccy, eq, cashBal, isoEq, isoUpl, upl } of details) {
    const own = positions.filter((row) => row.ccy === ccy);
    // assets of spot margin are inside equity in ways that differ by mode
    if (upl === undefined || isoEq === undefined || isoUpl === undefined) continue;
    if (own.some(({ instType }) => instType === "MARGIN")) continue;
    const parts = add(add(cashBal, isoEq), subtract(upl, isoUpl));
    if (compare(magnitude(subtract(eq, parts)), LAST_DIGITS) > 0) return tornCoin(ccy, "equity", eq, parts);
    const profit = own.reduce((sum, row) => add(sum, row.upl ?? ZERO), ZERO);
    const margins = own.reduce(
      (sum, row) => add(sum, multiply(row.imr ?? row.margin ?? ZERO, row.lever ?? ZERO)),
      ZERO,
    );
    const allowed = add(multiply(margins, MARK_SHARE), LAST_DIGITS);
    if (compare(magnitude(subtract(upl, profit)), allowed) > 0) return tornCoin(ccy, "profit", upl, profit);
  }
  return undefined;
}

const tornCoin = (coin: string, figureName: string, account: Exact, sum: Exact): Why =>
  why("okx/torn-reading", {
    coin,
    figure: figureName,
    account: text(account),
    sum: text(sum),
    next: "read again: balances and positions do not add up",
  });
