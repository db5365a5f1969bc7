import { type Result, type Why, fail, ok, pow10, why } from "@plimsoll/core/units";
import { lower } from "@plimsoll/venues/chain";
import type { Batch } from "./abi.ts";
import type { CometSource, Discovered, Listed } from "./discover.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";

/** The market's tokens or feeds are not those that were discovered. */
export const outdated = "compound-v3/market-changed";

/**
 * Constants of the implementation and the guardian's switches: governance changes them by an upgrade, so they are read every time.
 * @returns why not: other tokens or feeds than were discovered.
 */
export function planTerms(
  batch: Batch,
  source: CometSource,
  { base, assets }: Discovered,
): () => Result<CometTerms, Why> {
  const { comet } = source;
  const count = batch.add(comet, "numAssets");
  const [baseToken, baseFeed] = [batch.add(comet, "baseToken"), batch.add(comet, "baseTokenPriceFeed")];
  const listed = assets.map((known, id) => ({ known, info: batch.add(comet, "getAssetInfo", id) }));
  const curves = planCurves(batch, source);
  const paused = planPaused(batch, source);
  const storeFront = batch.add(comet, "storeFrontPriceFactor");
  const [target, least] = [batch.add(comet, "targetReserves"), batch.add(comet, "baseBorrowMin")];
  return () => {
    const isBase = lower(baseToken()) === base.address && lower(baseFeed()) === base.priceFeed;
    const same = listed.every(({ known, info }) => isListed(info(), known));
    if (!isBase || !same || count() !== assets.length)
      return fail(why(outdated, { value: source.market, next: "read the market's tokens again" }));
    return ok({
      market: source.market,
      chainId: source.chainId,
      address: lower(comet),
      base: { asset: base.asset, address: base.address, decimals: base.decimals },
      priceUnit: source.priceUnit ?? "USD",
      ...curves(),
      storeFrontPriceFactor: storeFront(),
      targetReserves: target(),
      baseBorrowMin: least(),
      paused: paused(),
      assets: listed.map(({ known, info }, id) => termsOf(id, info(), known)),
      completeness: "read-from-chain",
    });
  };
}

interface AssetInfo {
  readonly asset: string;
  readonly priceFeed: string;
  readonly scale: bigint;
  readonly borrowCollateralFactor: bigint;
  readonly liquidateCollateralFactor: bigint;
  readonly liquidationFactor: bigint;
  readonly supplyCap: bigint;
}

const isListed = ({ asset, priceFeed, scale }: AssetInfo, known: Listed): boolean =>
  lower(asset) === known.address && lower(priceFeed) === known.priceFeed && scale === pow10(known.decimals);

const termsOf = (id: number, info: AssetInfo, { asset, address, decimals }: Listed): AssetTerms => ({
  id,
  asset,
  address,
  decimals,
  borrowFactor: info.borrowCollateralFactor,
  liquidateFactor: info.liquidateCollateralFactor,
  liquidationFactor: info.liquidationFactor,
  supplyCap: info.supplyCap,
});

function planCurves(batch: Batch, { comet }: CometSource): () => Pick<CometTerms, "supplyCurve" | "borrowCurve"> {
  const supply = {
    kink: batch.add(comet, "supplyKink"),
    base: batch.add(comet, "supplyPerSecondInterestRateBase"),
    slopeLow: batch.add(comet, "supplyPerSecondInterestRateSlopeLow"),
    slopeHigh: batch.add(comet, "supplyPerSecondInterestRateSlopeHigh"),
  };
  const borrow = {
    kink: batch.add(comet, "borrowKink"),
    base: batch.add(comet, "borrowPerSecondInterestRateBase"),
    slopeLow: batch.add(comet, "borrowPerSecondInterestRateSlopeLow"),
    slopeHigh: batch.add(comet, "borrowPerSecondInterestRateSlopeHigh"),
  };
  const curveOf = ({ kink, base, slopeLow, slopeHigh }: typeof supply) => ({
    kink: kink(),
    base: base(),
    slopeLow: slopeLow(),
    slopeHigh: slopeHigh(),
  });
  return () => ({ supplyCurve: curveOf(supply), borrowCurve: curveOf(borrow) });
}

function planPaused(batch: Batch, { comet }: CometSource): () => CometTerms["paused"] {
  const supply = batch.add(comet, "isSupplyPaused");
  const transfer = batch.add(comet, "isTransferPaused");
  const withdraw = batch.add(comet, "isWithdrawPaused");
  const absorb = batch.add(comet, "isAbsorbPaused");
  const buy = batch.add(comet, "isBuyPaused");
  return () => ({
    supply: supply(),
    transfer: transfer(),
    withdraw: withdraw(),
    absorb: absorb(),
    buy: buy(),
  });
}
