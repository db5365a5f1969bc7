import { type KeyPermission, type SaidPermission, type VenueKeys, permissionOf, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { OKX } from "./written.ts";

const Answer = z.object({
  code: z.literal("0"),
  data: z
    .array(
      z.object({
        /** Comma-separated; another word than these is not understood, hence refused. */
        perm: z
          .string()
          .transform((text) => text.split(",").map((word) => word.trim()))
          .pipe(z.array(z.enum(["read_only", "trade", "withdraw"])).min(1)),
        /** Comma-separated addresses; empty where any address may call. */
        ip: z.string().optional(),
      }),
    )
    .length(1),
});

/**
 * Reads the answer about the key that asks.
 * @source GET /api/v5/account/config, fields `perm` and `ip`; the permission to trade covers transfers between own accounts.
 *   The answer names no end.
 */
export const readPermission = (raw: unknown): KeyPermission =>
  permissionOf(OKX, Answer.safeParse(raw), ({ data: [config] }): SaidPermission => {
    const { perm = [], ip } = config ?? {};
    const may = new Set<string>(perm);
    return {
      is: "said",
      trades: may.has("trade"),
      transfers: may.has("trade") || may.has("withdraw"),
      withdraws: may.has("withdraw"),
      ipBound: ip === undefined ? "unknown" : ip !== "",
      expires: "unknown",
    };
  });

/** An OKX key: the API key, its secret, and the passphrase chosen with it. */
export const keys = { parts: ["key", "secret", "passphrase"], readPermission } satisfies VenueKeys;

/** Asks what the client's key may do. */
export async function askPermission(wire: Wire): Promise<KeyPermission> {
  const answer = await wire.call((each) => each.privateGetAccountConfig(), { weight: 1, purpose: "read" });
  if (answer.ok) return readPermission(answer.value);
  const { status, code, message } = answer.failure;
  return unsaid(OKX, { status: `${status ?? "none"}`, code: `${code ?? "none"}`, detail: message });
}

/** The same for a client that nothing else is done with. */
export const askKey = (client: Client): Promise<KeyPermission> => askPermission(wireOf(client));
