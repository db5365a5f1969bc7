import type { Action, Actor, Holding, Reply, SendBounds } from "@plimsoll/core/book";
import type { Intent } from "@plimsoll/core/planner";
import { compare } from "@plimsoll/core/units";
import { close } from "./close.ts";
import { type Note, type Run, move } from "./run.ts";

/**
 * Prepares one message under the intent's key, journals it, sends it once and takes the answer. Every attempt carries the same
 * key, so a venue that still knows it refuses the second.
 */
export async function sendOnce(run: Run, actor: Actor, action: Action, holding: Holding): Promise<void> {
  const { intent, sendings } = run.track;
  const made = await actor.prepare(intent.key, holding, action, boundsOf(intent));
  if (!made.ok)
    return sendings.length === 0
      ? move(run, { state: "refused", why: made.failure, verified: "not-yet" })
      : move(run, { state: "superseded", why: made.failure, verified: "as-predicted" });
  const sending = { attempt: sendings.length + 1, prepared: made.value, against: holding };
  await move(run, { state: "sent" }, [{ kind: "prepared", ...sending }]);
  sendings.push(sending);
  await applyReply(run, await actor.send(made.value), "send");
}

const boundsOf = ({ step: { feeCap } }: Intent): SendBounds => (feeCap === undefined ? {} : { feeCap });

/** Takes what the venue said; what is not understood leaves the intent ambiguous. */
export async function applyReply(run: Run, reply: Reply, to: "send" | "query"): Promise<void> {
  const notes: readonly Note[] = [{ kind: "reply", to, reply }];
  const { state, sendings } = run.track;
  // A refused repetition says nothing about the message before it: that one is asked about.
  const repeated = to === "send" && sendings.length > 1;
  const taken = state === "accepted" || state === "partly";
  switch (reply.is) {
    case "accepted":
      return taken ? undefined : move(run, { state: "accepted" }, notes);
    case "partly":
      if (run.track.done !== undefined && compare(run.track.done, reply.done) === 0) return undefined;
      return move(run, { state: "partly", done: reply.done, left: reply.left }, notes);
    case "done":
      if (!taken) await move(run, { state: "accepted" }, notes);
      return close(run, "done", undefined);
    case "refused":
    case "expired":
      if (repeated) return move(run, { state: "ambiguous" }, notes);
      return close(run, state === "sent" ? reply.is : "expired", reply.why, notes);
    case "not-found":
    case "ambiguous":
      return state === "ambiguous" ? undefined : move(run, { state: "ambiguous" }, notes);
  }
}
