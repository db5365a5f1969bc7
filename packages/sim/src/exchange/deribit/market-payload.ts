import { dec } from "@plimsoll/core/units";
import { type Market, type Side, book, fundingRate, printed } from "@plimsoll/sim/exchange";
import { jsonExact } from "./json-number.ts";
import { CURRENCY, pairOf } from "./perpetuals.ts";
import { edgeOf } from "./refusals.ts";

/** An integer of 1e-8 as a JSON number. */
export const number = (value: bigint): unknown => jsonExact(dec(printed(value)));

const digits = (text: string): unknown => jsonExact(dec(text));

/** Perpetuals expire in the year 3000. @source docs.deribit.com, public/get_instruments */
const NEVER = 32_503_708_800_000;
const LISTED = 1_640_995_200_000;

/** public/get_instruments, one contract. */
export function instrumentRow({ instrument, mode }: Market) {
  const { symbol, base, quote, tick, lot, makerFee, takerFee, liquidationFee } = instrument;
  return {
    instrument_name: symbol,
    kind: "future",
    instrument_type: "linear",
    future_type: "linear",
    settlement_period: "perpetual",
    base_currency: base,
    counter_currency: quote,
    quote_currency: quote,
    settlement_currency: quote,
    price_index: pairOf(instrument),
    tick_size: number(tick),
    tick_size_steps: [],
    contract_size: number(lot),
    min_trade_amount: number(lot),
    maker_commission: number(makerFee),
    taker_commission: number(takerFee),
    max_liquidation_commission: number(liquidationFee),
    max_leverage: 50,
    is_active: mode !== "halted",
    state: mode === "halted" ? "locked" : "open",
    creation_timestamp: LISTED,
    expiration_timestamp: NEVER,
  };
}

/** public/ticker; statistics of a day are not simulated and left out. */
export function tickerRow(market: Market, seed: bigint, now: number) {
  const { instrument, mark, index, last, mode } = market;
  const best = (side: Side) => book(market, side, seed)[0] ?? (["0", "0"] as const);
  const [[bid, bidSize], [ask, askSize]] = [best("sell"), best("buy")];
  const rate = number(fundingRate(market));
  return {
    instrument_name: instrument.symbol,
    timestamp: now,
    state: mode === "halted" ? "locked" : "open",
    index_price: number(index),
    mark_price: number(mark),
    last_price: number(last),
    settlement_price: number(mark),
    estimated_delivery_price: number(index),
    best_bid_price: digits(bid),
    best_bid_amount: digits(bidSize),
    best_ask_price: digits(ask),
    best_ask_amount: digits(askSize),
    min_price: digits(edgeOf(market, "sell")),
    max_price: digits(edgeOf(market, "buy")),
    current_funding: rate,
    funding_8h: rate,
  };
}

const levels = (market: Market, side: Side, seed: bigint, depth: number) =>
  book(market, side, seed)
    .slice(0, depth)
    .map(([price, size]) => [digits(price), digits(size)]);

/** public/get_order_book. */
export const bookRow = (market: Market, seed: bigint, now: number, depth: number) => ({
  ...tickerRow(market, seed, now),
  bids: levels(market, "sell", seed, depth),
  asks: levels(market, "buy", seed, depth),
});

/** public/get_currencies; `apr` and fees of withdrawals are left out. */
export const currencyRow = {
  currency: CURRENCY,
  currency_long: "USD Coin",
  coin_type: "ETHER",
  decimals: 6,
  min_confirmations: 1,
  min_withdrawal_fee: 0,
  withdrawal_fee: 0,
};
