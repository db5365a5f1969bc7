import type { Action, Holding, StopTrigger } from "@plimsoll/core/book";
import type { Quote, Scene } from "@plimsoll/core/margin";
import type { BoundEngine } from "@plimsoll/core/margin";
import type { Exact, HoldingId, Ms, QuoteKey, Result, Why } from "@plimsoll/core/units";

/** What a venue took, or what was lost with it. */
export interface Taken {
  readonly at: Ms;
  readonly holding: HoldingId;
  readonly what: string;
  /** Of the maintenance line, as it was taken; where the venue does not say it there is none. */
  readonly health?: Exact;
}

/** A stop that its venue woke by itself, and what became of it at once. */
export interface Woken {
  readonly at: Ms;
  readonly holding: HoldingId;
  readonly instrument: string;
  readonly side: "buy" | "sell";
  readonly size: Exact;
  readonly trigger: StopTrigger;
  readonly result: "whole" | "part" | "refused";
  readonly why?: Why;
  /** The worst price of its fills; absent where it found none. */
  readonly worst?: Exact;
  /** Fee, and what it filled at worse than the mark. */
  readonly cost: Exact;
}

/** What venues did by themselves. */
export interface Happened {
  readonly taken: readonly Taken[];
  readonly woken: readonly Woken[];
}

/** What a scenario does to a stage by itself at one moment. */
export interface Weathering {
  readonly at: Ms;
  /** Settlements since the last moment: what longs pay. */
  readonly funding: readonly { readonly venue: string; readonly symbol: string; readonly rate: Exact }[];
  /** What venues of troves did to holdings there, in the venue's own words. */
  readonly redemptions: readonly { readonly venue: string; readonly body: unknown }[];
  /** Shares of winning positions that the venue closes. */
  readonly adl: readonly { readonly venue: string; readonly symbol: string; readonly share: Exact }[];
}

/** Some of the book at its venues in virtual time: what is there, what happens to it, what our actions do. */
export interface Stage {
  holdings(): readonly Holding[];
  /** Time and prices move on, then the venue acts. A stage whose venue makes its own marks writes them into `quotes`. */
  move(weathering: Weathering): Happened;
  /** An action of ours as it meets the venue now: "part" where the book gave only some of it. */
  act(holding: HoldingId, action: Action, at: Ms): Result<"whole" | "part", Why>;
}

/** What stages share: engines, prices as they are now, and the rules by which a holding is judged. */
export interface Scenery {
  readonly quotes: Map<QuoteKey, Quote>;
  ground(holding: Holding, at: Ms): { readonly engine: BoundEngine; readonly scene: Scene<unknown> };
}
