import { exact, text, trim } from "@plimsoll/core/units";
import { type Instrument, ONE, fixed, onStep } from "@plimsoll/sim/exchange";

/** Coins in one contract of the linear perpetuals. @source the venue's instrument list, `ctVal` of BTC-, ETH- and SOL-USDT-SWAP */
const CONTRACT_SIZES: ReadonlyMap<string, bigint> = new Map([
  ["BTC", fixed("0.01")],
  ["ETH", fixed("0.1")],
  ["SOL", fixed("1")],
]);

/** @throws on a coin whose contract is not known: its size must not be invented. */
export function contractSize({ base }: Instrument): bigint {
  const size = CONTRACT_SIZES.get(base);
  if (size === undefined) throw new Error(`invariant broken: no contract size for ${base}`);
  return size;
}

/** Smallest step of an order in contracts: the lot of the exchange, which counts coins. */
export const contractLot = (instrument: Instrument): bigint => (instrument.lot * ONE) / contractSize(instrument);

/** A size in coins as text in contracts. */
export const inContracts = (instrument: Instrument, coins: bigint): string =>
  onStep((coins * ONE) / contractSize(instrument), contractLot(instrument));

/** Contracts as a size in coins; null where they are no whole number of lots. */
export const inCoins = (instrument: Instrument, contracts: bigint): bigint | null =>
  contracts % contractLot(instrument) === 0n ? (contracts * contractSize(instrument)) / ONE : null;

export const familyOf = ({ base, quote }: Instrument): string => `${base}-${quote}`;
export const instIdOf = (instrument: Instrument): string => `${familyOf(instrument)}-SWAP`;

/** An exact figure in full: the venue prints up to 16 digits and more. */
export const inFull = (digits: bigint, scale: 8 | 16 | 24): string => text(trim(exact(digits, scale)));
