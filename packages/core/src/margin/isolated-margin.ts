import {
  type AccountKey,
  type Exact,
  ZERO,
  add,
  assetId,
  exact,
  larger,
  multiply,
  quotient,
  rescale,
  smaller,
  subtract,
} from "@plimsoll/core/units";
import type { Lever } from "./contract.ts";

/** Whether a partly closed isolated position gives back its share of margin: by our own orders yes, in a liquidation no. */
export type Release = "share" | "nothing";

/** An isolated position of which a part was closed. */
export interface PartlyClosed {
  /** Margin posted to it before, without unrealised profit. */
  readonly margin: Exact;
  /** Sizes with their sign, after and before. */
  readonly left: Exact;
  readonly whole: Exact;
  /** Realised by the close, fees taken off. */
  readonly gain: Exact;
}

/**
 * What stays with an isolated position after a partial close, and what goes back to the cross wallet. A loss beyond the freed
 * share is met by the rest; in a liquidation a profit stays with it as well.
 * @param scale decimals of the venue's balances; what is kept is rounded up.
 */
export function releaseMargin(
  { margin, left, whole, gain }: PartlyClosed,
  release: Release,
  scale: number,
): { readonly stays: Exact; readonly leaves: Exact } {
  if (release === "nothing") return { stays: add(margin, gain), leaves: ZERO };
  const kept = quotient(multiply(margin, left), whole, scale, "ceil");
  const freed = add(subtract(margin, kept), gain);
  return { stays: add(kept, smaller(ZERO, freed)), leaves: larger(ZERO, freed) };
}

/** The lever that moves margin from one account to another of the same venue; none where nothing can be spared. */
export function addMarginLever(
  from: AccountKey,
  to: AccountKey,
  asset: string,
  spare: Exact | undefined,
  scale: number,
): readonly Lever[] {
  const most = spare === undefined ? ZERO : rescale(spare, scale, "floor");
  if (most.digits <= 0n) return [];
  return [
    {
      use: "add-margin",
      on: asset,
      step: exact(1n, scale),
      most,
      act: (amount) => ({ do: "move-margin", from, to, asset: assetId(asset), amount }),
    },
  ];
}
