import type { Result } from "@plimsoll/core/units";
import { invariant, ok } from "@plimsoll/core/units";
import type {
  Account,
  Conditional,
  ConditionalRequest,
  ExchangeState,
  Market,
  Mode,
  Order,
  OrderRequest,
  PositionSide,
  Trade,
} from "./state.ts";

/** Accounts of the venue itself. They trade and hold like everybody else, so that money is never made or lost. */
export const MAKER = "#maker";
export const INSURANCE = "#insurance";
export const VENUE = "#venue";
export const isUser = (account: string): boolean => !account.startsWith("#");

/** A refusal in the venue's own words: its numeric code and message. */
export interface Refusal {
  readonly code: number;
  readonly msg: string;
}
export const refuse = (code: number, msg: string): { readonly ok: false; readonly failure: Refusal } => ({
  ok: false,
  failure: { code, msg },
});

/** By the venue's number or by the owner's id. */
export type OrderRef = { readonly id: number } | { readonly clientId: string };

/** Everything that can happen to the exchange; money, sizes, prices and rates are integers of 1e-8. */
export type Input =
  | { readonly type: "clock" }
  /** The driver moves the world: index, and where the perpetual trades when that is not at index. */
  | { readonly type: "price"; readonly symbol: string; readonly index: bigint; readonly mid?: bigint }
  | { readonly type: "mode"; readonly symbol?: string; readonly mode: Mode }
  | { readonly type: "deposit"; readonly account: string; readonly asset: string; readonly amount: bigint }
  | { readonly type: "coef"; readonly account: string; readonly coef: bigint }
  | { readonly type: "order"; readonly account: string; readonly order: OrderRequest }
  | { readonly type: "cancel"; readonly account: string; readonly symbol: string; readonly ref: OrderRef }
  | { readonly type: "cancel-all"; readonly account: string; readonly symbol: string }
  | { readonly type: "conditional"; readonly account: string; readonly order: ConditionalRequest }
  | { readonly type: "cancel-conditional"; readonly account: string; readonly ref: OrderRef }
  | { readonly type: "cancel-all-conditionals"; readonly account: string; readonly symbol: string }
  | { readonly type: "leverage"; readonly account: string; readonly symbol: string; readonly leverage: number }
  | {
      readonly type: "margin";
      readonly account: string;
      readonly symbol: string;
      readonly margin: "cross" | "isolated";
    }
  | { readonly type: "hedge"; readonly account: string; readonly hedge: boolean }
  | {
      readonly type: "move-margin";
      readonly account: string;
      readonly symbol: string;
      readonly positionSide: PositionSide;
      /** Positive: into the isolated position. */
      readonly amount: bigint;
    }
  /** The owner of the ids forgets those of closed orders, as a venue does after a while. */
  | { readonly type: "forget-closed" };

export type Reply = { readonly order?: Order; readonly conditional?: Conditional };

/** What the outside is told. Orders and trades are copies of that moment. */
export type Output =
  | { readonly type: "reply"; readonly result: Result<Reply, Refusal> }
  | {
      readonly type: "order";
      readonly did: "NEW" | "TRADE" | "CANCELED" | "EXPIRED" | "CALCULATED";
      readonly order: Order;
      readonly trade?: Trade;
    }
  | { readonly type: "conditional"; readonly conditional: Conditional; readonly why: string }
  | {
      readonly type: "account";
      readonly account: string;
      readonly reason: string;
      readonly assets: readonly string[];
      readonly positions: readonly string[];
    }
  | { readonly type: "config"; readonly account: string; readonly symbol: string; readonly leverage: number }
  | { readonly type: "margin-call"; readonly account: string; readonly positions: readonly string[] }
  | { readonly type: "liquidation"; readonly order: Order; readonly scope: string }
  | {
      readonly type: "takeover" | "adl";
      readonly account: string;
      readonly from: string;
      readonly symbol: string;
      readonly size: bigint;
      readonly notional: bigint;
    }
  | { readonly type: "funding"; readonly symbol: string; readonly rate: bigint };

/** One step in progress: the state it may change, the moment, the seed, and what it has said so far. */
export interface Turn {
  readonly state: ExchangeState;
  readonly now: number;
  readonly seed: bigint;
  readonly out: Output[];
}

export const nextId = (turn: Turn): number => (turn.state.ids += 1);
export const tell = (turn: Turn, output: Output): void => void turn.out.push(output);

export function accountOf(turn: Pick<Turn, "state">, id: string): Account {
  const account = turn.state.accounts.get(id);
  invariant(account !== undefined, `no account ${id}`);
  return account;
}
export function marketOf(turn: Pick<Turn, "state">, symbol: string): Market {
  const market = turn.state.markets.get(symbol);
  invariant(market !== undefined, `no market ${symbol}`);
  return market;
}
export const DONE: Result<Reply, Refusal> = ok({});
