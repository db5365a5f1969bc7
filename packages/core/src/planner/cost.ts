import type { Exact } from "@plimsoll/core/units";
import { ZERO, add } from "@plimsoll/core/units";

/** One part of what an action costs, in the unit of the account that it serves. */
export interface CostPart {
  readonly of: "fee" | "spread and impact" | "gas" | "flash premium" | "lost carry" | "funding";
  readonly amount: Exact;
  /** Not counted: it could not be told, `because` says why, and the amount is 0. */
  readonly is: "exact" | "at-most" | "estimate" | "not-counted";
  readonly because?: string;
}

export const totalOf = (parts: readonly CostPart[]): Exact => parts.reduce((sum, { amount }) => add(sum, amount), ZERO);

export const uncounted = (of: CostPart["of"], because: string): CostPart => ({
  ...{ of, amount: ZERO, is: "not-counted" },
  because,
});

/** Parts of the same kind added up; where they are known in different ways, the least sure word stands. */
export function joinParts(parts: readonly CostPart[]): readonly CostPart[] {
  const sure: readonly CostPart["is"][] = ["exact", "estimate", "at-most", "not-counted"];
  return [...Map.groupBy(parts, ({ of }) => of).values()].map((same) => {
    const worst = same.reduce((a, b) => (sure.indexOf(b.is) > sure.indexOf(a.is) ? b : a));
    return { ...worst, amount: totalOf(same) };
  });
}
