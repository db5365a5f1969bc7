import type { Action, Flow, Resting, Terms, VenueEffect } from "@plimsoll/core/book";
import type { AccountKey, AssetId, Exact, Figure, Ms, PriceKind, QuoteKey, Result, Why } from "@plimsoll/core/units";
import type { Compiled } from "./form.ts";

export type { Terms } from "@plimsoll/core/book";

/** One number the venue reads, with its kind and age. */
export interface Quote {
  readonly value: Exact;
  readonly kind: PriceKind;
  readonly asOf: Ms;
}

/** What an engine reads besides the holding. Terms are data: a stress, a past day, a queued change swap them. */
export interface Scene<T> {
  readonly now: Ms;
  readonly quotes: ReadonlyMap<QuoteKey, Quote>;
  readonly terms: Terms<T>;
}

export type LineName = "initial" | "borrow" | "warn" | "maintenance" | "backstop" | "bankruptcy";

/** A level at which something happens: `health = have / need`, 1 at the line. */
export interface Line {
  readonly name: LineName;
  readonly required: Exact;
  readonly surplus: Exact;
  /** Of a line that needs nothing the health is none; see Assessment.lines. */
  readonly health: Exact;
  readonly crossed: boolean;
  /** A surplus of exactly 0 is still safe: the form's `atZero` is "safe". */
  readonly strict: boolean;
  readonly meaning: string;
  /** The least danger word of an account that has crossed it; absent where the line says nothing by itself. */
  readonly raises?: "watch" | "act" | "danger";
}

/** Exact state of one account. `lines` is empty where nothing can be liquidated (no debt, no position) or a needed quote is missing; `equity` says which. */
export interface Assessment {
  readonly account: AccountKey;
  readonly unit: AssetId;
  readonly equity: Figure<Exact>;
  readonly free: Figure<Exact>;
  readonly lines: readonly Line[];
  readonly explain: Explain;
}

/** A figure that shows its own work. */
export interface Explain {
  readonly name: string;
  readonly value: string;
  readonly formula?: string;
  readonly source?: string;
  readonly parts?: readonly Explain[];
}

/** One step of a liquidation: the holding after it, and who took what. */
export interface Step<H> {
  readonly what: string;
  readonly after: H;
  readonly taken: readonly Flow[];
  readonly fee: readonly Flow[];
  readonly badDebt: readonly Flow[];
}

/** Who decides inside a liquidation: the venue (deterministic) or a stranger (Aave's liquidator chooses the pair). */
export type Chooser = "worst-for-owner" | "best-for-liquidator" | { readonly fixed: readonly string[] };

/** Average price at which a size would fill; unknown where the book is unknown. */
export interface Market {
  readonly fill: (instrument: string, side: "buy" | "sell", size: Exact) => Figure<Exact>;
}

/**
 * One way to bring an account further from its lines, by one amount; how a planner that knows no venue builds actions the
 * venue would take. In hedge mode one instrument has two, one a side.
 */
export interface Lever {
  readonly use: "supply" | "repay" | "reduce" | "add-margin" | "hedge";
  /** The asset (supply, repay, add-margin) or the instrument (reduce, hedge), as a guard names it. */
  readonly on: string;
  /** Amounts are whole multiples of it: one token unit, the lot step. Above 0. */
  readonly step: Exact;
  /** The largest amount that makes sense now: what the wallet holds, what is owed, the size of the position. */
  readonly most: Exact;
  /** How far `most` may be from what the rules predict once an action is done, where a message fixes more than its amount; absent: not at all. */
  readonly tolerance?: Exact;
  /** Of a reduction: the average price at which the position was opened; absent where the venue does not say, or the holding keeps none. */
  readonly entry?: Exact;
  /**
   * Share of the amount that the lender of a flash loan takes, where the message runs over one: debt repaid by selling collateral in
   * one transaction. Absent: no loan. Whoever deleverages so, an on-chain guardian among them, is a lever like any other.
   */
  readonly flashPremium?: Exact;
  /** The action for one amount; `slippage` (a share of the price, used by orders only) bounds the limit, rounded to the venue's tick. */
  act(amount: Exact, slippage: Exact): Action;
}

/** How a debt can be paid: from the wallet, with what is supplied of the same asset, or by selling collateral with or without a flash loan. */
export type RepayRoute = "wallet" | "own-supply" | "sell-collateral";

/** How much of one debt can be paid right now by one route. `most` is none, with the reason, where the route is shut. */
export interface Repayable {
  readonly debt: AssetId;
  readonly route: RepayRoute;
  /** Debt units; unknown where something that limits the route was not read, such as the depth of a market. */
  readonly most: Figure<Exact>;
  /** What binds, in one clause for people: "available WETH in the pool", "supply of the borrower". */
  readonly limit: string;
}

/**
 * One margin system: six pure functions over its own holding H and terms T, and the levers of a venue on which one can act.
 * V is what this venue does to an account, its body read: outside data is read at the door, see `bindEngine`.
 */
export interface MarginEngine<H, T, V extends VenueEffect = VenueEffect> {
  /** The liquidation units inside the holding. */
  accounts(holding: H): readonly AccountKey[];
  /** The holding at a later time at frozen prices: interest, funding where the venue's formula allows; `scene.now` is the holding's own moment. */
  advance(holding: H, to: Ms, scene: Scene<T>): H;
  /** Exact state, as the venue computes it. */
  assess(holding: H, account: AccountKey, scene: Scene<T>): Assessment;
  /** The float64 normal form of one line. */
  compile(holding: H, account: AccountKey, scene: Scene<T>, line: LineName): Compiled;
  /** What the venue would take now, step by step; empty when not liquidatable. */
  liquidate(holding: H, account: AccountKey, scene: Scene<T>, market: Market, chooser: Chooser): readonly Step<H>[];
  /** The holding after an effect, or why the venue would refuse it. */
  apply(holding: H, effect: Action | V, scene: Scene<T>): Result<H, Why>;
  /** What can be done for one account now; absent where the venue is only watched. */
  levers?(holding: H, account: AccountKey, scene: Scene<T>): readonly Lever[];
  /** The two orders, one a side, that would open one perpetual in the shared pool as a hedge; absent where none can be opened. */
  hedges?(holding: H, instrument: string, scene: Scene<T>): readonly Lever[];
  /** Orders that lie at the venue for one account; unknown where the holding was read without them. Absent where none can lie. */
  resting?(holding: H, account: AccountKey, scene: Scene<T>): Figure<readonly Resting[]>;
  /** The price that wakes an order which waits for one of a kind, where quotes do not name instruments; absent where they do. */
  wakes?(instrument: string, kind: PriceKind): QuoteKey | undefined;
  /**
   * The holding as if all it pays were charged at the worst rate the venue's rules allow, at the shortest interval; a failure
   * where a rate has no bound that is known. Absent where nothing is paid for time.
   */
  atWorstRates?(holding: H, scene: Scene<T>): Result<H, Why>;
  /** For each debt of a lending account and each route, the largest amount that can be repaid now, or why none; absent where nothing is borrowed. */
  repayable?(holding: H, account: AccountKey, scene: Scene<T>, market: Market): readonly Repayable[];
  /** What the wallet that pays for a holding has of an asset; undefined where it was not read. Absent where no wallet pays. */
  wallet?(holding: H, asset: string, scene: Scene<T>): Exact | undefined;
  /** Units of gas that an action's message usually takes, with all that has to be allowed before; absent where no chain is paid. */
  gas?(action: Action): bigint | undefined;
}
