import type { Action, Actor, Holding, Reply, SendBounds } from "@plimsoll/core/book";
import type { Intent } from "@plimsoll/core/planner";
import { add, compare, subtract, ZERO } from "@plimsoll/core/units";
import { close, isLate } from "./close.ts";
import { endSlice } from "./end-slice.ts";
import { type Note, type Refusal, type Run, move } from "./run.ts";

/** The key under which the messages of one slice go; longer than the intent's own by at most three characters. */
export const keyOf = (key: string, slice: number): string => (slice === 1 ? key : `${key}s${slice}`);

/**
 * Prepares one message under its slice's key, journals it, sends it once and takes the answer. Every attempt at a slice carries the
 * same key, so a venue that still knows it refuses the second.
 */
export async function sendOnce(run: Run, actor: Actor, action: Action, against: Holding, slice: number): Promise<void> {
  const { intent, sendings, state } = run.track;
  const made = await actor.prepare(keyOf(intent.key, slice), against, action, boundsOf(intent));
  if (!made.ok) {
    if (state === "partly") return close(run, "expired", made.failure);
    return state === "intended"
      ? move(run, { state: "refused", why: made.failure, verified: "not-yet" })
      : move(run, { state: "superseded", why: made.failure, verified: "as-predicted" });
  }
  const note: Note = {
    kind: "prepared",
    ...{ attempt: sendings.length + 1, slice, action },
    ...{ prepared: made.value, against },
  };
  await move(run, { state: "sent" }, [note]);
  if (isFrozen(run)) return move(run, { state: "ambiguous" });
  await applyReply(run, await actor.send(made.value), "send");
}

/**
 * Whether too long passed between journal and wire: whoever took over meanwhile asks the venue for this message and sends it again,
 * so it must not arrive after that. The journal then refuses the next word of a process that lost it.
 */
const isFrozen = ({ track, ports, settings }: Run): boolean =>
  ports.now() - (track.sentAt ?? ports.now()) > settings.sendWithinMs;

const boundsOf = ({ step: { feeCap } }: Intent): SendBounds => (feeCap === undefined ? {} : { feeCap });

/** Takes what the venue said; what is not understood leaves the intent ambiguous. */
export async function applyReply(run: Run, reply: Reply, to: "send" | "query"): Promise<void> {
  const notes: readonly Note[] = [{ kind: "reply", to, reply }];
  const { state, sendings } = run.track;
  const { slice } = sendings.at(-1)!;
  // A refused repetition says nothing about the message before it: that one is asked about.
  const repeated = to === "send" && sendings.filter((each) => each.slice === slice).length > 1;
  const taken = state === "accepted" || state === "partly";
  switch (reply.is) {
    case "accepted":
      return taken ? undefined : move(run, { state: "accepted" }, notes);
    case "partly":
      return applyPart(run, reply, notes);
    case "done":
      if (taken) return endSlice(run, reply, notes);
      await move(run, { state: "accepted" }, notes);
      return endSlice(run, reply, []);
    case "refused":
      if (repeated) return move(run, { state: "ambiguous" }, notes);
      if (state === "sent" && mayHelp(run, reply)) return comeBack(run, notes);
      return close(run, state === "sent" ? "refused" : "expired", reply.why, notes);
    case "expired":
      return repeated ? move(run, { state: "ambiguous" }, notes) : endSlice(run, reply, notes);
    case "not-found":
    case "ambiguous":
      return state === "ambiguous" ? undefined : move(run, { state: "ambiguous" }, notes);
  }
}

/** A part that was filled, of an order that may still lie there. */
function applyPart(run: Run, reply: Extract<Reply, { is: "partly" }>, notes: readonly Note[]): Promise<void> {
  const { track } = run;
  const { slice } = track.sendings.at(-1)!;
  const { action } = track.intent.step;
  const before = [...track.filled].reduce((sum, [of, size]) => (of === slice ? sum : add(sum, size)), ZERO);
  const done = add(before, reply.done);
  if (track.done !== undefined && compare(track.done, done) === 0 && track.state === "partly") return Promise.resolve();
  const left = slice > 1 && action.do === "order" ? subtract(action.size, done) : reply.left;
  return move(run, { state: "partly", done, left }, notes);
}

/** Whether the executor does something about a refusal: its remedies are few, and end with the intent's time. */
function mayHelp(run: Run, { remedy }: Refusal): boolean {
  const { sendings, intent, refusals } = run.track;
  if (remedy === undefined || isLate(run) || sendings.at(-1)!.slice >= run.settings.slices) return false;
  if (remedy === "wait") return true;
  if (remedy === "reread") return !refusals.some((each) => each.remedy === "reread");
  return intent.step.action.do === "order";
}

/** A message that the venue refused had no effect: the next one is made as if it had never left. */
function comeBack(run: Run, notes: readonly Note[]): Promise<void> {
  const { done = ZERO, intent } = run.track;
  const { action } = intent.step;
  if (run.track.done === undefined) return move(run, { state: "intended" }, notes);
  const left = action.do === "order" ? subtract(action.size, done) : ZERO;
  return move(run, { state: "partly", done, left }, notes);
}
