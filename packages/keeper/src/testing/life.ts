import type { Guard } from "@plimsoll/core/policy";
import { dec, holdingId, ms } from "@plimsoll/core/units";

/** One process of the kill test, from its start to its end; crosses to the child as JSON. */
export interface Life {
  readonly folder: string;
  /** Binance where it is not said. */
  readonly venue?: "bybit";
  readonly port: number;
  readonly key: string;
  readonly secret: string;
  /** The checkpoint at which it ends itself. */
  readonly killAt?: string;
  readonly clockAheadMs: number;
  readonly twist: Twist;
  /** Furthest from mark that the guard's orders may go, as decimal text. */
  readonly slippage: string;
  /** Where the journal is: the folder, or a PostgreSQL server. */
  readonly store?: string;
  /** The checkpoint at which it is frozen, until somebody thaws it. */
  readonly freezeAt?: string;
  readonly leaseMs?: number;
  /** The socket of a signer through which it acts; it acts by itself where there is none. */
  readonly signer?: string;
}

/** How the actor of one process differs from the product's: what a state of the table needs and Binance's orders never do. */
export type Twist =
  | "none"
  /** Connected to read only. */
  | "mute"
  /** Orders stay on the book instead of ending at once. */
  | "rests"
  /** No message can be made, as on a chain whose node is down. */
  | "unprepared";

export const HOLDING = holdingId("binance:me");

/** Cuts the position when health falls under 1.5, so that it is 3; urgent from the start, so that its orders go exactly as far as it says. */
export const guardOf = ({ slippage }: Life): Guard => ({
  id: "rescue",
  name: "keep the perp alive",
  scope: { holding: HOLDING },
  trigger: { when: "health", line: "maintenance", below: dec("1.5"), release: dec("2"), urgent: dec("1.5") },
  target: { want: "health", at: dec("3") },
  ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec(slippage) }],
  bounds: { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(60_000), perDay: 20 },
  mode: "armed",
});
