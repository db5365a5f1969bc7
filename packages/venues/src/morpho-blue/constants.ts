/**
 * What the contract holds as constants: it cannot be upgraded, so these are not parameters of anybody.
 * @source morpho-blue 1.0.0, ConstantsLib.sol, SharesMathLib.sol, MathLib.sol
 */
export const WAD = 10n ** 18n;
export const ORACLE_PRICE_DECIMALS = 36;
export const LIQUIDATION_CURSOR = 300_000_000_000_000_000n;
export const MAX_LIQUIDATION_INCENTIVE_FACTOR = 1_150_000_000_000_000_000n;
/** Largest share of the interest that a market's fee may take. */
export const MAX_FEE = 250_000_000_000_000_000n;
export const VIRTUAL_SHARES = 1_000_000n;
export const VIRTUAL_ASSETS = 1n;
/** Seconds of the year that yearly rates are quoted for. @source morpho-blue 1.0.0, IrmMock.sol: `365 days` */
export const YEAR = 31_536_000n;
