import type { Answers } from "./answers.ts";

const listing = { is_active: true, maker_commission: 0, tick_size_steps: [] };
// one cross_pm account of February 2026, as the venue answered: README.md rule 20, `recorded-margin.test.ts`
export const AT = Date.UTC(2026, 1, 16);
const pooled = (currency: string, balance: number, equity: number, more: object = {}) => ({
  ...{ currency, balance, equity, margin_model: "cross_pm", session_rpl: 0, options_value: 0 },
  ...{ margin_balance: 1, initial_margin: 0.225, maintenance_margin: 0.18, ...more },
  ...{ total_equity_usd: 2.531977059, total_margin_balance_usd: 2.531977059 },
  ...{ total_initial_margin_usd: 0.569651989, total_maintenance_margin_usd: 0.455721592 },
});
const coin = (haircut: number, dampener: number, risk: number, least: number) => ({
  ...{ haircut, annualised_move_risk: risk, min_annualised_move: least, extended_dampener: dampener },
  ...{ correlation_set: false, pnl_offset: 0, max_offsetable_pnl: 0, equity_side_impact: "both" },
});
const pairModel = (range: number, up: number, slope: number) => ({
  ...{ price_range: range, volatility_range_up: up, volatility_range_down: 0.25, min_volatility_for_shock_up: 0.5 },
  ...{ short_term_vega_power: 0.3, long_term_vega_power: 0.13, extended_table_factor: 1, m_inc: slope },
  ...{ delta_total_liq_shock_threshold: 20000000, max_delta_shock: 0.1 },
});
export const model = (range = 0.18) => ({
  model_params: {
    general: { timestamp: AT, mm_factor: 0.8, buckets_count: 4, vol_scenarios_count: 3 },
    currency: {
      ...{ eth: coin(0, 200000, 0.05, 0.005), btc: coin(0, 100000, 0.075, 0.01) },
      ...{ usd: coin(0, 25000, 0.1, 0.01), usdc: coin(0, 25000, 0.1, 0.01) },
    },
    currency_pair: { eth_usd: pairModel(range, 0.4, 0.000004), btc_usd: pairModel(0.16, 0.5, 0.00005) },
  },
});
// of BTC, which the recording does not hold: what its total in dollars says
const indices = { btc_usd: 68621.92, usdc_usd: 1 };
const inverse = { instrument_name: "ETH-PERPETUAL", direction: "buy", size: 1, settlement_price: 2090.99 };
const linear = { instrument_name: "ETH_USDC-PERPETUAL", direction: "sell", size: -0.001, settlement_price: 1958.33 };
const instrumentOf = (name: string, tick: number, least: number) => ({
  ...{ ...listing, instrument_name: name, kind: "future", tick_size: tick, min_trade_amount: least },
  ...{ taker_commission: 0.0005, max_liquidation_commission: 0.009 },
});
export const crossWith = (simulated: unknown, modelName = "cross_pm"): Answers => ({
  "public/auth": { scope: "account:read trade:read wallet:none", expires_in: 900, access_token: "t" },
  "public/get_time": AT,
  "private/get_positions currency,any": [
    {
      ...{ ...inverse, kind: "future", average_price: 2074.25, mark_price: 1957.1004, index_price: 1957.16 },
      ...{ floating_profit_loss: -0.000032718, initial_margin: 0.000010219, maintenance_margin: 0.00000511 },
    },
    {
      ...{ ...linear, kind: "future", average_price: 1958.33, mark_price: 1958.33, index_price: 1957.16 },
      ...{ floating_profit_loss: 0, initial_margin: 0.039143208, maintenance_margin: 0.019571608 },
    },
  ],
  "private/get_account_summaries extended,true": {
    summaries: [
      pooled("BTC", 0.0000348, 0.0000348),
      // to 6 decimals: the venue's own total needs 0.0000309
      pooled("ETH", 0.000031, -0.000002),
      pooled("USDC", 0.14729577, 0.14729577),
      pooled("SOL", 0, 0),
    ].map((each) => ({ ...each, margin_model: modelName })),
  },
  "private/get_open_orders": [],
  "private/pme/simulate currency,CROSS": simulated,
  "public/get_instrument instrument_name,ETH-PERPETUAL": instrumentOf("ETH-PERPETUAL", 0.05, 1),
  "public/get_instrument instrument_name,ETH_USDC-PERPETUAL": instrumentOf("ETH_USDC-PERPETUAL", 0.05, 0.001),
  "public/ticker instrument_name,ETH-PERPETUAL": {
    ...{ instrument_name: "ETH-PERPETUAL", timestamp: AT, index_price: 1957.16, mark_price: 1957.1004 },
  },
  "public/ticker instrument_name,ETH_USDC-PERPETUAL": {
    ...{ instrument_name: "ETH_USDC-PERPETUAL", timestamp: AT, index_price: 1957.16, mark_price: 1958.33 },
  },
  ...Object.fromEntries(
    [...Object.entries(indices), ["eth_usd", 1957.16] as const].map(([name, price]) => [
      `public/get_index_price index_name,${name}`,
      { index_price: price, estimated_delivery_price: price },
    ]),
  ),
});
