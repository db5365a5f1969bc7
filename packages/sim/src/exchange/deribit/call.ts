import { ok } from "@plimsoll/core/units";
import {
  type Account,
  type ApiKey,
  type Input,
  type Market,
  type Reply,
  type Simulation,
  accountOf,
} from "@plimsoll/sim/exchange";
import { type Answer, badParameter, inVenueWords } from "./refusals.ts";

/** The socket that a call came by, and what it was told about cancelling when it breaks. */
export interface Connection {
  cancelOnDisconnect: boolean;
  /** Orders placed by it, by the exchange's ids. */
  readonly placed: Set<number>;
}

/** What the front keeps beside the exchange. */
export interface Front {
  readonly simulation: Simulation;
  /** Accounts whose new connections cancel their orders when they break. */
  readonly cancelOnDisconnect: Set<string>;
}
/** A checked call and the venue it reached. */
export interface Call extends Front {
  readonly params: ReadonlyMap<string, string>;
  readonly key: ApiKey | undefined;
  /** Absent over HTTP. */
  readonly connection: Connection | undefined;
}
/** `open` needs nothing, `read` a key, `trade` also the permission to trade. */
export interface Method {
  readonly needs: "open" | "read" | "trade";
  readonly answer: (call: Call) => Answer;
}

export const ownerOf = ({ key }: Pick<Call, "key">): string => key?.account ?? "";
export const accountFor = (call: Call): Account => accountOf(call.simulation, ownerOf(call));

/** Contracts that a call is about: of the currency and kind that it names, all where it names none or "any". */
export function marketsFor({ simulation, params }: Pick<Call, "simulation" | "params">): readonly Market[] {
  const [currency = "any", kind = "any"] = [params.get("currency"), params.get("kind")];
  return [...simulation.state.markets.values()].filter(
    ({ instrument: { quote } }) => (currency === "any" || currency === quote) && (kind === "any" || kind === "future"),
  );
}
export function oneMarket(call: Call, answer: (market: Market) => Answer): Answer {
  const market = call.simulation.state.markets.get(call.params.get("instrument_name") ?? "");
  return market === undefined ? badParameter("instrument_name", "instrument not found") : answer(market);
}

/** Runs an input about one contract and answers with what `view` makes of its reply. */
export function run({ simulation }: Call, market: Market, input: Input, view: (reply: Reply) => unknown): Answer {
  const result = simulation.run(input);
  if (result.ok) return ok(view(result.value));
  return { ok: false, failure: inVenueWords(result.failure, market, input.type === "conditional") };
}
