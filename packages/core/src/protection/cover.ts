import type { DeadMan, VenueState } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import {
  type AccountKey,
  type AssetId,
  type Exact,
  type Figure,
  type Ms,
  type QuoteKey,
  type Why,
  DAY_MS,
  dec,
  ms,
} from "@plimsoll/core/units";

/** What protects a position when this machine dies now: nothing else counts. */
export type Shield =
  | { readonly is: "stop"; readonly order: string; readonly trigger: Exact; readonly size: Exact | "all" }
  | { readonly is: "permission"; readonly executor: string; readonly until: Ms };

/** The most that is lost while prices do not jump farther through a trigger than `gap`. */
export interface GapBound {
  /** Share of the trigger. */
  readonly gap: Exact;
  readonly quote: QuoteKey;
  readonly side: "buy" | "sell";
  /** The trigger that is reached last. */
  readonly trigger: Exact;
  /** The worst price within the gap: beyond it the bound is exceeded. */
  readonly price: Exact;
  /** In the account's unit, fees included, other coins standing still; unknown where the engine cannot say. */
  readonly loss: Figure<Exact>;
  /** The gap reaches the liquidation: then the loss is all that the account has. */
  readonly reachesLiquidation: boolean;
}

/** One position, or an account that owes: what protects it now, what does not and why, and what can be lost. */
export interface Cover {
  readonly account: AccountKey;
  /** What the money is counted in. */
  readonly unit: AssetId;
  /** Absent for an account that owes and holds no position. */
  readonly instrument?: string;
  readonly size?: Exact;
  readonly by: readonly Shield[];
  /** What counts as nothing, and why. */
  readonly notBy: readonly Why[];
  /** What is taken for granted and was not read. */
  readonly assumes: readonly Why[];
  /** How long nothing acts: 0 where the whole position is covered, else until a person comes. */
  readonly unprotectedMs: Ms;
  /** What can be lost in that time: the bound where it is covered, else all that the account has. */
  readonly atRisk: Figure<Exact>;
  readonly bound?: GapBound;
}

/** Somebody else may act for an account on its chain. */
export interface Permission {
  readonly account: AccountKey;
  readonly executor: string;
  /** An executor that its owner runs dies with its machine. */
  readonly isOwners: boolean;
  /** When it last acted, or was seen to be able to; absent: never. */
  readonly provedAt?: Ms;
  readonly expires: Ms;
}

/** Around the account at this moment. */
export interface Circumstances {
  /** What the venue does with orders; absent where nothing was said. */
  readonly orders?: VenueState;
  /** Whether the reading is newer than the venue's last halt and the loss of its feed. */
  readonly isSeenSince: boolean;
  /** Whether a timer at the venue cancels what lies there; what is unknown was not armed by us, and is said. */
  readonly deadMan: DeadMan["is"];
  readonly permissions: readonly Permission[];
  /** Guards of the account: they act from this machine, or, in shadow, not at all. */
  readonly guards: readonly Guard[];
  /** What else is known not to protect: a key that ended, a keeper that waits for its passphrase. */
  readonly others?: readonly Why[];
}

export interface CoverSettings {
  /** How far a price may jump through a trigger before the bound is void, as a share. */
  readonly gap: Exact;
  /** How long until a person comes. */
  readonly personMs: Ms;
  /** A permission counts this long after its executor proved itself. */
  readonly provedMs: Ms;
}
/** A gap of 5 %; a person within a day; each executor proves itself monthly. */
export const coverDefaults: CoverSettings = { gap: dec("0.05"), personMs: ms(DAY_MS), provedMs: ms(31 * DAY_MS) };
