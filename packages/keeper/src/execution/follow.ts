import type { Actor } from "@plimsoll/core/book";
import { close, isLate } from "./close.ts";
import { freshHolding } from "./fresh-holding.ts";
import { cancelOrder } from "./make-room.ts";
import { sendNext } from "./next-message.ts";
import type { Run, Sending } from "./run.ts";
import { applyReply } from "./send.ts";
import { isTerminal } from "./states.ts";
import { restingOf } from "./stop.ts";

/** Waits for the end of what the venue has; when the intent's time is over the order is cancelled, and its end is still asked for. */
export async function follow(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const actor = ports.actorOf(track.intent.step.holding);
  const last = track.sendings.at(-1);
  if (actor === undefined || last === undefined) return ports.sleep(settings.pollMs);
  // The last message is over, and something is left to do.
  if (track.state === "partly" && isOver(track.said?.is)) return sendNext(run);
  if (last.action.do === "stop") return followStop(run, actor, last);
  if (isLate(run) && track.cancelled !== true) await cancelLast(run, actor, last.prepared.reference);
  const reply = await actor.query(last.prepared);
  await applyReply(run, reply.is === "ambiguous" ? { is: "accepted" } : reply, "query");
  if (isTerminal(track.state) || isOver(track.said?.is)) return;
  if (reply.is === "accepted") await hasten(run, actor, last);
  await ports.sleep(settings.pollMs);
}

const isOver = (said: string | undefined): boolean => said === "done" || said === "expired" || said === "refused";

async function cancelLast(run: Run, actor: Actor, order: string): Promise<void> {
  const { track, ports } = run;
  const holding = ports.holding(track.intent.step.holding);
  if (holding !== undefined && (await cancelOrder(run, actor, holding, order))) track.cancelled = true;
}

/** A stop is done once it lies at the venue, waiting or woken: what becomes of it there is seen by whoever keeps stops in place. */
async function followStop(run: Run, actor: Actor, { prepared }: Sending): Promise<void> {
  const { track, ports, settings } = run;
  const reply = await actor.query(prepared);
  if (reply.is !== "accepted" && reply.is !== "partly" && reply.is !== "ambiguous")
    return applyReply(run, reply, "query");
  const now = await freshHolding(run);
  const found = ports.sight(now);
  const lies = found && restingOf({ ...found, account: track.intent.step.account }, prepared, now);
  return lies === undefined ? ports.sleep(settings.pollMs) : close(run, "done", undefined);
}

/** Sends what waits too long once more, within its bounds; that they are reached is told once. */
async function hasten({ track, ports }: Run, actor: Actor, { prepared }: Sending): Promise<void> {
  const said = await actor.hasten?.(prepared);
  if (said === undefined || said.is === "waits" || (said.is === "at-its-bounds" && track.atItsBounds === true)) return;
  track.atItsBounds = said.is === "at-its-bounds";
  await ports.record(track.intent, [{ kind: "hastened", said }], undefined);
}
