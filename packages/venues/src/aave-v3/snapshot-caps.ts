import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainSource, aggregateOf, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { type Batch, readAbi } from "./abi.ts";
import type { Discovered } from "./discover.ts";
import { capPrice } from "./price-cap.ts";
import type { ReserveRead } from "./snapshot-reserve.ts";
import type { PriceCap } from "./terms.ts";

/**
 * What a source tells of a cap on its price. "none" of a feed itself, which says when it answered last; the adapters before feeds say
 * their answer alone. "unknown" of every adapter that is not one of those that tell their cap.
 */
export type CapSource =
  | { readonly kind: "none" | "unknown" }
  | { readonly kind: "stable" }
  /** `base` is the asset of this market that has the same feed as the ratio's base. */
  | { readonly kind: "ratio"; readonly base: string; readonly ratioDecimals: number };

interface Sourced {
  readonly priceSource: Hex;
  readonly cap: CapSource;
}

/** Finds the price source of every reserve, in order, and what it tells of a cap: two calls. */
export async function discoverCaps(
  client: PublicClient,
  source: ChainSource,
  oracle: Hex,
  reserves: readonly { readonly address: Hex; readonly asset: string }[],
): Promise<Result<readonly Sourced[], Why>> {
  const first = aggregateOf(readAbi);
  const sources = reserves.map(({ address }) => first.add(oracle, "getSourceOfAsset", address));
  const named = await first.run(client, source);
  if (!named.ok) return named;
  const addresses = sources.map((each) => lower(each()));
  const second = aggregateOf(readAbi);
  const asked = addresses.map((address) => ({
    address,
    base: second.maybe(address, "BASE_TO_USD_AGGREGATOR"),
    ratioDecimals: second.maybe(address, "RATIO_DECIMALS"),
    growth: second.maybe(address, "getMaxRatioGrowthPerSecond"),
    most: second.maybe(address, "getPriceCap"),
    answeredAt: second.maybe(address, "latestTimestamp"),
  }));
  const told = await second.run(client, source);
  if (!told.ok) return told;
  const assetOf = (feed: Hex | undefined): string | undefined =>
    feed && reserves[addresses.indexOf(lower(feed))]?.asset;
  return ok(
    asked.map(({ address, base, ratioDecimals, growth, most, answeredAt }): Sourced => {
      const [asset, decimals] = [assetOf(base()), ratioDecimals()];
      if (most() !== undefined) return { priceSource: address, cap: { kind: "stable" } };
      if (growth() !== undefined && asset !== undefined && decimals !== undefined)
        return { priceSource: address, cap: { kind: "ratio", base: asset, ratioDecimals: decimals } };
      const isFeed = growth() === undefined && answeredAt() !== undefined;
      return { priceSource: address, cap: { kind: isFeed ? "none" : "unknown" } };
    }),
  );
}

/** The cap of one reserve at the block, as its source tells it. */
export function planCap(batch: Batch, { priceSource, cap }: Sourced): () => PriceCap {
  if (cap.kind === "stable") {
    const most = batch.maybe(priceSource, "getPriceCap");
    return () => {
      const told = most();
      return told === undefined || told <= 0n ? "unknown" : { kind: "stable", most: told };
    };
  }
  if (cap.kind !== "ratio") return () => cap.kind;
  const { base, ratioDecimals } = cap;
  const ratio = batch.maybe(priceSource, "getSnapshotRatio");
  const since = batch.maybe(priceSource, "getSnapshotTimestamp");
  const growth = batch.maybe(priceSource, "getMaxRatioGrowthPerSecond");
  return () => {
    const [at, from, by] = [ratio(), since(), growth()];
    if (at === undefined || from === undefined || by === undefined) return "unknown";
    return { kind: "ratio", base, ratio: at, growthPerSecond: by, since: from, ratioDecimals };
  };
}

/** Whether every price source is still the one that was discovered. */
export function planSourceCheck(
  batch: Batch,
  { oracle, reserves }: Pick<Discovered, "oracle" | "reserves">,
  outdated: string,
): () => Result<void, Why> {
  const now = reserves.map(({ address }) => batch.add(oracle, "getSourceOfAsset", address));
  return () => {
    const moved = reserves.find(({ priceSource }, place) => lower(now[place]!()) !== priceSource);
    return moved === undefined
      ? ok(undefined)
      : fail(why(outdated, { asset: moved.asset, next: "discover the market again" }));
  };
}

/** The reserves with those caps alone that their own prices obey: a price above its cap shows another formula than ours. */
export const withBelievedCaps = (reserves: readonly ReserveRead[], timestamp: bigint): readonly ReserveRead[] =>
  reserves.map((reserve) => {
    const { price, terms } = reserve;
    const { priceCap } = terms;
    if (priceCap === "none" || priceCap === "unknown" || price === undefined) return reserve;
    const base =
      priceCap.kind === "ratio" ? reserves.find((each) => each.terms.asset === priceCap.base)?.price : undefined;
    const most = capPrice(priceCap, timestamp, base, 0);
    return most !== undefined && price <= most ? reserve : { ...reserve, terms: { ...terms, priceCap: "unknown" } };
  });
