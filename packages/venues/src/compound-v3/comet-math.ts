import { divide } from "@plimsoll/core/units";

/** Named constants of the protocol. @source Comet, CometCore: BASE_INDEX_SCALE, FACTOR_SCALE, PRICE_FEED_DECIMALS */
export const INDEX_SCALE = 1_000_000_000_000_000n;
export const FACTOR_SCALE = 1_000_000_000_000_000_000n;
export const FACTOR_DECIMALS = 18;
export const PRICE_DECIMALS = 8;
/** An allowance of this size is not used up. */
export const MAX_UINT256 = 2n ** 256n - 1n;

/** A share of an amount, down. */
export const mulFactor = (amount: bigint, factor: bigint): bigint => (amount * factor) / FACTOR_SCALE;

/** What a principal is worth at an index: down, for supplies and for debts alike. */
export const presentOf = (principal: bigint, index: bigint): bigint => (principal * index) / INDEX_SCALE;

/** The principal that is stored for a supply: down. */
export const principalOfSupply = (present: bigint, index: bigint): bigint => (present * INDEX_SCALE) / index;

/** The principal that is stored for a debt: up, so that the next reading never shows less than was owed. */
export const principalOfDebt = (present: bigint, index: bigint): bigint => divide(present * INDEX_SCALE, index, "ceil");
