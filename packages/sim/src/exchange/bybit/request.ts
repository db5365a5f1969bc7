import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Result, ok } from "@plimsoll/core/units";
import { type ApiKey, type Refusal, type Request, readRequest, refuse } from "@plimsoll/sim/exchange";

/** A call of the v5 interface: parameters in the query or a JSON body, credentials in headers. */
export interface BybitRequest extends Request {
  readonly timestamp: string;
  readonly recvWindow: string;
  readonly signature: string;
}

export function readBybitRequest({ method = "GET", url = "/", headers }: IncomingMessage, body: string): BybitRequest {
  const header = (name: string): string => [headers[name] ?? ""].flat().join();
  const key = header("x-bapi-api-key");
  const request = readRequest(method, url, "", key === "" ? undefined : key);
  return {
    ...request,
    body,
    params: method === "GET" ? request.params : readBody(body),
    timestamp: header("x-bapi-timestamp"),
    recvWindow: header("x-bapi-recv-window"),
    signature: header("x-bapi-sign"),
  };
}

/** Fields of a JSON body as text; what is no JSON object has none, and misses what it must have. */
function readBody(body: string): ReadonlyMap<string, string> {
  try {
    const fields: unknown = JSON.parse(body);
    if (typeof fields !== "object" || fields === null) return new Map();
    return new Map(Object.entries(fields).map(([name, value]) => [name, String(value)]));
  } catch {
    return new Map();
  }
}

const hmac = (secret: string, payload: string): string => createHmac("sha256", secret).update(payload).digest("hex");
const isSame = (given: string, expected: string): boolean =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));

/** A window that was not sent. @source bybit-exchange.github.io/docs/v5/guide */
const WINDOW_MS = 5_000;

/**
 * Checks who calls: key, time (`server - window <= timestamp < server + 1000`), HMAC-SHA256 over timestamp, key, window and the query or body.
 * @source bybit-exchange.github.io/docs/v5/guide, authentication; which check comes first is assumed
 */
export function authenticate(
  request: BybitRequest,
  keys: ReadonlyMap<string, ApiKey>,
  now: number,
): Result<ApiKey, Refusal> {
  const { apiKey, timestamp, recvWindow, signature, method } = request;
  if (apiKey === undefined) return refuse(10_007, "User authentication failed.");
  const key = keys.get(apiKey);
  if (key === undefined) return refuse(10_003, "API key is invalid.");
  const [at, window] = [Number(timestamp), recvWindow === "" ? WINDOW_MS : Number(recvWindow)];
  if (!Number.isSafeInteger(at) || at >= now + 1_000 || !(at >= now - window))
    return refuse(
      10_002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${window}]`,
    );
  const payload = `${timestamp}${apiKey}${recvWindow}${method === "GET" ? request.query : request.body}`;
  if (!isSame(signature, hmac(key.secret, payload)))
    return refuse(10_004, "error sign! please check your signature generation algorithm.");
  return ok(key);
}

/**
 * Checks who opens a private stream: key, and HMAC-SHA256 over "GET/realtime" and the moment until which it holds. That moment is not
 * held against the venue's virtual clock: the client takes it from the machine's.
 */
export function authenticateSocket(
  [apiKey, expires, signature]: readonly unknown[],
  keys: ReadonlyMap<string, ApiKey>,
): ApiKey | undefined {
  const key = keys.get(String(apiKey));
  if (key === undefined) return undefined;
  return isSame(String(signature), hmac(key.secret, `GET/realtime${String(expires)}`)) ? key : undefined;
}
