import type { KeyParts } from "@plimsoll/keeper";
import { keyName } from "@plimsoll/keeper";
import type { KeyPart, KeyUse } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type SecretSource, secretSource } from "./secrets.ts";

/** Where one key is: the name it has in the key store, or the place of each of its parts. */
export type KeyRef = string | { readonly [Part in keyof KeyParts]?: SecretSource | undefined };
export type AccountKeys = { readonly [Use in KeyUse]?: KeyRef | undefined };

const keyRef = <S extends z.ZodRawShape>(parts: S) =>
  z.union([keyName, z.strictObject(parts)], {
    error: `not a key: write the name of one in the key store, or { ${Object.keys(parts)
      .map((part) => `${part}: { env: VARIABLE }`)
      .join(", ")} }`,
  });

const walletKey = keyRef({ secret: secretSource });

const partsOf = (parts: readonly KeyPart[]) => keyRef(Object.fromEntries(parts.map((part) => [part, secretSource])));

/** One key for each use: what reads need not be able to trade. */
export const exchangeKeys = (parts: readonly KeyPart[]) =>
  z.strictObject({
    read: partsOf(parts).describe("key that reads; nothing else is asked with it"),
    ...sendingKeys(parts),
  });

/** Keys at a venue that is read by its address: none is needed for that. */
export const publicKeys = (parts: readonly KeyPart[]) => z.strictObject(parts.length === 0 ? {} : sendingKeys(parts));

const sendingKeys = (parts: readonly KeyPart[]) => ({
  trade: partsOf(parts).optional().describe("key that sends; without it the account is watched only"),
  transfer: partsOf(parts).optional().describe("key that moves money between accounts; audited, used by nothing yet"),
});

/** Keys where nothing can be sent yet: what is on a chain is read without one. */
export const noKeys = z.strictObject({});

/** What is on a chain is read without a key. */
export const walletKeys = z.strictObject({
  trade: walletKey
    .optional()
    .describe("private key of the wallet that repays and supplies; without it the account is watched only"),
});
