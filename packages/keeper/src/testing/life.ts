import type { Guard } from "@plimsoll/core/policy";
import { dec, holdingId, ms } from "@plimsoll/core/units";
import type { ClientOptions } from "@plimsoll/venues/wire";

/** Exchanges at which a keeper can act. */
export type VenueName = "binance" | "bybit" | "okx" | "hyperliquid" | "deribit";

/** One process of the kill test, from its start to its end; crosses to the child as JSON. */
export interface Life {
  readonly folder: string;
  readonly venue: VenueName;
  readonly port: number;
  /** Who it is there. */
  readonly login: Pick<ClientOptions, "user" | "key" | "secret" | "passphrase">;
  /** What it holds, by the venue's name. */
  readonly instrument: string;
  readonly keeps: Keeps;
  /** The kind of price that wakes its stop. */
  readonly follows: "mark" | "index";
  /** The checkpoint at which it ends itself. */
  readonly killAt?: string;
  readonly clockAheadMs: number;
  readonly twist: Twist;
  /** Furthest from mark that the guard's orders may go, as decimal text. */
  readonly slippage: string;
  /** Where the journal is: the folder, or a PostgreSQL server. */
  readonly store: string;
  /** The checkpoint at which it is frozen, until somebody thaws it. */
  readonly freezeAt?: string;
  readonly leaseMs?: number;
  /** The socket of a signer through which it acts; it acts by itself where there is none. */
  readonly signer?: string;
}

/** What the guard keeps: health, by an order that goes out; or a stop that lies at the venue. */
export type Keeps = "health" | "stop";

/** How the actor of one process differs from the product's: what a state of the table needs and Binance's orders never do. */
export type Twist =
  | "none"
  /** Connected to read only. */
  | "mute"
  /** Orders stay on the book instead of ending at once. */
  | "rests"
  /** No message can be made, as on a chain whose node is down. */
  | "unprepared";

export const HOLDING = holdingId("trial:me");

const bounds = { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(60_000), perDay: 20 };

export const guardOf = ({ keeps, instrument, slippage, follows }: Life): Guard =>
  keeps === "health" ? rescue(instrument, slippage) : standing(instrument, follows);

/** Cuts the position when health falls under 1.5, so that it is 3; urgent from the start, so that its orders go exactly as far as it says. */
const rescue = (instrument: string, slippage: string): Guard => ({
  id: "rescue",
  name: "keep the perp alive",
  scope: { holding: HOLDING },
  trigger: { when: "health", line: "maintenance", below: dec("1.5"), release: dec("2"), urgent: dec("1.5") },
  target: { want: "health", at: dec("3") },
  ladder: [{ use: "reduce", instrument, slippage: dec(slippage) }],
  bounds,
  mode: "armed",
});

/** Keeps a stop a twentieth before the liquidation, and does nothing else. */
const standing = (instrument: string, kind: Life["follows"]): Guard => ({
  id: "standing",
  name: "a stop that stays",
  scope: { holding: HOLDING },
  trigger: { when: "health", line: "maintenance", below: dec("1.05"), release: dec("1.1"), urgent: dec("1.02") },
  target: { want: "notice" },
  ladder: [],
  stops: [{ instrument, kind, place: { before: dec("0.05") } }],
  bounds,
  mode: "armed",
});
