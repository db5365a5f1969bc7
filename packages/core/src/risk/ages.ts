import type { PriceKind } from "@plimsoll/core/units";

/** How old what we know may be before it counts as unknown; a deployment or a replay of slow data sets its own. */
export interface Ages {
  readonly quoteMs: Readonly<Record<PriceKind, number>>;
  /** Of a holding whose prices come from an exchange, and of one read from a chain. */
  readonly holdingMs: { readonly exchange: number; readonly chain: number };
  /** A venue's clock further ahead of ours than this makes every age wrong. */
  readonly aheadMs: number;
}

/** Exchange marks 5 s, positions 30 s; a chain is read once a block and is late after 45 s; one second of clock skew. */
export const defaultAges: Ages = {
  quoteMs: { mark: 5_000, index: 5_000, last: 5_000, oracle: 45_000, "next-oracle": 45_000 },
  holdingMs: { exchange: 30_000, chain: 45_000 },
  aheadMs: 1_000,
};
