import { why } from "@plimsoll/core/units";
import { clampToLive } from "./effect-shown.ts";
import { isLate, readEffect } from "./close.ts";
import { type Run, move } from "./run.ts";
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

  const shown = await readEffect(run);
  switch (shown) {
    case "as-predicted":
      return move(run, { state: "done", verified: "as-predicted" }, [{ kind: "reply", to: "query", reply }]);
    case "differs":
      return move(run, { state: "superseded", verified: "differs", why: changed });
    case "unknown":
      return ports.sleep(settings.pollMs);
    case "no-effect":
      return sendAgain(run);
  }
}

async function sendAgain(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const { holding: id, account, action, expires } = track.intent.step;
  if (isLate(run)) return move(run, { state: "expired", verified: "as-predicted", why: late(expires) });
  const actor = ports.actorOf(id);
  const now = ports.holding(id);
  const sight = now === undefined ? undefined : ports.sight(now);
  if (actor === undefined || now === undefined || sight === undefined) return ports.sleep(settings.pollMs);
  const live = clampToLive({ ...sight, account }, action, now);
  if (live === undefined || track.sendings.length >= settings.attempts)
    return move(run, { state: "superseded", verified: "as-predicted", why: given(track.sendings.length) });
  await sendOnce(run, actor, live, now);
}

export const late = (expires: number) =>
  why("execution/expired", { expires: String(expires), next: "the guard decides anew on the present state" });
const changed = why("execution/holding-changed", {
  next: "the venue does not know the message and the holding changed otherwise than predicted: the guard decides anew",
});
const given = (attempts: number) =>
  why("execution/not-reached", {
    attempts: String(attempts),
    next: "no message had an effect: see the replies in the journal; the guard decides anew",
  });
