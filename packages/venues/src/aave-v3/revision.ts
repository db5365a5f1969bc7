import { haveFromAverage, haveFromSum, healthFromAverage, healthFromSum } from "./health.ts";
import { binomialInterest, compoundedInterest } from "./interest.ts";
import {
  type Amounts,
  type Pair,
  consumesAll,
  halfOfAccount,
  halfOfReserve,
  leavesNoValue,
} from "./liquidation-amounts.ts";
import { type Execute, executeBefore31, executeLiquidation } from "./liquidation-execution.ts";
import { type RateRule, ratesBefore31, ratesFor } from "./rates.ts";
import type { AaveTerms, Rules } from "./terms.ts";
import { type TokenMath, inPoolsFavour, toNearest } from "./token-math.ts";
import {
  RAY,
  mulDivFloor,
  percentDiv,
  percentDivCeil,
  percentDivFloor,
  percentMul,
  percentMulCeil,
  percentMulFloor,
} from "./wad-ray-math.ts";

type Percent = (value: bigint, bps: bigint) => bigint;

/** What differs between the releases of the pool's contracts; all else is one code. */
export interface Revision {
  readonly rules: Rules;
  /** Where the rules were read, as figures cite it. */
  readonly source: string;
  readonly tokens: TokenMath;
  /** Growth of debts over some seconds, RAY. */
  readonly compounded: (rate: bigint, seconds: bigint) => bigint;
  readonly rates: RateRule;
  /** Interest on all scaled debt of a reserve between two debt indices, of which the treasury takes its share. */
  readonly interestBetween: (scaledDebt: bigint, before: bigint, after: bigint) => bigint;
  /** How the value of a debt is rounded. */
  readonly debtRounds: "up" | "down";
  readonly health: typeof healthFromSum;
  readonly have: typeof haveFromSum;
  /** Whether health goes through an average that is cut to whole basis points. */
  readonly truncatesAverage: boolean;
  /** Collateral value times the average LTV. */
  readonly borrowable: Percent;
  readonly flashPremium: Percent;
  /** Whether flags close and caps count by scaled balances, or by the amounts that were named. */
  readonly counts: "scaled" | "amounts";
  /** Whether a reserve with threshold 0 is no collateral at all, whatever the user's e-mode says. */
  readonly needsThreshold: boolean;
  /** Whether repaying with aTokens ends with a health check and closes the collateral's flag. */
  readonly checksOwnSupply: boolean;
  /** Whether a price-oracle sentinel may hold liquidations up. */
  readonly sentinel: boolean;
  readonly liquidation: {
    /** The largest debt that one call may repay. */
    readonly closeFactor: typeof halfOfAccount;
    readonly withBonus: Percent;
    readonly withoutBonus: Percent;
    readonly fee: Percent;
    /** Debt for all of the collateral. */
    readonly needed: Percent;
    /** Whether a call takes the last collateral, so that what stays owed becomes the pool's deficit. */
    readonly emptied: (pair: Pair, amounts: Amounts, collateral: bigint) => boolean;
    readonly execute: Execute;
  };
}

const r10: Revision = {
  rules: "r10",
  source: "aave-v3-origin 3.6.0",
  tokens: inPoolsFavour,
  compounded: compoundedInterest,
  rates: ratesFor,
  interestBetween: (scaled, before, after) => mulDivFloor(scaled, after - before, RAY),
  debtRounds: "up",
  health: healthFromSum,
  have: haveFromSum,
  truncatesAverage: false,
  borrowable: percentMulFloor,
  flashPremium: percentMulCeil,
  counts: "scaled",
  needsThreshold: false,
  checksOwnSupply: true,
  sentinel: true,
  liquidation: {
    closeFactor: halfOfAccount,
    withBonus: percentMul,
    withoutBonus: percentDiv,
    fee: percentMul,
    needed: percentDivCeil,
    emptied: leavesNoValue,
    execute: executeLiquidation,
  },
};

/** Release 3.7. @source aave-v3-origin, docs/3.7 (liquidation-rounding, sentinel-removal), read 2026 */
const r11: Revision = {
  ...r10,
  rules: "r11",
  source: "aave-v3-origin 3.7",
  sentinel: false,
  liquidation: {
    ...r10.liquidation,
    withBonus: percentMulFloor,
    withoutBonus: percentDivFloor,
    fee: percentMulCeil,
    emptied: consumesAll,
  },
};

const v30: Revision = {
  rules: "v3.0",
  source: "core-v3 1.19.3",
  tokens: toNearest,
  compounded: binomialInterest,
  rates: ratesBefore31,
  interestBetween: (scaled, before, after) => toNearest.debtOf(scaled, after) - toNearest.debtOf(scaled, before),
  debtRounds: "down",
  health: healthFromAverage,
  have: haveFromAverage,
  truncatesAverage: true,
  borrowable: percentMul,
  flashPremium: percentMul,
  counts: "amounts",
  needsThreshold: true,
  checksOwnSupply: false,
  sentinel: true,
  liquidation: {
    closeFactor: halfOfReserve,
    withBonus: percentMul,
    withoutBonus: percentDiv,
    fee: percentMul,
    needed: percentDiv,
    emptied: () => false,
    execute: executeBefore31,
  },
};

const revisions: Readonly<Record<Rules, Revision>> = { r10, r11, "v3.0": v30 };

/** The rules that a market runs. */
export const revisionOf = ({ rules }: Pick<AaveTerms, "rules">): Revision => revisions[rules];
