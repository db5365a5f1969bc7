import { type Result, ok } from "@plimsoll/core/units";
import {
  type Account,
  type ApiKey,
  type Input,
  type Market,
  type Order,
  type Refusal,
  type Reply,
  type Simulation,
  accountOf,
} from "@plimsoll/sim/exchange";
import { instIdOf } from "./contract.ts";
import { NO_INSTRUMENT, badParameter, inVenueCodes } from "./refusals.ts";

/** A key of this venue has a passphrase beside its secret. */
export interface OkxKey extends ApiKey {
  readonly passphrase: string;
}
/** What the front keeps beside the exchange. */
export interface Front {
  readonly simulation: Simulation;
  /** Index prices at the start: tiers are counted in contracts at them, so that a table does not move with the price. */
  readonly openedAt: ReadonlyMap<string, bigint>;
  /** Orders that the exchange refused and this venue accepts and ends at once. */
  readonly declined: Order[];
  /** Tells the owner's sockets of one. */
  readonly tellDeclined: (order: Order) => void;
}
export type Params = ReadonlyMap<string, string>;
/** A checked call and the venue it reached. */
export interface Call extends Front {
  readonly params: Params;
  /** What each row of a posted list asks for; of other calls their parameters alone. */
  readonly rows: readonly Params[];
  readonly key: OkxKey | undefined;
}
/** Rows of `data`. */
export type Answer = Result<readonly unknown[], Refusal>;
/** `open` needs nothing, `read` a signature, `trade` also the permission to trade. */
export interface Route {
  readonly needs: "open" | "read" | "trade";
  /** The parameters it understands; another one is refused. */
  readonly takes: readonly string[];
  readonly answer: (call: Call) => Answer;
}

export const ownerOf = ({ key }: Call): string => key?.account ?? "";
export const accountFor = (call: Call): Account => accountOf(call.simulation, ownerOf(call));
/** The one coin in which the simulated contracts settle. */
export const SETTLE_COIN = "USDT";

const TYPES = new Set(["SPOT", "MARGIN", "SWAP", "FUTURES", "OPTION"]);
/** Markets that a call is about; those of other types than swaps are none. A list of ids is separated by commas. */
export function marketsFor(
  { simulation }: Pick<Call, "simulation">,
  params: Params,
): Result<readonly Market[], Refusal> {
  const [type = "SWAP", ids] = [params.get("instType"), params.get("instId")?.split(",")];
  if (!TYPES.has(type)) return badParameter("instType");
  if (type !== "SWAP") return ok([]);
  const all = [...simulation.state.markets.values()];
  const unknown = ids?.some((id) => !all.some(({ instrument }) => instIdOf(instrument) === id));
  if (unknown === true) return NO_INSTRUMENT;
  return ok(all.filter(({ instrument }) => ids === undefined || ids.includes(instIdOf(instrument))));
}

/** The market that `instId` names. */
export function oneMarket(call: Pick<Call, "simulation">, params: Params): Result<Market, Refusal> {
  const found = params.has("instId") ? marketsFor(call, params) : NO_INSTRUMENT;
  if (!found.ok) return found;
  const [market] = found.value;
  return market === undefined ? NO_INSTRUMENT : ok(market);
}

/** Rows of the markets that a call is about. */
export function ofMarkets(call: Call, rowsOf: (market: Market) => readonly unknown[]): Answer {
  const markets = marketsFor(call, call.params);
  return markets.ok ? ok(markets.value.flatMap(rowsOf)) : markets;
}

/** A list, newest first, page by page: `after` names the row after which it goes on. */
export function paged<R>({ params }: Call, rows: readonly R[], idOf: (row: R) => string): readonly R[] {
  const after = params.get("after");
  const from = after === undefined ? 0 : rows.findIndex((row) => idOf(row) === after) + 1;
  // a row that has gone since leaves the ids, which only grow
  const rest =
    from > 0 || after === undefined ? rows.slice(from) : rows.filter((row) => BigInt(idOf(row)) < BigInt(after));
  return rest.slice(0, Math.min(Number(params.get("limit") ?? 100), 100));
}

/** Runs an input and answers with what `view` makes of its reply. */
export function run<T>({ simulation }: Call, input: Input, view: (reply: Reply) => T): Result<T, Refusal> {
  const result = simulation.run(input);
  return result.ok ? ok(view(result.value)) : { ok: false, failure: inVenueCodes(result.failure) };
}
