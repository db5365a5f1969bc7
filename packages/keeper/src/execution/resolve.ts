import { permits } from "@plimsoll/core/turn";
import { ZERO, add, atLeast, why } from "@plimsoll/core/units";
import { isLate, readSlice } from "./close.ts";
import { clampToLive } from "./effect-shown.ts";
import { forbidden, given, late, messageFor } from "./next-message.ts";
import { makeRoom } from "./make-room.ts";
import { type Note, type Run, move } from "./run.ts";
import { applyReply, sendOnce } from "./send.ts";

/**
 * Finds out what became of a message. Its reference is asked for first. Where the venue does not know it, it never arrived or was
 * forgotten: once it can no longer arrive, the holding is read again, and that reading decides.
 */
export async function resolve(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const actor = ports.actorOf(track.intent.step.holding);
  const last = track.sendings.at(-1);
  if (actor === undefined || last === undefined) return ports.sleep(settings.pollMs);
  const asked = ports.now();
  const reply = await actor.query(last.prepared);
  if (reply.is === "ambiguous") return ports.sleep(settings.pollMs);
  if (reply.is !== "not-found") return applyReply(run, reply, "query");
  const settled = (track.sentAt ?? asked) + settings.settleMs;
  if (asked < settled) return ports.sleep(Math.min(settled - asked, settings.settleMs));

  const shown = await readSlice(run);
  switch (shown) {
    case "as-predicted":
      return hadItsEffect(run, [{ kind: "reply", to: "query", reply }]);
    case "differs":
      return move(run, { state: "superseded", verified: "differs", why: changed });
    case "unknown":
      return isLate(run)
        ? move(run, { state: "expired", verified: "not-yet", why: unread })
        : ports.sleep(settings.pollMs);
    case "no-effect":
      return sendAgain(run);
  }
}

/** The slice did what it should; whatever else the intent wanted is decided anew: a venue that forgets cannot be asked how far it is. */
function hadItsEffect(run: Run, notes: readonly Note[]): Promise<void> {
  return isWhole(run)
    ? move(run, { state: "done", verified: "as-predicted" }, notes)
    : move(run, { state: "superseded", verified: "differs", why: restAnew }, notes);
}

function isWhole({ track, ports }: Run): boolean {
  const { sendings, intent, filled } = track;
  const [first, last] = [sendings[0]!, sendings.at(-1)!];
  const found = ports.sight(first.against);
  const { action, account } = intent.step;
  if (last.action.do !== "order" || found === undefined) return true;
  const whole = action.do === "order" ? clampToLive({ ...found, account }, action, first.against) : last.action;
  const before = [...filled].reduce((sum, [slice, size]) => (slice === last.slice ? sum : add(sum, size)), ZERO);
  return whole?.do !== "order" || atLeast(add(before, last.action.size), whole.size);
}

async function sendAgain(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const { holding: id, account, expires, action } = track.intent.step;
  const { slice } = track.sendings.at(-1)!;
  if (isLate(run)) return move(run, { state: "expired", verified: "as-predicted", why: late(expires) });
  if (!permits(ports.mode(), action))
    return move(run, { state: "superseded", verified: "as-predicted", why: forbidden(ports.mode()) });
  const actor = ports.actorOf(id);
  const now = ports.holding(id);
  const found = now === undefined ? undefined : ports.sight(now);
  if (actor === undefined || now === undefined || found === undefined) return ports.sleep(settings.pollMs);
  const sight = { ...found, account };
  const live = await makeRoom(run, actor, sight, now);
  const again = messageFor(run, sight, live);
  const tries = track.sendings.filter((each) => each.slice === slice).length;
  if (again === undefined || tries >= settings.attempts)
    return move(run, { state: "superseded", verified: "as-predicted", why: given(track.sendings.length) });
  await sendOnce(run, actor, again, live, slice);
}

const changed = why("execution/holding-changed", {
  next: "the venue does not know the message and the holding changed otherwise than predicted: the guard decides anew",
});
const restAnew = why("execution/rest-anew", {
  next: "the venue does not know the message any more and the holding shows its effect: the guard decides anew about the rest",
});
const unread = why("execution/fate-unknown", {
  next: "the venue does not know the message and nothing shows whether it had an effect: look at the account",
});
