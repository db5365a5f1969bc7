import type { Holding } from "@plimsoll/core/book";
import { permits } from "@plimsoll/core/turn";
import { type Why, why } from "@plimsoll/core/units";
import { close, isLate } from "./close.ts";
import { type Sight, clampToLive } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import { makeRoom } from "./make-room.ts";
import { type Run, move } from "./run.ts";
import { sendOnce } from "./send.ts";
import { nextSlice } from "./slice.ts";

/** Makes and sends the next message of an intent of which nothing is on its way; ends it where none may or need be sent. */
export async function sendNext(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const { holding: id, account, action, notBefore, expires, after } = track.intent.step;
  const isNew = track.sendings.length === 0;
  if (!isNew) await pause(run);
  const now = isNew && !track.resumed && after.length === 0 ? ports.holding(id) : await freshHolding(run);
  if (isLate(run)) return endWithout(run, "expired", late(expires));
  if (!permits(ports.mode(), action)) return endWithout(run, "abandoned", forbidden(ports.mode()));
  if (ports.now() < notBefore) return ports.sleep(notBefore - ports.now());
  const actor = ports.actorOf(id);
  if (actor === undefined) return endWithout(run, "abandoned", mute(id));
  const found = now === undefined ? undefined : ports.sight(now);
  if (now === undefined || found === undefined) return ports.sleep(settings.pollMs);
  const sight = { ...found, account };
  const live = await makeRoom(run, actor, sight, now);
  const next = messageFor(run, sight, live);
  // What a step before this one sends may still be on its way.
  if (next === undefined && after.length > 0 && isNew) return ports.sleep(settings.pollMs);
  if (next === undefined) return endWithout(run, "superseded", nothing(account));
  const slice = (track.sendings.at(-1)?.slice ?? 0) + 1;
  if (slice > settings.slices) return endWithout(run, "superseded", given(track.sendings.length));
  await sendOnce(run, actor, next, live, slice);
}

/** What is left of an order, in slices; all else goes whole. */
export function messageFor(run: Run, sight: Sight, now: Holding) {
  const { action } = run.track.intent.step;
  return action.do === "order" ? nextSlice(run, action, sight, now) : clampToLive(sight, action, now);
}

/** Ends an intent with nothing on its way: as it stands where part of it was done, else as what kept it from being sent. */
function endWithout(run: Run, state: "expired" | "abandoned" | "superseded", reason: Why): Promise<void> {
  if (run.track.state === "partly") return close(run, "expired", reason);
  return move(run, { state, verified: "not-yet", why: reason });
}

/** Nothing before a first slice or a first try at the band; then longer each time that the venue says no. */
async function pause({ track, ports, settings }: Run): Promise<void> {
  const { said, refusals } = track;
  if (said?.is !== "refused") return;
  const times = refusals.filter(({ remedy }) => remedy === said.remedy).length;
  if (said.remedy === "wait") await ports.sleep(settings.pollMs * Math.min(2 ** (times - 1), 10));
  else if (times > 1) await ports.sleep(settings.pollMs);
}

export const late = (expires: number) =>
  why("execution/expired", { expires: String(expires), next: "the guard decides anew on the present state" });
export const forbidden = (mode: string) =>
  why("execution/mode-forbids", { mode, next: "what is not sent in this mode is decided anew in the next" });
const mute = (holding: string) =>
  why("execution/cannot-act", { holding, next: "no connection of this keeper can act there: give it keys that trade" });
const nothing = (account: string) =>
  why("execution/nothing-left", { account, next: "nothing is left of what was to be reduced or paid from" });
export const given = (attempts: number) =>
  why("execution/not-reached", {
    attempts: String(attempts),
    next: "no message had an effect: see the replies in the journal; the guard decides anew",
  });
