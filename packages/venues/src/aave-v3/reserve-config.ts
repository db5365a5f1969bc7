import type { ReserveTerms } from "./terms.ts";

type Packed = Omit<ReserveTerms, "id" | "asset" | "address" | "liquidationGraceUntil" | "rates">;

/**
 * Unpacks a reserve's configuration word.
 * @source aave-v3-origin 3.6.0, DataTypes.ReserveConfigurationMap
 */
export function readReserveConfig(word: bigint): Packed {
  const bits = (from: bigint, width: bigint) => (word >> from) & ((1n << width) - 1n);
  const flag = (bit: bigint) => bits(bit, 1n) === 1n;
  return {
    ltv: bits(0n, 16n),
    liquidationThreshold: bits(16n, 16n),
    liquidationBonus: bits(32n, 16n),
    decimals: Number(bits(48n, 8n)),
    active: flag(56n),
    frozen: flag(57n),
    borrowingEnabled: flag(58n),
    paused: flag(60n),
    borrowableInIsolation: flag(61n),
    siloedBorrowing: flag(62n),
    flashLoanEnabled: flag(63n),
    reserveFactor: bits(64n, 16n),
    borrowCap: bits(80n, 36n),
    supplyCap: bits(116n, 36n),
    liquidationProtocolFee: bits(152n, 16n),
    debtCeiling: bits(212n, 40n),
  };
}
