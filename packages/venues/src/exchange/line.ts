import type { Reply } from "@plimsoll/core/book";
import { why } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import { questioned } from "./outcomes.ts";
import type { Cost, Transport, Trouble } from "./transport.ts";

/** Every call of an actor protects a position. */
const PROTECTS = { weight: 1, purpose: "protect" } satisfies Cost;

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

export function lineOf<C extends Exchange>(wire: Transport<C>, classify: (trouble: Trouble) => Reply): Line<C> {
  const through =
    (refused: (trouble: Trouble) => Reply) =>
    async (make: Make<C>, read: Read): Promise<Reply> => {
      const answer = await wire.call(make, PROTECTS);
      return answer.ok ? read(answer.value) : refused(answer.failure);
    };
  return {
    send: through(classify),
    ask: through((trouble) => questioned(classify(trouble))),
    extra: async (make) => {
      const answer = await wire.call(make, PROTECTS);
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
