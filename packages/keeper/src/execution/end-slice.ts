import type { Holding, Reply } from "@plimsoll/core/book";
import { type Exact, ZERO, add, atLeast, below, compare, subtract } from "@plimsoll/core/units";
import { close, isLate } from "./close.ts";
import { type Sight, measureOf } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import { type Note, type Run, filledOf, move } from "./run.ts";
import { type Order, takenOf } from "./slice.ts";

type Ending = Extract<Reply, { readonly is: "done" | "expired" }>;

/**
 * Takes the end of a message. An order of which something was done and something is left goes on with another slice; all else
 * ends the intent as the venue says.
 */
export async function endSlice(run: Run, reply: Ending, notes: readonly Note[]): Promise<void> {
  const { track } = run;
  const end = reply.is === "done" ? ("done" as const) : ("expired" as const);
  const cause = reply.is === "expired" ? reply.why : undefined;
  const progress = await progressOf(run, reply);
  if (progress === undefined) return close(run, end, cause, notes);
  const { done, left, goesOn } = progress;
  if (goesOn) return move(run, { state: "partly", done, left }, notes);
  const whole = atLeast(ZERO, left) && track.state !== "sent";
  return whole || end === "done" ? close(run, "done", undefined, notes) : close(run, "expired", cause, notes);
}

type Read = { readonly sight: Sight; readonly now: Holding };

interface Progress {
  readonly done: Exact;
  readonly left: Exact;
  readonly goesOn: boolean;
}

/** How far the intent's order is; undefined for what is no order. */
async function progressOf(run: Run, reply: Ending): Promise<Progress | undefined> {
  const { track, ports } = run;
  const last = track.sendings.at(-1)!;
  const { action: order } = track.intent.step;
  if (order.do !== "order" || last.action.do !== "order") return undefined;
  const said = filledOf(reply, last.action);
  const filled = said === undefined ? track.filled : new Map(track.filled).set(last.slice, said);
  const words = [...filled.values()].reduce(add, ZERO);
  const read = await readAtLeast(run, order, words);
  if (read === undefined) return undefined;
  const { sight, now } = read;
  const done = takenOf(track, sight, order, now, filled);
  const left = subtract(order.size, done);
  const had = measureOf(sight, order, last.against) ?? ZERO;
  // A slice that took all there was has nothing to follow it, whatever a late reading still shows.
  const isMore = reply.is === "expired" ? compare(done, track.done ?? ZERO) > 0 : below(last.action.size, had);
  return { done, left, goesOn: isMore && below(ZERO, left) && !isLate(run) && ports.mode() !== "halted" };
}

/** Reads the holding until it shows what the venue said, a few times at most. */
async function readAtLeast(run: Run, order: Order, words: Exact): Promise<Read | undefined> {
  const { track, ports, settings } = run;
  for (let reading = 1; ; reading++) {
    const now = await freshHolding(run);
    const found = ports.sight(now);
    if (found === undefined) return undefined;
    const sight = { ...found, account: track.intent.step.account };
    if (atLeast(takenOf(track, sight, order, now, new Map()), words) || reading >= settings.readings)
      return { sight, now };
    await ports.sleep(settings.pollMs);
  }
}
