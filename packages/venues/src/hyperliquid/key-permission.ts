import { type KeyPermission, type SaidPermission, type VenueKeys, permissionOf, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { HYPERLIQUID } from "./names.ts";
import { type Client, askInfo, wireOf } from "./transport.ts";

/** A sub-account or a vault has no key of its own; an address that the venue does not know says nothing about what its key may do. */
const Answer = z.object({ role: z.enum(["user", "agent"]) });

/**
 * Reads what the address of a private key is to the venue: the wallet of a user, whose key moves everything, or an agent (API
 * wallet) that its owner approved, which trades for the owner and cannot move money away.
 * @source info request `userRole`, roles user, agent, vault, subAccount, missing; hyperliquid.gitbook.io, API wallets.
 *   An agent's end stands in another answer (`extraAgents`, `validUntil`), addresses are not bound at all.
 */
export const readPermission = (raw: unknown): KeyPermission =>
  permissionOf(HYPERLIQUID, Answer.safeParse(raw), ({ role }): SaidPermission => {
    const owns = role === "user";
    return { is: "said", trades: true, transfers: owns, withdraws: owns, ipBound: false, expires: "unknown" };
  });

/** A Hyperliquid key: the private key of an agent wallet. Reading needs none: accounts are public. */
export const keys = { parts: ["secret"], readPermission } satisfies VenueKeys;

/** Accounts are public: who reads by address holds no key that could do anything. */
const NO_KEY: SaidPermission = {
  is: "said",
  trades: false,
  transfers: false,
  withdraws: false,
  ipBound: false,
  expires: "never",
};

/** Asks what the address of the client's private key is to the venue; a client without one can do nothing. */
export async function askPermission(client: Client): Promise<KeyPermission> {
  if (client.privateKey === undefined || client.privateKey === "") return NO_KEY;
  const user = addressOf(client);
  if (user === undefined) return unsaid(HYPERLIQUID, { detail: "the secret is not the private key of a wallet" });
  const answer = await askInfo(wireOf(client), "userRole", { user });
  return answer.ok ? readPermission(answer.value) : unsaid(HYPERLIQUID, answer.failure.facts);
}

/** The library throws on what is no key. */
function addressOf(client: Client): string | undefined {
  try {
    return client.ethGetAddressFromPrivateKey(client.privateKey);
  } catch {
    return undefined;
  }
}
