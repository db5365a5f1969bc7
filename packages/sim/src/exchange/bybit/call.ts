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
import { badParameter, inVenueCodes } from "./refusals.ts";

/** What the front keeps beside the exchange. */
export interface Front {
  readonly simulation: Simulation;
  readonly startedAt: number;
  /** Orders that the exchange refused and this venue accepts and ends at once. */
  readonly declined: Order[];
  /** Tells the owner's sockets rows of the order topic. */
  readonly tellOrders: (account: string, rows: readonly unknown[]) => void;
}
/** A checked call and the venue it reached. */
export interface Call extends Front {
  readonly params: ReadonlyMap<string, string>;
  readonly key: ApiKey | undefined;
}
export type Answer = Result<unknown, Refusal>;
/** `open` needs nothing, `read` a signature, `trade` also the permission to trade. */
export interface Route {
  readonly needs: "open" | "read" | "trade";
  readonly answer: (call: Call) => Answer;
}

export const ownerOf = ({ key }: Call): string => key?.account ?? "";
export const accountFor = (call: Call): Account => accountOf(call.simulation, ownerOf(call));
/** The one coin in which the simulated contracts settle. */
export const SETTLE_COIN = "USDT";

/** Markets that a call is about: linear ones, of the symbol or settlement coin it names. */
export function marketsFor({ simulation, params }: Pick<Call, "simulation" | "params">): readonly Market[] {
  const [symbol, coin] = [params.get("symbol"), params.get("settleCoin")];
  if (params.get("category") !== "linear") return [];
  return [...simulation.state.markets.values()].filter(
    ({ instrument }) =>
      (symbol === undefined || instrument.symbol === symbol) && (coin === undefined || instrument.quote === coin),
  );
}
export function oneMarket(call: Call, answer: (market: Market) => Answer): Answer {
  const [market] = call.params.has("symbol") ? marketsFor(call) : [];
  return market === undefined ? badParameter("params error: symbol invalid") : answer(market);
}

const CATEGORIES = new Set(["linear", "inverse", "spot", "option"]);
/** A list of the category, page by page: the cursor counts rows. */
export function listed(call: Call, rows: () => readonly unknown[], fallback: number, most: number): Answer {
  const { params } = call;
  const category = params.get("category") ?? "";
  if (!CATEGORIES.has(category)) return badParameter("Illegal category");
  const from = Number(params.get("cursor") ?? 0);
  const to = from + Math.min(Number(params.get("limit") ?? fallback), most);
  const all = rows();
  return ok({ category, list: all.slice(from, to), nextPageCursor: to < all.length ? `${to}` : "" });
}

/** Runs an input and answers with what `view` makes of its reply. */
export function run({ simulation }: Call, input: Input, view: (reply: Reply) => unknown): Answer {
  const result = simulation.run(input);
  return result.ok ? ok(view(result.value)) : { ok: false, failure: inVenueCodes(result.failure) };
}
