import type { Answers } from "./answers.ts";

/** 36.5 days before 2026-12-25 08:00 UTC. */
export const NOW = Date.UTC(2026, 10, 18, 20);
export const CALL = "BTC-25DEC26-120000-C";

// Figures worked apart from this code, in 30 digits, from the rules of README.md: 100,000 dollars long from 95,000 at 100,050, two
// calls short at 60 % with a tenth of a year left, 1.999 BTC of cash, 0.01 BTC of open orders.
export const perpetual = {
  ...{ instrument_name: "BTC-PERPETUAL", kind: "future", direction: "buy", size: 100000, size_currency: 0.999500249 },
  ...{ average_price: 95000, settlement_price: 0, mark_price: 100050, index_price: 100000 },
  ...{ floating_profit_loss: 0.053131329, delta: 0.99950025 },
  ...{ initial_margin: 0.020039955, maintenance_margin: 0.010044953 },
};
export const short = {
  ...{ instrument_name: CALL, kind: "option", direction: "sell", size: -2 },
  ...{ average_price: 0.01, mark_price: 0.0204, index_price: 100000, floating_profit_loss: -0.0208 },
  ...{ delta: -0.41586967, initial_margin: 0.240786866, maintenance_margin: 0.190786866 },
};
export const summary = {
  ...{ currency: "BTC", margin_model: "segregated_sm", balance: 2, session_rpl: -0.001 },
  ...{ equity: 2.01134446, margin_balance: 2.05213133, options_value: -0.04078687 },
  ...{ initial_margin: 0.27082682, maintenance_margin: 0.20083182, delta_total: 0.62441745 },
  fees: [
    { kind: "perpetual", index_name: "btc_usd", value: { default: { type: "fixed", taker: 0.00035 } } },
    { kind: "option", index_name: "btc_usd", value: { default: { type: "relative", taker: 0.5 } } },
  ],
};
const listing = { is_active: true, maker_commission: 0, tick_size_steps: [] };
export const standard: Answers = {
  "public/auth": { scope: "account:read trade:read wallet:none block_trade:none", expires_in: 900, access_token: "t" },
  "public/get_time": NOW,
  "private/get_positions currency,any": [perpetual, short],
  "private/get_account_summaries extended,true": { id: 10, type: "main", summaries: [summary] },
  "private/get_open_orders": [{ order_id: "BTC-1", instrument_name: "BTC-PERPETUAL", order_state: "open" }],
  "public/get_instrument instrument_name,BTC-PERPETUAL": {
    ...{ ...listing, instrument_name: "BTC-PERPETUAL", kind: "future", tick_size: 2.5, min_trade_amount: 10 },
    ...{ taker_commission: 0.0005, max_liquidation_commission: 0.0075 },
  },
  [`public/get_instrument instrument_name,${CALL}`]: {
    ...{ ...listing, instrument_name: CALL, kind: "option", tick_size: 0.0001, min_trade_amount: 0.1 },
    ...{ taker_commission: 0.0003, max_liquidation_commission: 0.002 },
  },
  "public/ticker instrument_name,BTC-PERPETUAL": {
    ...{ instrument_name: "BTC-PERPETUAL", timestamp: NOW - 40, index_price: 100000, mark_price: 100050 },
    ...{ estimated_delivery_price: 100000, current_funding: 0.000125, funding_8h: 0.0001 },
  },
  [`public/ticker instrument_name,${CALL}`]: {
    ...{ instrument_name: CALL, timestamp: NOW - 60, index_price: 100000, mark_price: 0.0204, mark_iv: 60 },
    ...{ underlying_price: 101000, underlying_index: "BTC-25DEC26", estimated_delivery_price: 100000 },
  },
};
