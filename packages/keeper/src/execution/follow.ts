import type { Actor } from "@plimsoll/core/book";
import { isLate } from "./close.ts";
import type { Run, Sending } from "./run.ts";
import { applyReply } from "./send.ts";
import { isTerminal } from "./states.ts";

/** Waits for the end of what the venue has; when the intent's time is over the order is cancelled, and its end is still asked for. */
export async function follow(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const actor = ports.actorOf(track.intent.step.holding);
  const last = track.sendings.at(-1);
  if (actor === undefined || last === undefined) return ports.sleep(settings.pollMs);
  if (isLate(run) && track.cancelled !== true) await cancel(run, actor, last.prepared.reference);
  const reply = await actor.query(last.prepared);
  await applyReply(run, reply.is === "ambiguous" ? { is: "accepted" } : reply, "query");
  if (isTerminal(track.state)) return;
  if (reply.is === "accepted") await hasten(run, actor, last);
  await ports.sleep(settings.pollMs);
}

/** Sends what waits too long once more, within its bounds; that they are reached is told once. */
async function hasten({ track, ports }: Run, actor: Actor, { prepared }: Sending): Promise<void> {
  const said = await actor.hasten?.(prepared);
  if (said === undefined || said.is === "waits" || (said.is === "at-its-bounds" && track.atItsBounds === true)) return;
  track.atItsBounds = said.is === "at-its-bounds";
  await ports.record(track.intent, [{ kind: "hastened", said }], undefined);
}

/** Cancelling twice does no harm, so its own answer is not waited for: the order's end is. */
async function cancel({ track, ports }: Run, actor: Actor, order: string): Promise<void> {
  const holding = ports.holding(track.intent.step.holding);
  if (holding === undefined) return;
  const made = await actor.prepare(`${track.intent.key}-cancel`, holding, { do: "cancel", order });
  if (!made.ok) return;
  await ports.record(track.intent, [{ kind: "cancel", prepared: made.value }], undefined);
  await actor.send(made.value);
  track.cancelled = true;
}
