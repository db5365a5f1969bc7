import type { Result, Why } from "@plimsoll/core/units";
import { type Chain, defaultCache } from "./chain.ts";
import { type Double, openDouble } from "./double.ts";
import type { Contract } from "./rpc.ts";

/** A line with a kink from utilization to a rate per second, all at scale 1e18. */
interface Curve {
  readonly kink: bigint;
  readonly base: bigint;
  readonly slopeLow: bigint;
  readonly slopeHigh: bigint;
}
export interface CometSetup {
  /** Symbols are those of the chain's tokens. */
  readonly base: string;
  readonly baseScale: bigint;
  readonly baseBorrowMin: bigint;
  readonly targetReserves: bigint;
  readonly storeFrontPriceFactor: bigint;
  readonly supplyCurve: Curve;
  readonly borrowCurve: Curve;
  readonly assets: readonly {
    readonly symbol: string;
    readonly scale: bigint;
    readonly borrowCollateralFactor: bigint;
    readonly liquidateCollateralFactor: bigint;
    readonly liquidationFactor: bigint;
    readonly supplyCap: bigint;
  }[];
}

const comet: Double = { folder: "solidity-comet", file: "CometLedger", contracts: ["CometLedger"] };

/**
 * Deploys our own ledger with the formulas of Compound v3 and the functions by which a reader asks, on the chain's tokens and prices. It
 * is no proof of the real contracts: none of them are to be had as a package.
 */
export async function openComet(
  chain: Chain,
  { base, assets, ...setup }: CometSetup,
  cacheFolder: string = defaultCache(),
): Promise<Result<Contract, Why>> {
  const deploy = await openDouble(chain, comet, cacheFolder);
  if (!deploy.ok) return deploy;
  const { tokens, feeds } = chain.addresses;
  const listed = assets.map(({ symbol, ...factors }, offset) => ({
    offset,
    asset: tokens[symbol],
    priceFeed: feeds[symbol],
    ...factors,
  }));
  const constants = { ...setup, baseToken: tokens[base], baseTokenPriceFeed: feeds[base] };
  return deploy.value("CometLedger", constants, listed);
}
