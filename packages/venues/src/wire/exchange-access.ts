import type { Actor, DeadMan, Feed } from "@plimsoll/core/book";
import type { HoldingId } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import type { KeyPart, KeyPermission } from "./key-permission.ts";

/** What a client of one account is made of. */
export interface ClientOptions extends Readonly<Partial<Record<KeyPart, string>>> {
  /** The account, where the venue reads it by its address and no key. */
  readonly user?: string;
  /** A simulated venue on this machine instead of the real one. */
  readonly localPort?: number;
  /** The clock that signatures are dated by, ms; the machine's where it is left out. */
  readonly clock?: () => number;
}

/** What a feed of any exchange is told by its owner. */
export interface FeedSettings {
  readonly holding: HoldingId;
  /** Instruments whose terms and marks are read even while nothing is held in them. */
  readonly symbols?: readonly string[];
  /** Age at which tables, fees and modes are read again; they change a few times a month. */
  readonly termsEveryMs?: number;
}

/** A feed that also says what the venue tells of its key. */
export interface ExchangeFeed extends Feed {
  /** Unknown until a snapshot was tried. */
  readonly permission: KeyPermission;
}

/** How an account at one exchange is reached. */
export interface ExchangeAccess<C extends Exchange = Exchange> {
  /** Whether an account is read with a key, or by its public address and no key. */
  readonly readBy: "key" | "address";
  readonly client: (options: ClientOptions) => Promise<C>;
  /** What the venue says that the client's key may do. */
  readonly permission: (client: C) => Promise<KeyPermission>;
  /** Whether a timer at the venue would cancel resting orders; absent where the venue does not tell. */
  readonly deadMan?: (client: C) => Promise<DeadMan>;
  readonly feed: (client: C, settings: FeedSettings) => ExchangeFeed;
  /** Absent where this build only watches. */
  readonly actor?: (client: C) => Actor;
}

/** Closes a venue's own client type over its access: whoever holds the access makes the client by it. */
export const accessOf = <C extends Exchange>(access: ExchangeAccess<C>): ExchangeAccess =>
  access as unknown as ExchangeAccess;
