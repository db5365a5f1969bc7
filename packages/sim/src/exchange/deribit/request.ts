import type { IncomingMessage } from "node:http";
import { type Request, readRequest } from "@plimsoll/sim/exchange";

/** One call of this protocol, whichever way it came: its method without the address ("private/buy") and what it was sent with. */
export interface RpcCall {
  readonly id: unknown;
  readonly rpc: string;
  readonly params: ReadonlyMap<string, string>;
  /** Of a subscription. */
  readonly channels: readonly string[];
}
/** The same over HTTP; `target` is the path with its query, which a signature is over. */
export interface DeribitRequest extends Request, RpcCall {
  readonly authorization: string;
  readonly target: string;
}

const ROOT = "/api/v2/";

/** By GET with a query, or by POST with a JSON-RPC body; faults find both under "/api/v2/private/buy". */
export function readDeribitRequest(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: string,
): DeribitRequest {
  const request = readRequest(method, url, "", undefined);
  const posted = body === "" ? undefined : readRpc(body);
  const rpc = request.path.slice(ROOT.length) || (posted?.rpc ?? "");
  return {
    ...request,
    path: `${ROOT}${rpc}`,
    body,
    params: posted?.params ?? request.params,
    id: posted?.id,
    rpc,
    channels: [],
    authorization: headers.authorization ?? "",
    target: request.query === "" ? request.path : `${request.path}?${request.query}`,
  };
}

/** A JSON-RPC frame; undefined for what is none. */
export function readRpc(text: string): RpcCall | undefined {
  const frame = parsed(text);
  if (!isObject(frame) || typeof frame["method"] !== "string") return undefined;
  const params = isObject(frame["params"]) ? frame["params"] : {};
  const { channels } = params;
  return {
    id: frame["id"],
    rpc: frame["method"],
    params: new Map(Object.entries(params).map(([name, value]) => [name, String(value)])),
    channels: Array.isArray(channels) ? channels.map(String) : [],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** An answer in its frame; times of this protocol are microseconds. */
export function frameOf(id: unknown, body: { readonly result: unknown } | { readonly error: unknown }, now: number) {
  const us = now * 1_000;
  return { jsonrpc: "2.0", ...(id !== undefined && { id }), ...body, usIn: us, usOut: us, usDiff: 0, testnet: false };
}
