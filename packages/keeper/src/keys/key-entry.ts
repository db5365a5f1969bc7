import { createHash } from "node:crypto";
import { type Ms, canonical, ms } from "@plimsoll/core/units";
import { type KeyPart, type KeyUse, keyUses } from "@plimsoll/venues/wire";
import * as z from "zod";

export type KeyParts = Readonly<Partial<Record<KeyPart, string | undefined>>>;

/** One key of the store: whose it is, what for, and its secret parts. */
export interface KeyEntry {
  readonly name: string;
  readonly venue: string;
  readonly use: KeyUse;
  readonly added: Ms;
  readonly parts: KeyParts;
}

/** What may be shown of a key. */
export type KeyLabel = Omit<KeyEntry, "parts"> & { readonly fingerprint: string };

/** Names as people type them: a letter or digit first, then also "-", "_" and ".". */
export const keyName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "not a key's name: write letters, digits, '-', '_' and '.', for example desk-read",
  );

const part = z.string().min(1);
const Entry = z.strictObject({
  name: keyName,
  venue: z.string().min(1),
  use: z.enum(keyUses),
  added: z.number().int().positive().transform(ms),
  parts: z.strictObject({ key: part.optional(), secret: part.optional(), passphrase: part.optional() }),
});

/** The store's content before it is encrypted. */
export const KeyFile = z.strictObject({ plimsoll: z.literal("keys/1"), keys: z.array(Entry) });

export const keyFileText = (keys: readonly KeyEntry[]): string => canonical({ plimsoll: "keys/1", keys });

/** Eight bytes of SHA-256 over the secret parts, as hex: tells two keys apart, and two stores' copies of one key together. */
export const keyFingerprint = (parts: KeyParts): string =>
  createHash("sha256")
    .update(`plimsoll key\n${canonical(parts)}`)
    .digest("hex")
    .slice(0, 16);

export const labelOf = ({ parts, ...label }: KeyEntry): KeyLabel => ({ ...label, fingerprint: keyFingerprint(parts) });
