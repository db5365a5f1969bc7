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

/** What the venue said, classified; anything not understood is `ambiguous`. */
export type Reply =
  | { readonly is: "accepted" }
  | { readonly is: "partly"; readonly done: Exact; readonly left: Exact }
  | { readonly is: "done"; readonly flows: readonly Flow[] }
  | { readonly is: "refused"; readonly why: Why }
  | { readonly is: "expired"; readonly why: Why }
  /** The venue does not know the reference: never arrived, or forgotten. */
  | { readonly is: "not-found" }
  | { readonly is: "ambiguous"; readonly why: Why };

/** How one venue acts. Nothing here throws: a library's exception becomes a failure or `ambiguous`. */
export interface Actor {
  /** Turns an action into a message under `key`; no effect on the venue. */
  prepare(key: string, holding: Holding, action: Action): Promise<Result<Prepared, Why>>;
  /** Sends the message once. */
  send(prepared: Prepared): Promise<Reply>;
  /** Asks what became of it; no effect on the venue. */
  query(prepared: Prepared): Promise<Reply>;
}

/** How one venue is read. */
export interface Feed {
  /** One consistent snapshot: terms, prices and the holding, in the order in which they must be applied. */
  snapshot(): Promise<Result<readonly BookEvent[], Why>>;
  /** Streams events until the returned function is called; what is lost is reported as a `lost` event. */
  watch(on: (event: BookEvent, at: Ms) => void): Promise<() => Promise<void>>;
}
