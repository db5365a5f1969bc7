import {
  type Output,
  type Position,
  type PositionSide,
  type Simulation,
  accountOf,
  isUser,
  marketOf,
  onStep,
  positionOf,
} from "@plimsoll/sim/exchange";
import { balanceRow, positionRow } from "./account-payload.ts";
import { algoRow } from "./algo-payload.ts";
import { inContracts, inFull } from "./contract.ts";
import { fundingRow, indexRows, markRow, tickerRow } from "./market-payload.ts";
import { orderRow } from "./order-payload.ts";

/** Channels and the door each is behind. @source OKX API documentation, WebSocket */
export const DOORS = {
  "mark-price": "public",
  "index-tickers": "public",
  tickers: "public",
  "funding-rate": "public",
  account: "private",
  positions: "private",
  orders: "private",
  "orders-algo": "business",
} as const;
export type Channel = keyof typeof DOORS;
export type PrivateChannel = "account" | "positions" | "orders" | "orders-algo";

/** Rows of one channel for one account. */
export interface News {
  readonly account: string;
  readonly channel: PrivateChannel;
  readonly data: readonly object[];
}

/** What the outputs of one step say to each account: orders and stops as they were, balance and positions as they are now. */
export function privateNews(simulation: Simulation, outputs: readonly Output[]): readonly News[] {
  const accounts = new Set(outputs.flatMap(ownersOf).filter(isUser));
  return [...accounts].flatMap((account) => {
    const own = outputs.filter((output) => ownersOf(output).includes(account));
    const changes = own.filter((output) => output.type === "account");
    const held = new Set(changes.flatMap(({ positions }) => positions));
    const news = [
      { channel: "orders", data: own.flatMap((output) => orderTold(simulation, output)) },
      { channel: "orders-algo", data: own.flatMap((output) => stopTold(simulation, output)) },
      {
        channel: "account",
        data: changes.length === 0 ? [] : [balanceRow(simulation, accountOf(simulation, account))],
      },
      { channel: "positions", data: [...held].map((key) => positionTold(simulation, account, key)) },
    ] as const;
    return news.filter(({ data }) => data.length > 0).map((each) => ({ account, ...each }));
  });
}

function ownersOf(output: Output): readonly string[] {
  if (output.type === "order") return [output.order.account];
  if (output.type === "conditional") return [output.conditional.account];
  return output.type === "account" ? [output.account] : [];
}

/** An order with the one fill that is told; without one its size is 0. */
function orderTold(simulation: Simulation, output: Output): readonly object[] {
  if (output.type !== "order") return [];
  const { order, trade } = output;
  const { instrument } = marketOf(simulation, order.symbol);
  const fill =
    trade === undefined
      ? { fillSz: "0", fillPx: "", tradeId: "", fillFee: "0", fillTime: "" }
      : {
          fillSz: inContracts(instrument, trade.size),
          fillPx: onStep(trade.price, instrument.tick),
          tradeId: `${trade.id}`,
          fillFee: inFull(-trade.fee, 8),
          fillTime: `${trade.at}`,
        };
  return [{ ...orderRow(simulation, order), ...fill, fillFeeCcy: instrument.quote }];
}

const stopTold = (simulation: Simulation, output: Output): readonly object[] =>
  output.type === "conditional" ? [algoRow(simulation, output.conditional)] : [];

/** A position as it is now; one that was closed has the size 0. */
function positionTold(simulation: Simulation, owner: string, key: string): object {
  const [symbol, side] = key.split(":") as [string, PositionSide];
  const account = accountOf(simulation, owner);
  const none: Position = { symbol, side, size: 0n, cost: 0n, isolated: 0n, updatedAt: simulation.state.now };
  return positionRow(simulation, account, positionOf(account, symbol, side) ?? none);
}

/** What a private channel begins with: everything there is, of balance and positions. */
export function firstRows(simulation: Simulation, channel: Channel, owner: string): readonly object[] | undefined {
  const account = accountOf(simulation, owner);
  if (channel === "account") return [balanceRow(simulation, account)];
  if (channel !== "positions") return undefined;
  return [...account.positions.values()].map((position) => positionRow(simulation, account, position));
}

/** The rows of all instruments, or indexes, of a public channel. */
export function publicRows({ state, seed }: Simulation, channel: Channel): readonly { readonly instId: string }[] {
  const markets = [...state.markets.values()];
  if (channel === "mark-price") return markets.map((market) => markRow(market, state.now));
  if (channel === "funding-rate") return markets.map((market) => fundingRow(market, state.now));
  if (channel === "tickers") return markets.map((market) => tickerRow(market, seed, state.now));
  return channel === "index-tickers" ? indexRows({ state }) : [];
}
