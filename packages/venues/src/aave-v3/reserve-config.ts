import type { ReserveTerms, Rules } from "./terms.ts";

type Packed = Omit<ReserveTerms, "id" | "asset" | "address" | "liquidationGraceUntil" | "priceCap" | "rates">;

const bitsOf = (word: bigint, from: bigint, width: bigint): bigint => (word >> from) & ((1n << width) - 1n);

/** Decimals of the asset. */
export const decimalsIn = (word: bigint): number => Number(bitsOf(word, 48n, 8n));
/** The one e-mode category of a reserve, 0 for none; release 3.0 only. @source core-v3 1.19.3, ReserveConfiguration.getEModeCategory */
export const eModeCategoryIn = (word: bigint): number => Number(bitsOf(word, 168n, 8n));

/**
 * Unpacks a reserve's configuration word. Release 3.7 no longer reads what isolation mode and siloed borrowing left in it.
 * @source aave-v3-origin 3.6.0, DataTypes.ReserveConfigurationMap, the same bits in core-v3 1.19.3; docs/3.7/mode-removal
 */
export function readReserveConfig(word: bigint, rules: Rules): Packed {
  const bits = (from: bigint, width: bigint) => bitsOf(word, from, width);
  const isolationMode = rules !== "r11";
  const flag = (bit: bigint) => bits(bit, 1n) === 1n;
  return {
    ltv: bits(0n, 16n),
    liquidationThreshold: bits(16n, 16n),
    liquidationBonus: bits(32n, 16n),
    decimals: decimalsIn(word),
    active: flag(56n),
    frozen: flag(57n),
    borrowingEnabled: flag(58n),
    paused: flag(60n),
    borrowableInIsolation: isolationMode && flag(61n),
    siloedBorrowing: isolationMode && flag(62n),
    flashLoanEnabled: flag(63n),
    reserveFactor: bits(64n, 16n),
    borrowCap: bits(80n, 36n),
    supplyCap: bits(116n, 36n),
    liquidationProtocolFee: bits(152n, 16n),
    debtCeiling: isolationMode ? bits(212n, 40n) : 0n,
  };
}
