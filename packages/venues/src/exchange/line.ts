import type { Reply } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import { questioned } from "./outcomes.ts";
import type { Cost, Transport, Trouble } from "./transport.ts";

type Make<C> = (client: C) => Promise<unknown>;
type Read = (answer: unknown) => Reply | Promise<Reply>;

/** The calls of one client, their refusals classified by the venue's table. */
export interface Line<C> {
  /** Sends once. */
  readonly send: (make: Make<C>, read: Read) => Promise<Reply>;
  /** Asks; a question that was refused leaves what it asked about ambiguous. */
  readonly ask: (make: Make<C>, read: Read) => Promise<Reply>;
  /** An answer that only adds to another; undefined where it cannot be had. */
  readonly extra: (make: Make<C>) => Promise<unknown>;
}

/** What each kind of call costs in the venue's own count. */
export type LineWeights = Readonly<Record<keyof Line<unknown>, number>>;
const ONE_EACH: LineWeights = { send: 1, ask: 1, extra: 1 };

/** The line of a client; every call of an actor protects a position. */
export function lineOf<C extends Exchange>(
  wire: Transport<C>,
  classify: (trouble: Trouble) => Reply,
  weights = ONE_EACH,
): Line<C> {
  const costOf = (kind: keyof LineWeights): Cost => ({ weight: weights[kind], purpose: "protect" });
  return {
    send: async (make, read) => {
      const answer = await wire.call(make, costOf("send"));
      return answer.ok ? read(answer.value) : classify(answer.failure);
    },
    ask: async (make, read) => {
      const answer = await wire.call(make, costOf("ask"));
      return answer.ok ? read(answer.value) : questioned(classify(answer.failure));
    },
    extra: async (make) => {
      const answer = await wire.call(make, costOf("extra"));
      return answer.ok ? answer.value : undefined;
    },
  };
}

/** What the venue shows of a message that it acknowledged: an acknowledgement alone is no proof that an order lies there. */
export async function confirmed(venue: string, query: () => Promise<Reply>): Promise<Reply> {
  const shown = await query();
  if (shown.is !== "not-found") return shown;
  const next = "ask again by its id: the venue took it and does not show it yet";
  return { is: "ambiguous", why: why(`${venue}/not-shown-yet`, { next }) };
}
