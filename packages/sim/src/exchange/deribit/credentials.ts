import { createHmac, timingSafeEqual } from "node:crypto";
import { type Result, ok } from "@plimsoll/core/units";
import type { ApiKey } from "@plimsoll/sim/exchange";
import type { DeribitRequest } from "./request.ts";
import { type DeribitError, UNAUTHORIZED, refuse } from "./refusals.ts";

type Who = Result<ApiKey, DeribitError>;
const INVALID = refuse(13_004, "invalid_credentials");
/** A token lasts as long. @source docs.deribit.com, authentication */
const LIFE_S = 900;

const isSame = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
const isSigned = (given: string, secret: string, payload: string): boolean =>
  isSame(given, createHmac("sha256", secret).update(payload).digest("hex"));

/**
 * Who calls. The moment in a signature is not held against the venue's virtual clock: the client takes it from the machine's.
 * @source docs.deribit.com, authentication: client credentials, client signature, signed HTTP calls
 */
export class Credentials {
  readonly #keys: ReadonlyMap<string, ApiKey>;

  constructor(keys: readonly ApiKey[]) {
    this.#keys = new Map(keys.map((key) => [key.key, key]));
  }

  /** public/auth: a token and what it may do. */
  signIn(params: ReadonlyMap<string, string>): Result<{ readonly key: ApiKey; readonly said: object }, DeribitError> {
    const said = (name: string): string => params.get(name) ?? "";
    const key = this.#keys.get(said("client_id"));
    if (key === undefined) return INVALID;
    const payload = `${said("timestamp")}\n${said("nonce")}\n${said("data")}`;
    const proven =
      said("grant_type") === "client_signature"
        ? isSigned(said("signature"), key.secret, payload)
        : said("grant_type") === "client_credentials" && isSame(said("client_secret"), key.secret);
    return proven ? ok({ key, said: tokenOf(key) }) : INVALID;
  }

  /** By a token, or by a signature over time, nonce, method, target and body, a line each. */
  ofCall({ authorization, method, target, body }: DeribitRequest): Who {
    const [kind, given = ""] = authorization.split(" ");
    if (kind?.toLowerCase() === "bearer") return this.#ofToken(given);
    if (kind !== "deri-hmac-sha256") return UNAUTHORIZED;
    const parts = new Map(given.split(",").map((part) => part.split("=") as [string, string]));
    const key = this.#keys.get(parts.get("id") ?? "");
    if (key === undefined) return UNAUTHORIZED;
    const payload = `${parts.get("ts") ?? ""}\n${parts.get("nonce") ?? ""}\n${method}\n${target}\n${body}\n`;
    return isSigned(parts.get("sig") ?? "", key.secret, payload) ? ok(key) : UNAUTHORIZED;
  }

  #ofToken(token: string): Who {
    const key = [...this.#keys.values()].find((each) => isSame(token, accessTokenOf(each)));
    return key === undefined ? UNAUTHORIZED : ok(key);
  }
}

const accessTokenOf = ({ key, secret }: ApiKey): string =>
  createHmac("sha256", secret).update(`token of ${key}`).digest("hex");

const tokenOf = (key: ApiKey) => ({
  access_token: accessTokenOf(key),
  refresh_token: createHmac("sha256", key.secret).update(`refresh of ${key.key}`).digest("hex"),
  expires_in: LIFE_S,
  token_type: "bearer",
  scope: scopeOf(key),
});

/** @source docs.deribit.com/articles/access-scope */
export const scopeOf = ({ trade = true, withdraw = false }: ApiKey): string =>
  `account:read trade:${trade ? "read_write" : "read"} wallet:${withdraw ? "read_write" : "read"} block_trade:none mainaccount`;
