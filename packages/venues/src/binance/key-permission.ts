import { ms } from "@plimsoll/core/units";
import { type KeyPermission, type VenueKeys, permissionOf, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Client, type Wire, wireOf } from "./transport.ts";
import { BINANCE } from "./written.ts";

const Restrictions = z.object({
  enableWithdrawals: z.boolean(),
  enableFutures: z.boolean().optional(),
  enableInternalTransfer: z.boolean().optional(),
  permitsUniversalTransfer: z.boolean().optional(),
  ipRestrict: z.boolean().optional(),
  tradingAuthorityExpirationTime: z.number().int().positive().optional(),
});

/**
 * Reads the answer about a key; what is not a plain yes or no stays unknown.
 * @source GET /sapi/v1/account/apiRestrictions; the documentation names no expiry of a key bound to addresses, so none is claimed.
 */
export const readPermission = (raw: unknown): KeyPermission =>
  permissionOf(BINANCE, Restrictions.safeParse(raw), (said) => ({
    is: "said",
    trades: said.enableFutures ?? "unknown",
    transfers: either(said.enableInternalTransfer, said.permitsUniversalTransfer),
    withdraws: said.enableWithdrawals,
    ipBound: said.ipRestrict ?? "unknown",
    expires: said.tradingAuthorityExpirationTime === undefined ? "unknown" : ms(said.tradingAuthorityExpirationTime),
  }));

/** Yes where one says yes, no where both say no. */
function either(one: boolean | undefined, other: boolean | undefined): boolean | "unknown" {
  if (one === true || other === true) return true;
  return one === undefined || other === undefined ? "unknown" : false;
}

/** A Binance key: the API key and its secret. */
export const keys = { parts: ["key", "secret"], readPermission } satisfies VenueKeys;

/** Asks what the client's key may do. */
export async function askPermission(wire: Wire): Promise<KeyPermission> {
  const answer = await wire.call((each) => each.sapiGetAccountApiRestrictions(), { weight: 1, purpose: "read" });
  if (answer.ok) return readPermission(answer.value);
  const { status, code, message } = answer.failure;
  return unsaid(BINANCE, { status: `${status ?? "none"}`, code: `${code ?? "none"}`, detail: message });
}

/** The same for a client that nothing else is done with. */
export const askKey = (client: Client): Promise<KeyPermission> => askPermission(wireOf(client));
