import { type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  accountOf,
  type ApiKey,
  type ExchangeState,
  type Input,
  type Market,
  type Refusal,
  refuse,
  type Reply,
  type Simulation,
} from "@plimsoll/sim/exchange";
import type { Sockets } from "./sockets.ts";

/** An authenticated call and the venue it reached. */
export interface Call {
  readonly simulation: Simulation;
  readonly sockets: Sockets;
  readonly params: ReadonlyMap<string, string>;
  readonly key: ApiKey | undefined;
}
export type Answer = Result<unknown, Refusal>;
/** `open` needs nothing, `key` an API key, `read` a signature as well, `trade` also the permission to trade. */
export interface Route {
  readonly needs: "open" | "key" | "read" | "trade";
  readonly answer: (call: Call) => Answer;
}

/** Whose call it is, and what it is about. */
export const worldOf = ({ simulation }: Call): { readonly state: ExchangeState } => ({ state: simulation.state });
export const ownerOf = ({ key }: Call): string => key?.account ?? "";
export const accountFor = (call: Call): Account => accountOf(worldOf(call), ownerOf(call));
export const marketsFor = (call: Call): readonly Market[] => {
  const symbol = call.params.get("symbol");
  return [...call.simulation.state.markets.values()].filter(
    ({ instrument }) => symbol === undefined || instrument.symbol === symbol,
  );
};

/** One symbol's row, or all rows when no symbol was asked for. */
export function perMarket(call: Call, row: (market: Market) => unknown): Answer {
  const rows = marketsFor(call).map(row);
  if (!call.params.has("symbol")) return ok(rows);
  return rows.length === 0 ? refuse(-1121, "Invalid symbol.") : ok(rows[0]);
}
/** Answers about the symbol that was asked for. */
export function oneMarket(call: Call, answer: (market: Market) => Answer): Answer {
  const [market] = marketsFor(call);
  if (!call.params.has("symbol"))
    return refuse(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  return market === undefined ? refuse(-1121, "Invalid symbol.") : answer(market);
}
/** Rows between `startTime` and `endTime`, the newest `limit` of them. */
export const windowed = <R extends { readonly at: number }>(
  { params }: Call,
  rows: readonly R[],
  fallback: number,
): readonly R[] => {
  const [from, to, limit] = [
    Number(params.get("startTime") ?? 0),
    Number(params.get("endTime") ?? Number.POSITIVE_INFINITY),
    Number(params.get("limit") ?? fallback),
  ];
  return rows.filter(({ at }) => at >= from && at <= to).slice(-limit);
};
/** Runs an input and answers with what `view` makes of its reply. */
export function run(call: Call, input: Input, view: (reply: Reply) => unknown): Answer {
  const result = call.simulation.run(input);
  return result.ok ? ok(view(result.value)) : result;
}
export const marketAt = (call: Call, symbol: string): Market => {
  const market = call.simulation.state.markets.get(symbol);
  if (market === undefined) throw new Error(`invariant broken: no market ${symbol}`);
  return market;
};
export const success = { code: 200, msg: "success" };
