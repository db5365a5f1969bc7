import { type Exact, type Ms, type QuoteKey, dec, ms, quoteKey } from "@plimsoll/core/units";

/** What an instrument's name says. Inverse instruments are margined and settled in the base coin, linear ones in a dollar coin. */
export interface Instrument {
  readonly name: string;
  readonly style: "inverse" | "linear";
  readonly base: string;
  /** What profit, loss and margin are counted in. */
  readonly currency: string;
  /** The price index, which is also the name of the rules: "btc_usd", "sol_usdc". */
  readonly pair: string;
  /** The future whose price it follows: itself, or the one that expires with the option. */
  readonly underlying: string;
  /** Absent for a perpetual. */
  readonly expiry?: Ms;
  readonly option?: { readonly type: "call" | "put"; readonly strike: Exact };
}

const shape =
  /^(?<base>[A-Z0-9]+)(?:_(?<quote>[A-Z]+))?-(?<expiry>PERPETUAL|\d{1,2}[A-Z]{3}\d{2})(?:-(?<strike>\d+(?:d\d+)?)-(?<type>[CP]))?$/;
const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/**
 * Reads "BTC-PERPETUAL", "ETH-27DEC24", "BTC-27DEC24-100000-C", "XRP_USDC-30JUN23-0d5-P"; undefined for any other name.
 * @source Deribit API, instrument naming; everything expires at 08:00 UTC.
 */
export function readInstrument(name: string): Instrument | undefined {
  const found = shape.exec(name)?.groups;
  if (found === undefined) return undefined;
  const [base, quote, expires] = [found["base"]!, found["quote"], found["expiry"]!];
  const expiry = expires === "PERPETUAL" ? undefined : expiryOf(expires);
  const { strike, type } = found;
  if ((expires !== "PERPETUAL" && expiry === undefined) || (strike !== undefined && expiry === undefined))
    return undefined;
  return {
    name,
    style: quote === undefined ? "inverse" : "linear",
    base,
    currency: quote ?? base,
    pair: `${base}_${quote ?? "USD"}`.toLowerCase(),
    underlying: strike === undefined ? name : name.split("-").slice(0, 2).join("-"),
    ...(expiry !== undefined && { expiry }),
    ...(strike !== undefined && {
      option: { type: type === "C" ? ("call" as const) : ("put" as const), strike: dec(strike.replace("d", ".")) },
    }),
  };
}

function expiryOf(text: string): Ms | undefined {
  const month = months.indexOf(text.slice(-5, -2));
  if (month < 0) return undefined;
  const days = daysSinceEpoch(2000 + Number(text.slice(-2)), month, Number(text.slice(0, -5)));
  return ms((days * 24 + 8) * 3_600_000);
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; `month` from 0. Years are counted from March, so that leap days come last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const [since, fromMarch] = month < 2 ? [year - 1, month + 10] : [year, month - 2];
  const leaps = Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400);
  return 365 * since + leaps + Math.floor((153 * fromMarch + 2) / 5) + day - 719_469;
}

/** Price of one base coin in the pair's quote currency, as the venue's index. */
export const indexKey = (pair: string): QuoteKey => quoteKey(`deribit:${pair}:index`);
/** Mark price of a future over the index: about 1, and it stands still when the coin moves. */
export const basisKey = (underlying: string): QuoteKey => quoteKey(`deribit:${underlying}:basis`);
/** Mean of the index readings that a delivery price is made of, those taken so far; the venue's estimated delivery price. */
export const deliveryKey = (pair: string): QuoteKey => quoteKey(`deribit:${pair}:delivery`);
/** Mark volatility of an option as a share: 0.6 is 60 %. */
export const volKey = (option: string): QuoteKey => quoteKey(`deribit:${option}:iv`);
/** The index that turns a wallet's currency into dollars. */
export const coinPair = (currency: string): string => `${currency.toLowerCase()}_usd`;
/** Every quote that an instrument is priced from; which one says where its mark is depends on the time. */
export function quotesOf(name: string): readonly QuoteKey[] {
  const instrument = readInstrument(name);
  if (instrument === undefined) return [];
  const { pair, underlying, expiry, option } = instrument;
  return [
    indexKey(pair),
    basisKey(underlying),
    ...(expiry === undefined ? [] : [deliveryKey(pair)]),
    ...(option === undefined ? [] : [volKey(name)]),
  ];
}
