import { createHmac, timingSafeEqual } from "node:crypto";
import { type Result, ok } from "@plimsoll/core/units";
import { type ApiKey, type Refusal, type Request, refuse } from "@plimsoll/sim/exchange";

const unsigned = (part: string): string => part.replace(/&?signature=[^&]*/, "");

/**
 * Checks who calls: key, HMAC-SHA256 over query and body without the signature, and the timestamp against the venue's clock
 * (at most one second ahead, at most `recvWindow` behind).
 */
export function authenticate(
  request: Request,
  keys: ReadonlyMap<string, ApiKey>,
  now: number,
  signed: boolean,
): Result<ApiKey, Refusal> {
  if (request.apiKey === undefined) return refuse(-2014, "API-key format invalid.");
  const key = keys.get(request.apiKey);
  if (key === undefined) return refuse(-2015, "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1");
  if (!signed) return ok(key);
  const given = request.params.get("signature");
  if (given === undefined)
    return refuse(-1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
  const expected = createHmac("sha256", key.secret)
    .update(unsigned(request.query) + unsigned(request.body))
    .digest("hex");
  if (given.length !== expected.length || !timingSafeEqual(Buffer.from(given), Buffer.from(expected)))
    return refuse(-1022, "Signature for this request is not valid.");
  const [timestamp, window] = [
    Number(request.params.get("timestamp")),
    Number(request.params.get("recvWindow") ?? 5_000),
  ];
  if (!Number.isSafeInteger(timestamp) || timestamp <= 0)
    return refuse(-1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
  if (!(window <= 60_000)) return refuse(-1131, "recvWindow must be less than 60000.");
  if (timestamp > now + 1_000)
    return refuse(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  if (now - timestamp > window) return refuse(-1021, "Timestamp for this request is outside of the recvWindow.");
  return ok(key);
}

/** The venue's HTTP status of a refusal. */
export const statusOf = ({ code }: Refusal): number =>
  code === -2014 || code === -2015 ? 401 : code === -1008 ? 503 : 400;
