import type { Actor, Hastened, Prepared, Reply } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, canonical, fail, ok } from "@plimsoll/core/units";
import * as z from "zod";
import { muddled } from "./read-answer.ts";
import type { Answer } from "./signer.ts";
import type { SignerLine } from "./signer-line.ts";

/** What the journal keeps of a message that a signer made: the message, and the marks by which the signer knows it again. */
const Kept = z.strictObject({ key: z.string(), seal: z.string(), wire: z.string() });

/**
 * Acts through a signer: this process holds no key. Where the signer is away nothing was sent, and the same message may go once it
 * is back; where it was lost in mid-sentence the outcome is unknown.
 */
export function signerActor(line: SignerLine, holding: HoldingId): Actor {
  const ask = async (call: "send" | "query" | "hasten", { reference, wire }: Prepared) => {
    const kept = Kept.parse(JSON.parse(wire));
    return line.ask({ call, holding, reference, ...kept });
  };
  return {
    prepare: async (key, against, action, bounds = {}) => {
      const heard = await line.ask({ call: "prepare", key, holding: against, action, ...bounds });
      return heard.ok ? preparedIn(heard.value, key) : fail(heard.failure.why);
    },
    send: async (prepared) => {
      const heard = await ask("send", prepared);
      if (heard.ok) return replyIn(heard.value, "refused");
      const { is, why: reason } = heard.failure;
      return is === "away" ? { is: "refused", why: reason, remedy: "wait" } : { is: "ambiguous", why: reason };
    },
    query: async (prepared) => {
      const heard = await ask("query", prepared);
      return heard.ok ? replyIn(heard.value, "ambiguous") : { is: "ambiguous", why: heard.failure.why };
    },
    hasten: async (prepared): Promise<Hastened> => {
      const heard = await ask("hasten", prepared);
      const answer = heard.ok ? heard.value : undefined;
      return answer !== undefined && "hastened" in answer ? answer.hastened : { is: "waits" };
    },
  };
}

function preparedIn(answer: Answer, key: string): Result<Prepared, Why> {
  if ("refused" in answer) return fail(answer.refused);
  if (!("prepared" in answer)) return fail(muddled);
  if (!answer.prepared.ok) return answer.prepared;
  const { reference, wire, seal } = answer.prepared.value;
  return ok({ reference, wire: canonical({ key, seal, wire }) });
}

/** @param otherwise what it means that the signer refused the request itself: of a question, that nothing is known. */
function replyIn(answer: Answer, otherwise: "refused" | "ambiguous"): Reply {
  if ("reply" in answer) return answer.reply;
  return "refused" in answer ? { is: otherwise, why: answer.refused } : { is: "ambiguous", why: muddled };
}
