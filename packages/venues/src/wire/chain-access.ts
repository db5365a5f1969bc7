import type { Actor, Feed } from "@plimsoll/core/book";
import type { HoldingId, Result, Why } from "@plimsoll/core/units";
import type { ChainSource, WalletReach } from "@plimsoll/venues/chain";
import type { Hex, LocalAccount } from "viem";
import * as z from "zod";

/** What a config says of any account on a chain: through what it is read, whose it is, and whose wallet pays for it. */
export interface ChainOrigin extends ChainSource {
  readonly user: Hex;
  /** Left out where no key is named. */
  readonly payer?: Hex;
}

/** What a feed of any chain is told by its owner. */
export interface ChainSettings {
  readonly holding: HoldingId;
  /** Age at which what waits in queues of changes is read again; rules are read with each block. */
  readonly termsEveryMs?: number;
}

/** One account on a chain; nothing is asked of the chain yet. */
export interface ChainLine {
  readonly feed: (settings: ChainSettings) => Feed;
  /** Absent where this build only watches. */
  readonly actor?: (wallet: LocalAccount) => Actor;
  /** What the paying wallet holds and allows, else the user's own. */
  readonly reach: () => Promise<Result<WalletReach, Why>>;
}

/** How an account at a venue on chains is reached. */
export interface ChainAccess {
  /** What a config says of it beside what it says of any account on a chain. */
  readonly fields: z.ZodRawShape;
  /** @param entry the account in the config; it has passed a schema with `fields`. */
  readonly open: (origin: ChainOrigin, entry: object) => Result<ChainLine, Why>;
}

/** Closes the type of a venue's fields over its access: whoever opens an account has read it by them. */
export const chainAccess = <F extends z.ZodRawShape>(
  fields: F,
  open: (origin: ChainOrigin, entry: z.output<z.ZodObject<F>>) => Result<ChainLine, Why>,
): ChainAccess => ({ fields, open: open as ChainAccess["open"] });

const hexField = (digits: number, called: string) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${digits}}$`), `not ${called}: write 0x and ${digits} hex digits`)
    .transform((text) => text as Hex);

/** An address on a chain, as a config has it. */
export const addressField = hexField(40, "an address");
/** 32 bytes by which a contract calls something. */
export const wordField = hexField(64, "an id");
