import type { Ground } from "@plimsoll/core/planner";
import type { Lever } from "@plimsoll/core/margin";
import { type AccountKey, type Exact, type Result, type Why, ZERO, fail, ok } from "@plimsoll/core/units";

/** A position as its engine offers to reduce it: what a stop has to close. In hedge mode one instrument has two, one a side. */
export interface Position {
  readonly account: AccountKey;
  readonly instrument: string;
  /** The side of the order that reduces it: "sell" for a long one. */
  readonly side: "buy" | "sell";
  /** Whole lots, above 0. */
  readonly size: Exact;
  readonly lever: Lever;
}

/** The positions of one account; a failure where the account cannot be assessed: then nobody knows what is to be protected. */
export function positionsOf({ engine, holding, scene }: Ground, account: AccountKey): Result<readonly Position[], Why> {
  const { equity } = engine.assess(holding, account, scene);
  if (equity.is === "unknown") return fail(equity.why);
  return ok(
    engine.levers(holding, account, scene).flatMap((lever): readonly Position[] => {
      const order = lever.use === "reduce" ? lever.act(lever.step, ZERO) : undefined;
      if (order?.do !== "order") return [];
      return [{ account, instrument: order.instrument, side: order.side, size: lever.most, lever }];
    }),
  );
}
