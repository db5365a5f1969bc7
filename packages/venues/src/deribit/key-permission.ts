import { type KeyPermission, type SaidPermission, type VenueKeys, permissionOf, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { DERIBIT } from "./written.ts";

/** The areas that decide, each `none`, `read` or `read_write`; one that is not named is none. */
const area = /^(account|trade|wallet|block_trade|block_rfq):(none|read|read_write)$/;
const areaLike = /^(account|trade|wallet|block_trade|block_rfq)\b/;

/** Words as the venue sends them, separated by blanks. */
const scope = z.string().transform((text, context) => {
  const words = text.split(" ").filter((word) => areaLike.test(word));
  const odd = words.find((word) => !area.test(word));
  if (odd === undefined && words.length > 0) return new Set(words);
  context.addIssue({ code: "custom", message: `"${odd ?? text}" is no access scope` });
  return z.NEVER;
});
const Answer = z.object({ result: z.object({ scope }) });

/**
 * Reads the answer to the sign-in: what its token may do. Whoever has the key may ask for as much as the key allows, so the
 * sign-in asks for no scope of its own.
 * @source public/auth, docs.deribit.com/articles/access-scope: `wallet:read_write` withdraws and transfers, `account:read_write`
 *   changes settings and keys, `trade:read_write` and `block_trade:read_write` trade. The answer names no addresses and no end.
 */
export const readPermission = (raw: unknown): KeyPermission =>
  permissionOf(DERIBIT, Answer.safeParse(raw), ({ result }): SaidPermission => {
    const writes = (name: string) => result.scope.has(`${name}:read_write`);
    return {
      is: "said",
      trades: writes("trade") || writes("block_trade") || writes("block_rfq"),
      transfers: writes("wallet"),
      withdraws: writes("wallet"),
      ipBound: "unknown",
      expires: "unknown",
    };
  });

/** A Deribit key: client id and client secret. */
export const keys = { parts: ["key", "secret"], readPermission } satisfies VenueKeys;

/** Asks the venue what a client's key may do, by a signed sign-in: the secret itself stands in no address. */
export async function askPermission(wire: Wire): Promise<KeyPermission> {
  const signed = await signature(wire.client);
  const answer = await wire.call((each) => each.publicGetAuth(signed), { weight: 1, purpose: "read" });
  if (answer.ok) return readPermission(answer.value);
  const { status, code, message } = answer.failure;
  return unsaid(DERIBIT, { status: `${status ?? "none"}`, code: `${code ?? "none"}`, detail: message });
}

/** The same for a client that nothing else is done with. */
export const askKey = (client: Client): Promise<KeyPermission> => askPermission(wireOf(client));

/** HMAC-SHA256 of time, nonce and data, a line each. @source public/auth, grant type client_signature */
async function signature(client: Client) {
  const timestamp = `${client.nonce()}`;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(client.secret), algorithm, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, bytes(`${timestamp}\n${timestamp}\n`));
  return {
    grant_type: "client_signature",
    client_id: client.apiKey,
    timestamp,
    nonce: timestamp,
    data: "",
    signature: Array.from(new Uint8Array(signed), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}
