import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Hex, decodeAbiParameters } from "viem";
import type { ConfigCall } from "./pending-calls.ts";
import type { AaveTerms, EModeTerms, ReserveTerms } from "./terms.ts";
import { inBitmap } from "./user-config.ts";

/** A market as queued calls will leave it, one after the other. */
export interface Outcome {
  readonly terms: AaveTerms;
  /** LTVs that the configurator keeps for reserves at 0, by asset; 0 where it keeps none. */
  readonly keptLtv: ReadonlyMap<string, bigint>;
  /** New price sources by asset. */
  readonly sources: ReadonlyMap<string, Hex>;
}

/**
 * The market after one call of its administrators at `at` (seconds).
 * @returns a failure where the result cannot be told from the call and the terms alone.
 * @source aave-v3-origin 3.6.0, PoolConfigurator.sol; core-v3 1.19.3 knows no LTV of 0 on freezing
 */
export function applyConfigCall(before: Outcome, call: ConfigCall, at: bigint): Result<Outcome, Why> {
  const { terms } = before;
  const set = (asset: Hex, change: Partial<ReserveTerms>) => changed(before, asset, () => change);
  switch (call.functionName) {
    case "initReserves":
    case "dropReserve":
      return ok(before);
    case "configureReserveAsCollateral":
      return asCollateral(before, ...call.args);
    case "setReserveBorrowing":
      return set(call.args[0], { borrowingEnabled: call.args[1] });
    case "setReserveFlashLoaning":
      return set(call.args[0], { flashLoanEnabled: call.args[1] });
    case "setReserveActive":
      return set(call.args[0], { active: call.args[1] });
    case "setReserveFreeze":
      return frozen(before, ...call.args);
    case "setReserveLtvzero":
      return withLtvZero(before, ...call.args);
    case "setBorrowableInIsolation":
      return set(call.args[0], { borrowableInIsolation: call.args[1] });
    case "setReservePause":
      return set(call.args[0], paused(call.args[1], call.args[2], at));
    case "setPoolPause":
      return ok(everyReserve(before, paused(call.args[0], call.args[1], at)));
    case "disableLiquidationGracePeriod":
      return set(call.args[0], { liquidationGraceUntil: 0n });
    case "setReserveFactor":
      return set(call.args[0], { reserveFactor: call.args[1] });
    case "setReserveInterestRateData":
      return set(call.args[0], { rates: readRates(call.args[1]) });
    case "setBorrowCap":
      return set(call.args[0], { borrowCap: call.args[1] });
    case "setSupplyCap":
      return set(call.args[0], { supplyCap: call.args[1] });
    case "setLiquidationProtocolFee":
      return set(call.args[0], { liquidationProtocolFee: call.args[1] });
    case "setDebtCeiling":
      return set(call.args[0], { debtCeiling: call.args[1] });
    case "setSiloedBorrowing":
      return set(call.args[0], { siloedBorrowing: call.args[1] });
    case "setAssetBorrowableInEMode":
      return inCategory(before, call.args, (category, bit) => ({
        borrowableBitmap: withBit(category.borrowableBitmap, bit, call.args[2]),
      }));
    case "setAssetCollateralInEMode":
      return inCategory(before, call.args, (category, bit) => ({
        collateralBitmap: withBit(category.collateralBitmap, bit, call.args[2]),
        ...(!call.args[2] && { ltvZeroBitmap: withBit(category.ltvZeroBitmap, bit, false) }),
      }));
    case "setAssetLtvzeroInEMode":
      return inCategory(before, call.args, (category, bit) => ({
        ltvZeroBitmap: withBit(category.ltvZeroBitmap, bit, call.args[2]),
      }));
    case "setEModeCategory": {
      const [id, ltv, liquidationThreshold, liquidationBonus, label] = call.args;
      const counts = { ltv: BigInt(ltv), liquidationThreshold: BigInt(liquidationThreshold) };
      return ok(
        withCategories(
          before,
          (category) => category.id === id,
          () => ({ ...counts, liquidationBonus: BigInt(liquidationBonus), label }),
        ),
      );
    }
    case "updateFlashloanPremium":
      return ok({ ...before, terms: { ...terms, flashPremium: call.args[0] } });
    case "setAssetSources": {
      const [assets, sources] = call.args;
      const named = assets.map((address, index) => [reserveAt(terms, address)?.asset, sources[index]] as const);
      const known = named.flatMap(([asset, source]) =>
        asset === undefined || source === undefined ? [] : [[asset, source] as const],
      );
      return ok({ ...before, sources: new Map([...before.sources, ...known]) });
    }
  }
}

/** Freezing takes the LTV away since release 3.1. */
const zeroesLtv = ({ rules }: AaveTerms): boolean => rules !== "v3.0";

const reserveAt = ({ reserves }: AaveTerms, address: Hex): ReserveTerms | undefined =>
  reserves.find((reserve) => reserve.address === address.toLowerCase());

function changed(
  before: Outcome,
  address: Hex,
  change: (reserve: ReserveTerms) => Partial<ReserveTerms>,
): Result<Outcome, Why> {
  const { terms } = before;
  const found = reserveAt(terms, address);
  if (found === undefined) return ok(before); // a reserve that is not listed yet: nobody holds it
  const reserves = terms.reserves.map((each) => (each === found ? { ...each, ...change(each) } : each));
  return ok({ ...before, terms: { ...terms, reserves } });
}

const everyReserve = (before: Outcome, change: Partial<ReserveTerms>): Outcome => ({
  ...before,
  terms: { ...before.terms, reserves: before.terms.reserves.map((each) => ({ ...each, ...change })) },
});

/** Unpausing with a grace period spares accounts until it is over. */
const paused = (isPaused: boolean, graceSeconds: number | undefined, at: bigint): Partial<ReserveTerms> => ({
  paused: isPaused,
  ...(!isPaused &&
    graceSeconds !== undefined &&
    graceSeconds > 0 && { liquidationGraceUntil: at + BigInt(graceSeconds) }),
});

/** A frozen reserve stays at LTV 0: the new one is kept for when it may count again. */
function asCollateral(
  before: Outcome,
  address: Hex,
  ltv: bigint,
  liquidationThreshold: bigint,
  liquidationBonus: bigint,
): Result<Outcome, Why> {
  const reserve = reserveAt(before.terms, address);
  const isKept = reserve !== undefined && reserve.frozen && zeroesLtv(before.terms);
  const next = reserve === undefined ? before : keeping(before, reserve.asset, isKept ? ltv : 0n);
  return changed(next, address, () => ({ ltv: isKept ? 0n : ltv, liquidationThreshold, liquidationBonus }));
}

/** Freezing zeroes the LTV, and the reserve's LTV in every category that takes it as collateral; thawing gives nothing back. */
function frozen(before: Outcome, address: Hex, freeze: boolean): Result<Outcome, Why> {
  const reserve = reserveAt(before.terms, address);
  if (reserve === undefined || !freeze || !zeroesLtv(before.terms))
    return changed(before, address, () => ({ frozen: freeze }));
  const inside = (category: EModeTerms) => inBitmap(category.collateralBitmap, reserve.id);
  const zeroed = withCategories(before, inside, ({ ltvZeroBitmap }) => ({
    ltvZeroBitmap: withBit(ltvZeroBitmap, reserve.id, true),
  }));
  return changed(keepLtv(zeroed, reserve), address, () => ({ frozen: true, ltv: 0n }));
}

function withLtvZero(before: Outcome, address: Hex, zero: boolean): Result<Outcome, Why> {
  const reserve = reserveAt(before.terms, address);
  if (reserve === undefined) return ok(before);
  if (zero) return changed(keepLtv(before, reserve), address, () => ({ ltv: 0n }));
  const kept = before.keptLtv.get(reserve.asset);
  if (reserve.ltv !== 0n) return ok(before);
  if (kept !== undefined) return changed(keeping(before, reserve.asset, 0n), address, () => ({ ltv: kept }));
  return fail(
    why("aave-v3/kept-ltv-unknown", {
      asset: reserve.asset,
      next: "the call restores an LTV that the configurator keeps and does not tell: read the proposal",
    }),
  );
}

const keepLtv = (before: Outcome, { asset, ltv }: ReserveTerms): Outcome =>
  ltv === 0n ? before : keeping(before, asset, ltv);

const keeping = (before: Outcome, asset: string, ltv: bigint): Outcome => ({
  ...before,
  keptLtv: new Map([...before.keptLtv, [asset, ltv]]),
});

function inCategory(
  before: Outcome,
  [address, id]: readonly [Hex, number, boolean],
  change: (category: EModeTerms, bit: number) => Partial<EModeTerms>,
): Result<Outcome, Why> {
  const reserve = reserveAt(before.terms, address);
  if (reserve === undefined) return ok(before);
  return ok(
    withCategories(
      before,
      (category) => category.id === id,
      (category) => change(category, reserve.id),
    ),
  );
}

function withCategories(
  before: Outcome,
  concerns: (category: EModeTerms) => boolean,
  change: (category: EModeTerms) => Partial<EModeTerms>,
): Outcome {
  const eModes = before.terms.eModes.map((each) => (concerns(each) ? { ...each, ...change(each) } : each));
  return { ...before, terms: { ...before.terms, eModes } };
}

const withBit = (bitmap: bigint, bit: number, on: boolean): bigint =>
  on ? bitmap | (1n << BigInt(bit)) : bitmap & ~(1n << BigInt(bit));

/** @source aave-v3-origin 3.6.0, IDefaultInterestRateStrategyV2.InterestRateData, ABI-encoded */
function readRates(data: Hex): ReserveTerms["rates"] {
  const words = ["uint16", "uint32", "uint32", "uint32"].map((type) => ({ type }));
  const [optimalUsage, base, slope1, slope2] = (decodeAbiParameters(words, data) as readonly number[]).map(BigInt);
  return { optimalUsage: optimalUsage!, base: base!, slope1: slope1!, slope2: slope2! };
}
