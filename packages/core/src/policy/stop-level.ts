import { type Exact, type QuoteKey, type Why, brief, fromNumber, text, toNumber, why } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";
import { type Problem, unless } from "./problem.ts";
import type { Memory } from "./sight.ts";
import type { PriceLevel } from "./trigger-rule.ts";
import { ruleOf } from "./triggers.ts";

/** Where one price takes an account now, as its form says. */
export interface Taken {
  readonly quote: QuoteKey;
  readonly now: number;
  readonly down?: number;
  readonly up?: number;
}

/** A stop that the venue's liquidation comes before. */
export interface BeyondLiquidation {
  readonly stop: PriceLevel;
  readonly liquidation: Exact;
}

/**
 * Whether a guard's stop lies at or beyond the price that liquidates the account, by the same instrument's price of any kind: it
 * could never fire. The liquidation price moves, so what was right when it was written may be wrong later.
 */
export function stopBeyond(
  { trigger }: Guard,
  boundaries: readonly Taken[],
  memory: Memory = {},
): BeyondLiquidation | undefined {
  const stop = ruleOf(trigger).stop?.(trigger, memory);
  const taken = stop && boundaries.find(({ quote }) => instrumentOf(quote) === instrumentOf(stop.quote));
  if (stop === undefined || taken === undefined) return undefined;
  const at = toNumber(stop.at);
  const { now, down, up } = taken;
  const isLow = stop.side === "at-or-below";
  const edge = isLow ? down : up;
  // at a price that was reached already it is no stop in waiting
  if (edge === undefined || (isLow ? at >= now || at > edge : at <= now || at < edge)) return undefined;
  return { stop, liquidation: fromNumber(edge) };
}

const instrumentOf = (quote: QuoteKey): string => quote.slice(0, quote.lastIndexOf(":"));

/** The refusal of a stop beyond liquidation, with both numbers. */
export function stopProblems(guard: Guard, boundaries: readonly Taken[]): readonly Problem[] {
  const beyond = stopBeyond(guard, boundaries);
  if (beyond === undefined) return [];
  const { stop, liquidation } = beyond;
  const side = stop.side === "at-or-below" ? "above" : "under";
  const wrong = `lies beyond the liquidation price ${brief(liquidation)}: the venue acts first`;
  return unless(
    false,
    "trigger.at",
    stop.at,
    wrong,
    `write a price ${side} ${brief(liquidation)}, or add margin first`,
  );
}

/** The same while it is watched. */
export const stopWhy = ({ stop, liquidation }: BeyondLiquidation): Why =>
  why("stop-beyond-liquidation", {
    ...{ stop: text(stop.at), quote: stop.quote, liquidation: brief(liquidation) },
    next: "move the stop or add margin: the venue acts first",
  });
