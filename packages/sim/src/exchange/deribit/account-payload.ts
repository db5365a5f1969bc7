import { dec, divide, exact, pow10 } from "@plimsoll/core/units";
import {
  type Account,
  ONE,
  type Position,
  type Simulation,
  availableOf,
  assetSums,
  averageText,
  liquidationPrice,
  maintenanceOf,
  onGrid,
  positionFigures,
  scopesOf,
  tiersOf,
} from "@plimsoll/sim/exchange";
import { jsonExact } from "./json-number.ts";
import { number } from "./market-payload.ts";
import { CURRENCY } from "./perpetuals.ts";

/** Sums are printed to 6 decimals of a dollar coin, positions to 9. */
const [SUM_SCALE, POSITION_SCALE] = [6, 9];

/** An integer of `scale` decimals, on `shown` of them: nearest, as a venue prints. */
const rounded = (value: bigint, scale: number, shown: number): unknown =>
  jsonExact(exact(divide(value, pow10(scale - shown), "half-even"), shown));

/** What a position requires at the index: coins and what each of them adds, times the index. @source Deribit, linear contracts */
const maintenanceAtIndex = ({ state }: Simulation, account: Account, { symbol, size }: Position): bigint => {
  const market = state.markets.get(symbol)!;
  return maintenanceOf(tiersOf(account, market), size, market.index);
};

/** private/get_positions, one row: sizes in coins, below 0 short. */
export function positionRow(simulation: Simulation, account: Account, position: Position) {
  const { symbol, size, cost } = position;
  const { market, profit, initial } = positionFigures(simulation, account, position);
  const scope = scopesOf(simulation, account).find(({ positions }) => positions.includes(position));
  const price = scope === undefined ? null : liquidationPrice(simulation, scope, symbol);
  const { tick } = market.instrument;
  return {
    instrument_name: symbol,
    kind: "future",
    direction: size > 0n ? "buy" : "sell",
    size: number(size),
    size_currency: number(size),
    average_price: jsonExact(dec(averageText(cost, size))),
    settlement_price: 0,
    mark_price: number(market.mark),
    index_price: number(market.index),
    floating_profit_loss: rounded(profit, 16, POSITION_SCALE),
    total_profit_loss: rounded(profit, 16, POSITION_SCALE),
    realized_profit_loss: 0,
    initial_margin: number(initial.position),
    maintenance_margin: rounded(maintenanceAtIndex(simulation, account, position), 24, POSITION_SCALE),
    open_orders_margin: number(initial.orders),
    delta: number(size),
    leverage: 50,
    interest_value: 0,
    ...(price !== null && { estimated_liquidation_price: number(onGrid(price, tick, size > 0n ? "ceil" : "floor")) }),
  };
}

/** private/get_account_summaries, the one currency; segregated, standard margin. */
export function summaryRow(simulation: Simulation, account: Account) {
  const sums = assetSums(simulation, account, CURRENCY);
  const equity = rounded(sums.cross * ONE + sums.profit, 16, SUM_SCALE);
  const available = availableOf(simulation, account, CURRENCY);
  const free = rounded(available < 0n ? 0n : available, 8, SUM_SCALE);
  const positions = [...account.positions.values()];
  const maintenance = positions.reduce((sum, each) => sum + maintenanceAtIndex(simulation, account, each), 0n);
  const delta = positions.reduce((sum, { size }) => sum + size, 0n);
  return {
    currency: CURRENCY,
    margin_model: "segregated_sm",
    portfolio_margining_enabled: false,
    cross_collateral_enabled: false,
    balance: rounded(sums.cross, 8, SUM_SCALE),
    equity,
    margin_balance: equity,
    session_rpl: 0,
    session_upl: rounded(sums.profit, 16, SUM_SCALE),
    futures_pl: rounded(sums.profit, 16, SUM_SCALE),
    futures_session_upl: rounded(sums.profit, 16, SUM_SCALE),
    total_pl: rounded(sums.profit, 16, SUM_SCALE),
    options_value: 0,
    options_pl: 0,
    initial_margin: rounded(sums.position + sums.orders, 8, SUM_SCALE),
    maintenance_margin: rounded(maintenance, 24, SUM_SCALE),
    available_funds: free,
    available_withdrawal_funds: free,
    locked_balance: 0,
    delta_total: number(delta),
    fees: [],
  };
}
