import type { Flow } from "@plimsoll/core/book";
import type { Result, Why } from "@plimsoll/core/units";
import type { Abi, PublicClient, TransactionReceipt } from "viem";
import type { Signed } from "./message.ts";
import type { NonceLane } from "./nonce-lane.ts";

/** What this process remembers of a message under way; after a restart it is asked for, and the flight begins anew. */
export interface Flight {
  /** Of the intent; not known after a restart. */
  readonly key?: string;
  /** Which variant went out last. */
  variant: number;
  /** Block at which it did. */
  since?: bigint;
  /** Until when only the relay has it. */
  privateUntil?: number;
  /** Everybody was told since. */
  isPublic?: boolean;
}

/** Through what messages go and are asked about, and how a venue's contracts are understood. */
export interface Line {
  /** What operators confirm: all that decides. */
  readonly reader: PublicClient;
  /** Every operator: all of them are sent to, any of them may know what waits. */
  readonly operators: readonly PublicClient[];
  readonly relay?: { readonly client: PublicClient; readonly publicAfterMs: number | "never" };
  /** Blocks, the transaction's own included, until it counts as done. */
  readonly confirmations: number;
  /** Blocks after which a message waits too long. */
  readonly patience: bigint;
  /** Errors that the venue's contracts raise. */
  readonly errors: Abi;
  /** What moved, from the contracts' own events; or why they cannot be read now. */
  readonly flowsOf: (action: Signed, receipt: TransactionReceipt) => Promise<Result<readonly Flow[], Why>>;
  readonly lane: NonceLane;
  /** By reference. */
  readonly flights: Map<string, Flight>;
  /** Milliseconds, rising. */
  readonly now: () => number;
}

export function flightOf({ flights }: Line, reference: string): Flight {
  const flight = flights.get(reference) ?? { variant: 0 };
  flights.set(reference, flight);
  return flight;
}
