import type { BookEvent, Holding } from "@plimsoll/core/book";
import type { Assessment, BoundEngine, Line } from "@plimsoll/core/margin";
import type { Intent, Outcome, Plan, Reserve } from "@plimsoll/core/planner";
import type { Guard, Reading, Waiting } from "@plimsoll/core/policy";
import type { Ages, Danger, Foreseen, Reach } from "@plimsoll/core/risk";
import type {
  AccountKey,
  Exact,
  Figure,
  Hash,
  HoldingId,
  Ms,
  PriceKind,
  QuoteKey,
  Result,
  VenueId,
  Why,
} from "@plimsoll/core/units";
import type { BookCover, Surroundings } from "./coverage.ts";
import type { Episode } from "./episodes.ts";
import type { BookMode } from "./mode.ts";

/** Everything that enters a turn. Inputs are journaled with their time; a replay feeds the same inputs. */
export interface Input {
  readonly seq: bigint;
  readonly at: Ms;
  /** More of the same reading follows: this is taken in, and decided on with the rest. */
  readonly more?: true;
  readonly event:
    | BookEvent
    /** Time passed and nothing else: ages grow, confirmation windows run. */
    | { readonly type: "tick" }
    /**
     * The owner's guards and reserves, whole; each version replaces the one before, but what loosens a guard only where the owner
     * confirmed it, by the guard's id, and after a wait.
     */
    | {
        readonly type: "policy";
        readonly guards: readonly Guard[];
        readonly reserves: readonly Reserve[];
        readonly confirmed?: readonly string[];
      }
    /** What the house may do from now on, and who said so. */
    | { readonly type: "mode"; readonly mode: BookMode; readonly who: string }
    /** A plan that a person was shown and confirmed by its hash. */
    | { readonly type: "act"; readonly plan: Plan; readonly who: string }
    /** What became of an intent. */
    | { readonly type: "outcome"; readonly key: string; readonly outcome: Outcome };
}

/** What a feed said of the world; all else was said by the owner, the clock or our own executor. */
export const isBookEvent = (event: Input["event"]): event is BookEvent =>
  event.type !== "tick" &&
  event.type !== "policy" &&
  event.type !== "mode" &&
  event.type !== "act" &&
  event.type !== "outcome";

export type Decision =
  /** A plan was made; in shadow this is all that happens. */
  | { readonly type: "plan"; readonly plan: Plan }
  | { readonly type: "intend"; readonly intent: Intent; readonly because: string }
  | { readonly type: "alert"; readonly episode: Hash; readonly danger: Danger; readonly why: Why };

/** Where one price kills one account: the nearest boundary on each side, each possibly none. */
export interface Boundary {
  readonly quote: QuoteKey;
  readonly kind: PriceKind;
  readonly now: number;
  readonly down?: number;
  readonly up?: number;
}

/** One account as people and doors see it; every figure was computed by the venue's engine or its form. */
export interface AccountView {
  readonly holding: HoldingId;
  readonly venue: VenueId;
  readonly rules: string;
  readonly account: AccountKey;
  readonly asOf: Ms;
  readonly danger: Danger;
  /** Why the danger word is what it is: the number that decided it, or why it is unknown. */
  readonly because: Why;
  readonly assessment?: Assessment;
  /** The line that takes the account; absent without debt or position. */
  readonly maintenance?: Line;
  readonly equity: Figure<Exact>;
  readonly boundaries: readonly Boundary[];
  /** The smallest fall or rise, as a share, of one price or of several together that reaches a boundary; absent when none does. */
  readonly distance?: number;
  /** The nearest common move of several prices, for how far such prices move; absent where none reaches a boundary. */
  readonly together?: Reach;
  /** Its last position at the prices of other venues, where its own venue is silent: a range, and whose prices they are. */
  readonly blind?: {
    readonly equity: { readonly low: Exact; readonly high: Exact };
    readonly from: readonly QuoteKey[];
  };
  /** The account under each change of its rules that is known to be coming; absent where none is. */
  readonly foreseen?: readonly Foreseen[];
}

/** What one guard read last of one account. */
export interface Watching {
  readonly guard: string;
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly reading: Reading;
  /** Since when its present episode lasts. */
  readonly episode?: Ms;
}

/** An episode of alerts, and what it is about: "holding/account/level", "holding/account/guard:id/code". */
export type Trouble = Episode & { readonly identity: string };

export interface BookView {
  readonly at: Ms;
  readonly seq: bigint;
  /** Shadow and halted protect nobody; whoever shows a book says so. */
  readonly mode: BookMode;
  readonly accounts: readonly AccountView[];
  readonly holdings: readonly Holding[];
  /** In force. */
  readonly guards: readonly Guard[];
  /** Looser versions that wait, or that nobody confirmed; absent where there are none. */
  readonly waiting?: readonly Waiting[];
  /** What each guard read last of each account that it watches. */
  readonly watching?: readonly Watching[];
  /** Troubles that are there, or were within the hour, the worst first; absent where there are none. */
  readonly troubles?: readonly Trouble[];
  readonly reserves: readonly Reserve[];
  readonly open: readonly { readonly intent: Intent; readonly outcome: Outcome }[];
}

export interface TurnPorts {
  engineOf(venue: VenueId, rules: string): BoundEngine | undefined;
  sha256(bytes: Uint8Array): Uint8Array;
  /** How old what is known may be; `defaultAges` where absent. */
  readonly ages?: Ages;
}

/** Same inputs, same decisions, same state hash. It may mutate what it owns; nobody else sees it. */
export interface Turn {
  turn(input: Input): readonly Decision[];
  hash(): Hash;
  /** Whether an `act` with this plan would be carried out now, or the number that forbids it. */
  mayAct(plan: Plan): Result<void, Why>;
  view(): BookView;
  /** What protects every position if this machine dies now. */
  coverage(around?: Surroundings): readonly BookCover[];
}
