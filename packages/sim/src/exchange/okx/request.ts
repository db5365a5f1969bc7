import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Result, ok } from "@plimsoll/core/units";
import { type Refusal, type Request, readRequest, refuse } from "@plimsoll/sim/exchange";
import type { OkxKey, Params } from "./call.ts";

/** A call of the v5 interface: parameters in the query or a JSON body, credentials in headers. */
export interface OkxRequest extends Request {
  readonly rows: readonly Params[];
  readonly timestamp: string;
  readonly signature: string;
  readonly passphrase: string;
}

export function readOkxRequest({ method = "GET", url = "/", headers }: IncomingMessage, body: string): OkxRequest {
  const header = (name: string): string => [headers[name] ?? ""].flat().join();
  const key = header("ok-access-key");
  const request = readRequest(method, url, "", key === "" ? undefined : key);
  const rows = method === "GET" ? [request.params] : readBody(body);
  return {
    ...request,
    body,
    rows,
    params: rows[0] ?? new Map(),
    timestamp: header("ok-access-timestamp"),
    signature: header("ok-access-sign"),
    passphrase: header("ok-access-passphrase"),
  };
}

/** Fields of a JSON object, or of each object of a list, as text; what is neither has none, and misses what it must have. */
export function readBody(body: string): readonly Params[] {
  try {
    const posted: unknown = JSON.parse(body);
    return [posted]
      .flat()
      .map((row) => new Map(Object.entries(row as object).map(([name, value]) => [name, asText(value)])));
  } catch {
    return [];
  }
}
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const sign = (secret: string, payload: string): string => createHmac("sha256", secret).update(payload).digest("base64");
const isSame = (given: string, expected: string): boolean =>
  Buffer.byteLength(given) === Buffer.byteLength(expected) &&
  timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** A call may be this old, or early. @source OKX API documentation, REST authentication */
const WINDOW_MS = 30_000;

/**
 * Checks who calls: headers, time, key, passphrase, and base64 of HMAC-SHA256 over timestamp, method, path with query, and body.
 * @source OKX API documentation, REST authentication; which check comes first is assumed
 */
export function authenticate(
  request: OkxRequest,
  keys: ReadonlyMap<string, OkxKey>,
  now: number,
): Result<OkxKey, Refusal> {
  const { apiKey, timestamp, signature, passphrase, method, path, query, body } = request;
  if (apiKey === undefined) return refuse(50_103, `Request header "OK-ACCESS-KEY" cannot be empty.`);
  if (passphrase === "") return refuse(50_104, `Request header "OK-ACCESS-PASSPHRASE" cannot be empty.`);
  if (signature === "") return refuse(50_106, `Request header "OK-ACCESS-SIGN" cannot be empty.`);
  if (timestamp === "") return refuse(50_107, `Request header "OK-ACCESS-TIMESTAMP" cannot be empty.`);
  const at = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(at)) return refuse(50_112, "Invalid OK-ACCESS-TIMESTAMP");
  if (Math.abs(now - at) > WINDOW_MS) return refuse(50_102, "Timestamp request expired");
  const key = keys.get(apiKey);
  if (key === undefined) return refuse(50_111, "Invalid OK-ACCESS-KEY");
  if (!isSame(passphrase, key.passphrase)) return refuse(50_105, `Request header "OK-ACCESS-PASSPHRASE" incorrect.`);
  const payload = `${timestamp}${method}${path}${query === "" ? "" : `?${query}`}${method === "GET" ? "" : body}`;
  return isSame(signature, sign(key.secret, payload)) ? ok(key) : refuse(50_113, "Invalid Sign");
}

/**
 * Checks who logs in on a socket: key, passphrase, and the signature over its time. That time is not held against the venue's virtual
 * clock: the client takes it from the machine's.
 * @source OKX API documentation, WebSocket login; the codes from memory
 */
export function authenticateSocket(login: Params, keys: ReadonlyMap<string, OkxKey>): Result<OkxKey, Refusal> {
  const { apiKey = "", passphrase = "", timestamp = "", sign: signature = "" } = Object.fromEntries(login);
  const key = keys.get(apiKey);
  if (key === undefined) return refuse(60_005, "Invalid apiKey");
  if (!isSame(passphrase, key.passphrase)) return refuse(60_024, "Wrong passphrase");
  return isSame(signature, sign(key.secret, `${timestamp}GET/users/self/verify`))
    ? ok(key)
    : refuse(60_007, "Invalid sign");
}
