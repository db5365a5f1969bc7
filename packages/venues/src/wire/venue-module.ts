import type { BookEvent, Terms } from "@plimsoll/core/book";
import type { BoundEngine } from "@plimsoll/core/margin";
import type { HoldingId, Ms, Result, VenueId, Why } from "@plimsoll/core/units";
import type * as z from "zod";
import type { ChainAccess } from "./chain-access.ts";
import type { ExchangeAccess } from "./exchange-access.ts";
import type { VenueKeys } from "./key-permission.ts";

/** What a venue's folder offers to the rest of the house; `venues/src/index.ts` lists them, one line a venue. */
export interface VenueModule {
  readonly id: VenueId;
  /** Rule sets that the engine models, newest first. */
  readonly rules: readonly string[];
  readonly engine: BoundEngine;
  /** Documents shipped with the code, newest first; newer ones come from the venue at run time. */
  readonly terms: readonly Terms<unknown>[];
  /** How a person writes an account of this venue in a book file; also published as JSON Schema. */
  readonly written: z.ZodType;
  /**
   * Events of a written account (terms, prices, holding): `entry` has passed `written`. An unknown symbol, a missing tier
   * or a wrong unit is a failure whose facts name `path` (of the field inside the entry, joined by "."), `value` and `next`.
   */
  readWritten(entry: unknown, id: HoldingId, at: Ms): Result<readonly BookEvent[], Why>;
  /** Absent where no key of this venue can be kept yet. */
  readonly keys?: VenueKeys;
  /** Absent where accounts are only written, or read on a chain. */
  readonly exchange?: ExchangeAccess;
  /** Absent where accounts are only written, or read at an exchange. */
  readonly chain?: ChainAccess;
}
