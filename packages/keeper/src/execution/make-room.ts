import { type Actor, type Holding, type Resting, isOurs } from "@plimsoll/core/book";
import type { Sight } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import type { Run } from "./run.ts";

/**
 * After a refusal because other orders already reduce the position: cancels those of ours, and reads again. The active reducer owns
 * the size: it was decided on the present state, while a resting stop is there for the time in which nobody decides. What protects
 * afterwards is placed anew on the position that is left, by whoever keeps stops in place. Orders of the owner are never touched.
 * @returns the holding that the next message is made for.
 */
export async function makeRoom(run: Run, actor: Actor, sight: Sight, now: Holding): Promise<Holding> {
  const { said } = run.track;
  if (said?.is !== "refused" || said.remedy !== "reread") return now;
  const competing = competitorsOf(run, sight, now);
  for (const { order } of competing) await cancelOrder(run, actor, now, order);
  return competing.length === 0 ? now : freshHolding(run);
}

function competitorsOf({ track }: Run, { engine, account, scene }: Sight, now: Holding): readonly Resting[] {
  const { action } = track.intent.step;
  if (action.do !== "order") return [];
  const resting = engine.resting(now, account, scene);
  if (resting.is !== "known") return [];
  return resting.value.filter(
    (each) => each.reduceOnly && each.instrument === action.instrument && each.side === action.side && isOurs(each),
  );
}

/** Cancelling twice does no harm, so its own answer is not waited for: the order's end is asked for, or read. */
export async function cancelOrder({ track, ports }: Run, actor: Actor, now: Holding, order: string): Promise<boolean> {
  const made = await actor.prepare(`${track.intent.key}-cancel`, now, { do: "cancel", order });
  if (!made.ok) return false;
  await ports.record(track.intent, [{ kind: "cancel", prepared: made.value }], undefined);
  await actor.send(made.value);
  return true;
}
