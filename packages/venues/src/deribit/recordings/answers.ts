import type { RecordedCall } from "@plimsoll/venues/exchange";

/** Answers by call, "get_positions currency,any": text is the whole answer, all else the result in its frame. */
export type Answers = Readonly<Record<string, unknown>>;

/** The frame that the venue puts around every result. */
export const frame = (result: unknown, at = 0) => ({
  jsonrpc: "2.0",
  result,
  usIn: at * 1000,
  usOut: at * 1000 + 300,
  usDiff: 300,
});

/** A call and its answer at a moment. */
export const callOf = ([name, answer]: readonly [string, unknown], at: number): RecordedCall => {
  const [path = "", params = ""] = name.split(" ");
  const body = typeof answer === "string" ? answer : JSON.stringify(frame(answer, at));
  const status = body.includes('"error"') ? 400 : 200;
  return { at, method: "GET", to: `www.deribit.com/api/v2/${path}`, params, status, body };
};

/** A JSON-RPC error; it comes with status 400. */
export const refusal = (code: number, message: string) =>
  JSON.stringify({ jsonrpc: "2.0", error: { message, data: { reason: "not today" }, code }, usIn: 1, usOut: 2 });
