import type { Exact, Ms, Result, Why } from "@plimsoll/core/units";
import type { Action, Flow } from "./effect.ts";
import type { BookEvent } from "./event.ts";
import type { Holding } from "./holding.ts";

/** What will go over the wire, fixed before it goes: journaled with the intent, so that a restart asks about exactly this. */
export interface Prepared {
  /** Deterministic id that the venue keeps (client order id) or that identifies the message (transaction hash). */
  readonly reference: string;
  /** The message itself or what rebuilds it, as text without secrets. */
  readonly wire: string;
}

/**
 * What helps after a refusal, where the venue's answer says more than no:
 * - `band`: the price is outside what the venue takes now; send a limit at the edge of the band that fills at once or not at all, in
 *   slices, reading band and size anew each time. A repetition of the same message is refused again.
 * - `reread`: the position is gone, turned, smaller, or other reducing orders cover it; read it again, cancel own lesser reducers,
 *   try once more.
 * - `wait`: the venue takes nothing of this kind just now; the same message may go again after a pause.
 */
export type Remedy = "band" | "reread" | "wait";

/**
 * What the venue said, classified; anything not understood is `ambiguous`. Of a stop, `accepted` means that it lies at the venue and
 * waits, `done` that its price came and it filled, `expired` that it lies there no more without having filled whole.
 */
export type Reply =
  | { readonly is: "accepted" }
  | { readonly is: "partly"; readonly done: Exact; readonly left: Exact }
  | { readonly is: "done"; readonly flows: readonly Flow[] }
  /** It had no effect and never will. `edge`: the worst price that a band takes now, where the venue says it with `band`. */
  | { readonly is: "refused"; readonly why: Why; readonly remedy?: Remedy; readonly edge?: Exact }
  /** It is over without having done all of it. `done`: what was filled before, where the venue says it. */
  | { readonly is: "expired"; readonly why: Why; readonly done?: Exact }
  /** The venue does not know the reference: never arrived, or forgotten. */
  | { readonly is: "not-found" }
  | { readonly is: "ambiguous"; readonly why: Why };

/** What a message may cost beside what it moves. */
export interface SendBounds {
  /**
   * The most that the fees of all transactions of the message may come to, in the chain's own coin (ether: 18 decimals): a share of the
   * loss that the action avoids, 30 % and 60 % when urgent. Counted by the gas that such calls usually take, at the highest price that
   * may ever be offered. Venues without such fees do not read it; left out, the connection's own limit holds.
   */
  readonly feeCap?: Exact;
}

/** What became of a message that waits at its venue. */
export type Hastened =
  /** Nothing was to be done: it does not wait, or not too long yet. */
  | { readonly is: "waits" }
  /** It went out once more so that it is taken sooner; the facts say how. Still one effect at most, still the same reference. */
  | { readonly is: "sent-again"; readonly facts: Readonly<Record<string, string>> }
  /** It waits too long, and the bounds that it was prepared with leave nothing more to offer. */
  | { readonly is: "at-its-bounds"; readonly why: Why };

/**
 * How one venue acts. Nothing here throws: a library's exception becomes a failure or `ambiguous`. An acknowledgement is no proof of a
 * stop: `send` answers `accepted` for one only after the venue showed it by its reference. No actor arms a timer that cancels orders.
 */
export interface Actor {
  /** Turns an action into a message under `key`; no effect on the venue. */
  prepare(key: string, holding: Holding, action: Action, bounds?: SendBounds): Promise<Result<Prepared, Why>>;
  /** Sends the message once. */
  send(prepared: Prepared): Promise<Reply>;
  /** Asks what became of it; no effect on the venue. */
  query(prepared: Prepared): Promise<Reply>;
  /**
   * Looks after a message that the venue has and has not yet taken (`accepted`): asked as often as `query` is, it sends the message again
   * where it waits too long. All that it may ever send was fixed when the message was prepared and stands in `prepared`. Absent where
   * nothing waits in that way.
   */
  hasten?(prepared: Prepared): Promise<Hastened>;
}

/** How one venue is read. */
export interface Feed {
  /** One consistent snapshot: terms, prices and the holding, in the order in which they must be applied. */
  snapshot(): Promise<Result<readonly BookEvent[], Why>>;
  /** Streams events until the returned function is called; what is lost is reported as a `lost` event. */
  watch(on: (event: BookEvent, at: Ms) => void): Promise<() => Promise<void>>;
}
