import { type Exact, ZERO, dec } from "@plimsoll/core/units";
import type { Reserve } from "./plan.ts";

/** Names that tell of themselves what money they are; `Reserve.kind` says it of others. */
const kinds: readonly (readonly [RegExp, NonNullable<Reserve["kind"]>])[] = [
  [/^s?USDe$|^s?USDS$|^s?DAI$|^crvUSD$|^GHO$|^FRAX$|^BOLD$/i, "synthetic"],
  [/^(?:w?st|r|cb|wb|ez|we|rs)ETH$|^(?:j?ito|m|bn)SOL$|^JitoSOL$/i, "staked"],
  [/^(?:USDT|USDC|PYUSD|FDUSD|TUSD|USDP|BUSD|USD1)$/i, "fiat-stable"],
];

const cuts: Readonly<Record<NonNullable<Reserve["kind"]>, Exact>> = {
  "fiat-stable": dec("0.125"),
  synthetic: dec("0.35"),
  staked: dec("0.06"),
  plain: ZERO,
};

/**
 * Share of a reserve that a plan does not count on where the money stands in for another unit.
 * @source the worst falls of USDC in March 2023, USDe on one venue in October 2025, stETH in June 2022.
 */
export function haircutOf({ asset, kind }: Pick<Reserve, "asset" | "kind">): Exact {
  const found = kind ?? kinds.find(([name]) => name.test(asset))?.[1] ?? "plain";
  return cuts[found];
}
