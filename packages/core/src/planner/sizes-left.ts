import type { Lever } from "@plimsoll/core/margin";
import type { Guard } from "@plimsoll/core/policy";
import { type AccountKey, type Exact, ZERO, larger, multiply, quotient, subtract } from "@plimsoll/core/units";
import { onOf } from "./draft.ts";
import type { Ground } from "./ground.ts";
import { stepsOf } from "./least-amount.ts";

/** A name for one lever that lasts while its position is there: the instrument and the side that reduces it. */
export function leverName(lever: Lever): string {
  const action = lever.act(lever.step, ZERO);
  return action.do === "order" ? `${lever.on}:${action.side}` : lever.on;
}

/**
 * The sizes that reducing by the guard's share leaves; fixed once an episode, so that a second attempt does not cut again.
 * @param unpaired the share of a guard that wants a pair matched.
 */
export function sizesLeft(
  { engine, holding, scene }: Ground,
  { target, ladder }: Guard,
  account: AccountKey,
  unpaired?: Exact,
): Record<string, Exact> {
  const share = target.want === "reduce" ? target.share : target.want === "match" ? unpaired : undefined;
  if (share === undefined) return {};
  const named = new Set(ladder.filter(({ use }) => use === "reduce" || use === "close").map(onOf));
  const left = engine
    .levers(holding, account, scene)
    .filter(({ use, on }) => use === "reduce" && named.has(on))
    .map((lever) => {
      const cut = quotient(multiply(lever.most, share), lever.step, 0, "ceil").digits;
      return [leverName(lever), larger(ZERO, subtract(lever.most, stepsOf(cut, lever)))] as const;
    });
  return Object.fromEntries(left);
}
