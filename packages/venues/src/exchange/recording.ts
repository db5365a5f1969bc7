import type { Exchange } from "ccxt";
import * as z from "zod";

/** One call and its answer as the venue gave it, without anything secret: what a recording has a line of. */
const Call = z.object({
  at: z.number().int(),
  method: z.string(),
  /** Host and path. */
  to: z.string(),
  /** Parameters of query or body, sorted, without keys, signatures and times. */
  params: z.string(),
  status: z.number().int(),
  body: z.string(),
});
export type RecordedCall = z.infer<typeof Call>;

/** Parameters that sign, date or number a call: secret, or other each time. */
const NOT_KEPT = new Set([
  ...["signature", "sign", "timestamp", "recvWindow", "nonce", "api_key", "apiKey"],
  ...["client_id", "client_secret", "grant_type", "data", "id"],
]);
/** Answers that open something by themselves or repeat the key that asked, and names of people: a recording is handed on. */
const SECRET_ANSWERS =
  /("(?:access_token|refresh_token|listenKey|apiKey|secret|email|username|system_name)"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** Writes every answer that a client gets from now on; keys, signatures and tokens are not in it. */
export function recordCalls(client: Exchange, write: (call: RecordedCall) => void): void {
  const send: typeof fetch = fetch;
  client.fetchImplementation = async (url: string, options: RequestInit) => {
    const response = await send(url, options);
    const body = (await response.text()).replace(SECRET_ANSWERS, '$1"not recorded"');
    write({ at: client.nonce(), ...askedOf(url, options), status: response.status, body });
    return new Response(body, { status: response.status, headers: { "content-type": "application/json" } });
  };
}

/**
 * Answers a client's calls from a recording instead of the network: equal calls get their answers in the order of the
 * recording, the last one again and again. The client's clock stands where the recording began.
 */
export function replayCalls(client: Exchange, calls: readonly RecordedCall[]): void {
  const left = new Map<string, RecordedCall[]>();
  for (const call of calls) left.set(nameOf(call), [...(left.get(nameOf(call)) ?? []), call]);
  const [first] = calls;
  if (first !== undefined) client.nonce = () => first.at;
  // a recording has no limits to keep
  client.enableRateLimit = false;
  client.fetchImplementation = async (url: string, options: RequestInit) => {
    const asked = askedOf(url, options);
    const answers = left.get(nameOf(asked)) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error(`not in the recording: ${nameOf(asked)}`);
    return new Response(answer.body, { status: answer.status, headers: { "content-type": "application/json" } });
  };
}

/** Reads a recording, one call a line. @throws with the line's number where one is damaged. */
export function readRecording(text: string): readonly RecordedCall[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const parsed = Call.safeParse(parsedJson(line));
    if (!parsed.success) throw new Error(`line ${index + 1} of the recording: ${z.prettifyError(parsed.error)}`);
    return [parsed.data];
  });
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const nameOf = ({ method, to, params }: Pick<RecordedCall, "method" | "to" | "params">): string =>
  `${method} ${to} ${params}`;

function askedOf(url: string, { method = "GET", body }: RequestInit): Pick<RecordedCall, "method" | "to" | "params"> {
  const { host, hostname, pathname, searchParams } = new URL(url);
  // a simulated venue has the real host as its first path segment, see wire/local-venue.ts
  const to = hostname === "127.0.0.1" ? pathname.slice(1) : `${host}${pathname}`;
  const query = [...searchParams].filter(([name]) => !NOT_KEPT.has(name));
  return { method, to, params: [...query.map(String), ...bodyOf(body)].toSorted().join("&") };
}

function bodyOf(body: RequestInit["body"]): readonly string[] {
  if (typeof body !== "string" || body === "") return [];
  const json = parsedJson(body);
  const fields = typeof json === "object" && json !== null ? Object.entries(json) : [...new URLSearchParams(body)];
  return fields.filter(([name]) => !NOT_KEPT.has(name)).map(([name, value]) => `${name},${JSON.stringify(value)}`);
}
