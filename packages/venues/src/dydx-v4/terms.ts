import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** Parameters of one market, in the protocol's own integers. */
export interface MarketTerms {
  /** One coin is 10^-atomicResolution base quantums. */
  readonly atomicResolution: number;
  readonly stepBaseQuantums: bigint;
  readonly initialMarginPpm: bigint;
  /** Maintenance as a share of the initial margin. */
  readonly maintenanceFractionPpm: bigint;
  /** Open interest, in quote quantums, between which initial margin rises to 100 %; an upper cap of 0 switches that off. */
  readonly openInterestLowerCap: bigint;
  readonly openInterestUpperCap: bigint;
  /** An isolated market's position shares its subaccount with nothing. */
  readonly isolated: boolean;
}

/** How much of an account is liquidated at a time, and at what price. Notionals in quote quantums. */
export interface LiquidationTerms {
  readonly maxFeePpm: bigint;
  readonly minPositionNotional: bigint;
  readonly maxPositionPortionPpm: bigint;
  readonly subaccountMaxNotional: bigint;
  readonly bankruptcyAdjustmentPpm: bigint;
  readonly spreadToMaintenancePpm: bigint;
}

export interface DydxTerms {
  readonly markets: Readonly<Record<string, MarketTerms>>;
  readonly liquidations: LiquidationTerms;
  /** `funding_rate_clamp_factor_ppm`: bounds a rate by the part of the initial margin above maintenance; absent where it is not known. */
  readonly fundingClampPpm?: bigint;
}

export const MILLION = 1_000_000n;

/** Refuses parameters that the protocol itself would refuse. @source v4-chain, perpetuals/types/liquidity_tier.go, Validate. */
export function checkMarket(ticker: string, market: MarketTerms): Result<MarketTerms, Why> {
  const bad = (problem: string) =>
    fail(why("dydx-v4/bad-market", { market: ticker, problem, next: "read the market's liquidity tier again" }));
  if (market.initialMarginPpm > MILLION) return bad("initial margin is above 100 %");
  if (market.maintenanceFractionPpm > MILLION) return bad("maintenance is above the initial margin");
  if (market.openInterestLowerCap > market.openInterestUpperCap) return bad("the lower cap is above the upper cap");
  return ok(market);
}
