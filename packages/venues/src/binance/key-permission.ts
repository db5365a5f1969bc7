import { type Result, type Why, ms } from "@plimsoll/core/units";
import { type KeyPermission, type VenueKeys, permissionOf, refuseWithdrawals, unsaid } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Client, call } from "./transport.ts";
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
export const keys: VenueKeys = { parts: ["key", "secret"], readPermission };

/** Asks what the client's key may do. */
export async function askPermission(client: Client): Promise<KeyPermission> {
  const answer = await call(client, (each) => each.sapiGetAccountApiRestrictions());
  if (answer.ok) return readPermission(answer.value);
  const { status, code, message } = answer.failure;
  return unsaid(BINANCE, { status: `${status ?? "none"}`, code: `${code ?? "none"}`, detail: message });
}

/** What the venue says of one client's key: asked until it says something, unknown until then. */
export class KeyCheck {
  readonly #client: Client;
  #permission: KeyPermission = unsaid(BINANCE, { detail: "the venue was not asked yet" });

  constructor(client: Client) {
    this.#client = client;
  }

  get permission(): KeyPermission {
    return this.#permission;
  }

  /** Refuses a key that can withdraw; one of which nothing is known passes. */
  async allowed(): Promise<Result<void, Why>> {
    if (this.#permission.is === "unknown") this.#permission = await askPermission(this.#client);
    return refuseWithdrawals(BINANCE, this.#permission);
  }
}
