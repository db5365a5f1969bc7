import type { Action } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  accountKey,
  assetId,
  canonical,
  exact,
  fail,
  holdingId,
  ms,
  ok,
  venueId,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";

/** Amounts are whole digits above 0 and a scale; a sign, an exponent or a point is not in the grammar. */
const amount = z
  .strictObject({ digits: z.string().regex(/^[0-9]{1,77}$/), scale: z.int().min(0).max(36) })
  .transform(({ digits, scale }): Exact => exact(BigInt(digits), scale))
  .refine(({ digits }) => digits > 0n, "an amount is above 0");
const name = z.string().min(1).max(200);
const side = z.enum(["buy", "sell"]);
const trigger = z.strictObject({
  kind: z.enum(["mark", "index", "oracle", "last", "next-oracle"]),
  when: z.enum(["at-or-below", "at-or-above"]),
  at: amount,
});

/** All that can be asked for. There is no word for a withdrawal, an address or a message of one's own. */
const action = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.enum(["supply", "repay"]),
    asset: name.transform(assetId),
    amount,
    account: name.transform(accountKey).exactOptional(),
  }),
  z.strictObject({
    do: z.literal("order"),
    ...{ instrument: name, side, size: amount, limit: amount },
    reduceOnly: z.boolean(),
    hedges: name.exactOptional(),
  }),
  z.strictObject({
    do: z.literal("stop"),
    ...{ instrument: name, side, size: z.union([amount, z.literal("all")]), trigger },
    limit: amount.exactOptional(),
  }),
  z.strictObject({ do: z.literal("cancel"), order: name }),
  z.strictObject({
    do: z.literal("move-margin"),
    ...{ from: name.transform(accountKey), to: name.transform(accountKey), asset: name.transform(assetId), amount },
  }),
]);
export type Asked = z.output<typeof action>;

const holding = z.strictObject({
  id: name.transform(holdingId),
  venue: name.transform(venueId),
  rules: name,
  market: name.exactOptional(),
  asOf: z.number().transform(ms),
  /** Read by the venue's own reader, which refuses what it does not know. */
  body: z.unknown(),
});
/** The intent's key and the suffix of a slice. */
const key = z.string().regex(/^[\x21-\x7e]{1,80}$/);
const id = z.int().min(0);
const sealed = {
  id,
  holding: name.transform(holdingId),
  key,
  reference: name,
  wire: z.string().max(1_000_000),
  seal: z.string().regex(/^[0-9a-f]{64}$/),
};

const request = z.discriminatedUnion("call", [
  z.strictObject({ call: z.literal("rules"), id, holding: name.transform(holdingId) }),
  z.strictObject({ call: z.literal("prepare"), id, key, holding, action, feeCap: amount.exactOptional() }),
  z.strictObject({ call: z.literal("send"), ...sealed }),
  z.strictObject({ call: z.literal("query"), ...sealed }),
  z.strictObject({ call: z.literal("hasten"), ...sealed }),
]);
export type Request = z.output<typeof request>;
export type PrepareRequest = Extract<Request, { call: "prepare" }>;
export type RulesRequest = Extract<Request, { call: "rules" }>;
export type SealedRequest = Exclude<Request, PrepareRequest | RulesRequest>;

/** Reads one line; whatever is not exactly in the grammar is no request. */
export const readRequest = (line: string): Result<Request, Why> => within(request.safeParse(parsed(line)));

/** The same of an action that is not written yet. */
export const readAsked = (wanted: Action): Result<Asked, Why> => within(action.safeParse(parsed(canonical(wanted))));

function within<T>(read: z.ZodSafeParseResult<T>): Result<T, Why> {
  if (read.success) return ok(read.data);
  const detail = z.prettifyError(read.error).slice(0, 300);
  return fail(
    why("signer/not-in-grammar", { detail, next: "ask for reduce, stop, cancel, repay, supply or a margin move" }),
  );
}

/** The number of a line that is no request, so that its sender hears of it; -1 where it has none. */
export function idOf(line: string): number {
  const read = z.object({ id }).safeParse(parsed(line));
  return read.success ? read.data.id : -1;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
