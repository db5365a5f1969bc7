import type { Flow } from "@plimsoll/core/book";
import { add, isZero } from "@plimsoll/core/units";

/** One flow an asset; what sums to nothing is left out. */
export function sumFlows(flows: readonly Flow[]): readonly Flow[] {
  const sums = new Map<string, Flow>();
  for (const { asset, amount } of flows) {
    const before = sums.get(asset)?.amount;
    sums.set(asset, { asset, amount: before === undefined ? amount : add(before, amount) });
  }
  return [...sums.values()].filter(({ amount }) => !isZero(amount));
}
