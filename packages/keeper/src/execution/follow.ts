import type { Actor, Reply } from "@plimsoll/core/book";
import { ZERO, subtract } from "@plimsoll/core/units";
import { close, isLate } from "./close.ts";
import { freshHolding } from "./fresh-holding.ts";
import { cancelOrder } from "./make-room.ts";
import { sendNext } from "./next-message.ts";
import { type Run, type Sending, move } from "./run.ts";
import { applyReply } from "./send.ts";
import { orderOf } from "./slice.ts";
import { isTerminal } from "./states.ts";
import { isAwake, restingOf } from "./stop.ts";

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

/**
 * A stop is done once it lies at the venue. One that woke at once and did not fill, because the market is beyond its limit, is
 * cancelled, and goes on as an order within the settings' distance of the mark.
 */
async function followStop(run: Run, actor: Actor, { prepared }: Sending): Promise<void> {
  const { track, ports, settings } = run;
  const reply = await actor.query(prepared);
  if (reply.is === "expired" && track.cancelled === true) return goOnAsOrder(run, reply);
  if (reply.is !== "accepted" && reply.is !== "partly" && reply.is !== "ambiguous")
    return applyReply(run, reply, "query");
  const now = await freshHolding(run);
  const found = ports.sight(now);
  const lies = found && restingOf({ ...found, account: track.intent.step.account }, prepared, now);
  if (lies === "unknown") return close(run, "done", undefined);
  if (lies === undefined) return ports.sleep(settings.pollMs);
  if (!isAwake(lies)) return close(run, "done", undefined);
  if (await cancelOrder(run, actor, now, lies.order)) track.cancelled = true;
}

/** What is left of a stop that was cancelled is sent as an order: the next message. */
async function goOnAsOrder(run: Run, reply: Extract<Reply, { is: "expired" }>): Promise<void> {
  const { track, ports } = run;
  const found = ports.sight(await freshHolding(run));
  const order = found && orderOf(run, { ...found, account: track.intent.step.account });
  const done = reply.done ?? track.done ?? ZERO;
  const left = order === undefined ? ZERO : subtract(order.size, done);
  await move(run, { state: "partly", done, left }, [{ kind: "reply", to: "query", reply }]);
}

/** Sends what waits too long once more, within its bounds; that they are reached is told once. */
async function hasten({ track, ports }: Run, actor: Actor, { prepared }: Sending): Promise<void> {
  const said = await actor.hasten?.(prepared);
  if (said === undefined || said.is === "waits" || (said.is === "at-its-bounds" && track.atItsBounds === true)) return;
  track.atItsBounds = said.is === "at-its-bounds";
  await ports.record(track.intent, [{ kind: "hastened", said }], undefined);
}
