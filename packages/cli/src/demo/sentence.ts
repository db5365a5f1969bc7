import { type Exact, exact, multiply, quotient, rescale, subtract, text } from "@plimsoll/core/units";
import { countText } from "@plimsoll/server/display";
import type { Figures } from "./figures.ts";

/** The story in one sentence; every figure was read from the journals, also when the guards did not save the book. */
export function sentenceOf(off: Figures, on: Figures): string {
  const start = money(off.worthBefore);
  const unguarded = `Of ${start} USD of equity and reserve the unguarded book kept ${kept(off)} after ${countText(off.liquidations, "liquidation")}`;
  const guarded = `the guarded one kept ${kept(on)} after ${countText(on.liquidations, "liquidation")} and ${countText(on.actions, "action")} of its guards`;
  return `${unguarded}; ${guarded}.`;
}

const kept = ({ worthBefore, worthAfter }: Figures): string =>
  `${money(worthAfter)} USD (${change(worthBefore, worthAfter)})`;
const money = (value: Exact): string => text(rescale(value, 0, "floor")).replace(/\B(?=(\d{3})+$)/g, ",");

function change(before: Exact, after: Exact): string {
  if (before.digits === 0n) return "no figure";
  const percent = rescale(quotient(multiply(subtract(after, before), exact(100n)), before, 4, "half-up"), 1, "half-up");
  return `${percent.digits > 0n ? "+" : ""}${text(percent)} %`;
}
