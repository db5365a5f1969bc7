import type { Instrument } from "./instrument.ts";

export type Side = "buy" | "sell";
export type PositionSide = "BOTH" | "LONG" | "SHORT";
/** What each function of the venue allows: cancel-only and halted also stop matching and liquidation. */
export type Mode = "normal" | "reduce-only" | "cancel-only" | "halted";
export type OrderStatus = "NEW" | "PARTIALLY_FILLED" | "FILLED" | "CANCELED" | "EXPIRED";
/** How an order came to be: by its owner, a triggered stop, the liquidation engine or deleveraging. */
export type Origin = "user" | "stop" | "liquidation" | "adl" | "insurance";

/** Signed size (short negative) and signed money paid for it; unrealised profit is size * mark - cost. */
export interface Position {
  readonly symbol: string;
  readonly side: PositionSide;
  size: bigint;
  cost: bigint;
  /** Isolated wallet without unrealised profit; 0 for cross. */
  isolated: bigint;
  updatedAt: number;
}

/** What an owner asks for. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: "LIMIT" | "MARKET";
  readonly timeInForce: "GTC" | "IOC" | "FOK" | "GTX";
  /** 0 for market orders. */
  readonly price: bigint;
  readonly size: bigint;
  readonly reduceOnly: boolean;
  readonly clientId: string;
}
export interface Order extends OrderRequest {
  readonly id: number;
  readonly account: string;
  readonly closePosition: boolean;
  readonly origin: Origin;
  readonly createdAt: number;
  filled: bigint;
  /** Money of the fills, unsigned. */
  paid: bigint;
  status: OrderStatus;
  updatedAt: number;
}

/** A stop or take-profit that becomes an order when the price it watches reaches its trigger: at market, or at its limit. */
export interface ConditionalRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: "STOP_MARKET" | "TAKE_PROFIT_MARKET";
  readonly trigger: bigint;
  readonly watches: "MARK_PRICE" | "CONTRACT_PRICE" | "INDEX_PRICE";
  /** Absent: at market. */
  readonly limit?: bigint;
  /** 0 with `closePosition`: everything there is when it triggers. */
  readonly size: bigint;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly clientId: string;
}
export interface Conditional extends ConditionalRequest {
  readonly id: number;
  readonly account: string;
  readonly createdAt: number;
  status: "NEW" | "TRIGGERED" | "FINISHED" | "CANCELED" | "EXPIRED";
  orderId: number;
  updatedAt: number;
}

export interface Settings {
  leverage: number;
  margin: "cross" | "isolated";
}

export interface Account {
  readonly id: string;
  hedge: boolean;
  /** Per-user multiplier on bracket sizes (`notionalCoef`), 1e-8. */
  coef: bigint;
  /** Cross wallet by asset, without unrealised profit. */
  readonly cross: Map<string, bigint>;
  readonly settings: Map<string, Settings>;
  readonly positions: Map<string, Position>;
  /** Scopes that were told about a margin call and have not recovered since. */
  readonly called: Set<string>;
}

export interface Trade {
  readonly id: number;
  readonly account: string;
  readonly symbol: string;
  readonly orderId: number;
  readonly clientId: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly price: bigint;
  readonly size: bigint;
  readonly notional: bigint;
  readonly fee: bigint;
  readonly realized: bigint;
  readonly maker: boolean;
  readonly at: number;
}

export type IncomeType = "TRANSFER" | "REALIZED_PNL" | "COMMISSION" | "FUNDING_FEE" | "INSURANCE_CLEAR";
export interface Income {
  readonly id: number;
  readonly account: string;
  readonly type: IncomeType;
  readonly asset: string;
  readonly symbol: string;
  readonly amount: bigint;
  readonly at: number;
  readonly tradeId: number;
}
/** One movement between a cross wallet and an isolated position. */
export interface MarginMove {
  readonly account: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
  readonly asset: string;
  /** Positive: into the position. */
  readonly amount: bigint;
  readonly at: number;
}

export interface Market {
  readonly instrument: Instrument;
  index: bigint;
  /** Where the synthetic liquidity stands; apart from index when the perpetual trades at a premium. */
  mid: bigint;
  last: bigint;
  mark: bigint;
  mode: Mode;
  /** Basis of the book's middle over index, each value holding from its time on; the last 30 seconds are kept. */
  basis: { readonly from: number; readonly value: bigint }[];
  /** Size eaten from the top of each side of the ladder and not yet refilled. */
  readonly eaten: { bids: bigint; asks: bigint };
  readonly bids: Order[];
  readonly asks: Order[];
  readonly funding: { nextAt: number; lastRate: bigint; since: number; sampledAt: number; sum: bigint; weight: bigint };
}

export interface ExchangeState {
  now: number;
  readonly markets: Map<string, Market>;
  readonly accounts: Map<string, Account>;
  readonly orders: Map<number, Order>;
  /** Newest order of each account and client id. */
  readonly clientIds: Map<string, number>;
  readonly conditionals: Map<number, Conditional>;
  readonly trades: Trade[];
  readonly incomes: Income[];
  readonly moves: MarginMove[];
  /** Money that came from outside, by asset: what conservation is measured against. */
  readonly deposited: Map<string, bigint>;
  ids: number;
}
