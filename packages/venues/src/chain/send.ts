import type { Prepared, Reply } from "@plimsoll/core/book";
import { type Why, why } from "@plimsoll/core/units";
import { type Said, deliver } from "./broadcast.ts";
import { type Line, flightOf } from "./line.ts";
import { type Signed, readMessage } from "./message.ts";
import { ambiguous, nonceTaken, queryMessage, receiptOf, refused } from "./query.ts";

/**
 * Sends each transaction of a message once, in order, to everybody or to the relay first; sending again is the rebroadcast at the same
 * nonces. It says refused only of what nobody knows: somebody may have taken it when it was sent before.
 */
export async function sendMessage(line: Line, prepared: Prepared): Promise<Reply> {
  const message = readMessage(prepared);
  if (!message.ok) return refused(message.failure);
  const flight = flightOf(line, prepared.reference);
  const variant = message.value[flight.variant] ?? message.value[0];
  for (const signed of variant) {
    const { said, detail } = await deliver(line, flight, signed);
    if (said === "taken") continue;
    if (said === "unclear") return ambiguous(unclear(detail));
    if (said === "nonce-used" && signed !== variant.at(-1)) {
      const mined = await receiptOf(line, signed);
      if (!mined.ok) return ambiguous(mined.failure);
      // An allowance that was mined before is what we wanted.
      if (mined.value !== undefined) continue;
    }
    const reply = await queryMessage(line, prepared);
    return reply.is === "not-found" ? notSent(said, signed, detail) : reply;
  }
  return { is: "accepted" };
}

const unclear = (detail: string): Why =>
  why("chain/rpc-failed", { call: "eth_sendRawTransaction", detail, next: "ask what became of it" });

function notSent(said: Exclude<Said, "taken" | "unclear">, signed: Signed, detail: string): Reply {
  switch (said) {
    case "nonce-used":
      return nonceTaken(signed);
    case "poor":
      return refused(why("chain/gas-too-small", { detail, next: "send the chain's own coin to the paying wallet" }));
    case "blocked":
      return ambiguous(
        why("chain/nonce-waits", {
          nonce: `${signed.nonce}`,
          detail,
          next: "another transaction of this wallet waits at this nonce: one of the two will be mined; ask again",
        }),
      );
  }
}
