import type { Action, Actor, Prepared, Reply } from "@plimsoll/core/book";
import { type PriceKind, type Result, type Why, canonical, fail, invariant, ok, why } from "@plimsoll/core/units";
import type { KeyPermission } from "@plimsoll/venues/wire";
import type * as z from "zod";
import { KeyCheck } from "./key-check.ts";

/** One kind of message; `call` names it in the journal. */
interface Named {
  readonly call: string;
}

/** A message and the id by which the venue knows it, or that names it where the venue keeps none. */
export interface Draft<M> {
  readonly reference: string;
  readonly message: M;
}

/** How one kind of message goes out, and how the venue is asked what became of it; what a call throws is a bug. */
export interface Call<M> {
  readonly send: (message: M, reference: string) => Promise<Reply>;
  readonly query: (message: M, reference: string) => Promise<Reply>;
}

/** What a venue's actor adds: its messages and its calls. */
export interface Drafting<B, M extends Named> {
  readonly venue: string;
  /** What the venue says that the key may do. */
  readonly permission: () => Promise<KeyPermission>;
  readonly readBody: (raw: unknown) => Result<B, Why>;
  /** Reads back what `draft` made: text in the journal, without secrets. */
  readonly message: z.ZodType<M>;
  /** @param at the client's clock, ms. */
  readonly draft: (key: string, body: B, action: Action, at: number) => Result<Draft<M>, Why>;
  readonly calls: { readonly [K in M["call"]]: Call<Extract<M, { readonly call: K }>> };
}

/** An actor whose messages carry ids that the venue keeps. Keys that can withdraw are refused before anything is made. */
export function exchangeActor<B, M extends Named>(
  { client }: { readonly client: { nonce(): number } },
  { venue, permission, readBody, message, draft, calls }: Drafting<B, M>,
): Actor {
  const check = new KeyCheck(venue, permission);
  const read = ({ wire }: Prepared): M => {
    const parsed = message.safeParse(JSON.parse(wire));
    invariant(parsed.success, `a prepared message of ${venue} is what its actor wrote`);
    return parsed.data;
  };
  const callOf = (named: M) => calls[named.call as M["call"]] as Call<M>;
  return {
    prepare: async (key, holding, action) => {
      const allowed = await check.allowed();
      if (!allowed.ok) return allowed;
      const body = readBody(holding.body);
      if (!body.ok) return fail(body.failure);
      const made = draft(key, body.value, action, client.nonce());
      return made.ok ? ok({ reference: made.value.reference, wire: canonical(made.value.message) }) : made;
    },
    send: (prepared) => {
      const named = read(prepared);
      return callOf(named).send(named, prepared.reference);
    },
    query: (prepared) => {
      const named = read(prepared);
      return callOf(named).query(named, prepared.reference);
    },
  };
}

/** What no exchange's actor does. */
export const noSuchAction = (venue: string, action: Action["do"]): Result<never, Why> =>
  fail(why(`${venue}/no-such-action`, { action, next: "use order, stop, cancel or move-margin" }));

/** The venue's word for the price that a stop watches, or why there is none. */
export function watchedAs<W>(venue: string, words: Partial<Record<PriceKind, W>>, kind: PriceKind): Result<W, Why> {
  const word = words[kind];
  const next = `let it be triggered by one of ${Object.keys(words).join(", ")}`;
  return word === undefined ? fail(why(`${venue}/no-such-trigger`, { kind, next })) : ok(word);
}
