import { why } from "@plimsoll/core/units";
import { follow } from "./follow.ts";
import { sendNext } from "./next-message.ts";
import { resolve } from "./resolve.ts";
import { type ExecutorPorts, type ExecutorSettings, type Run, type Track, move } from "./run.ts";
import { isTerminal } from "./states.ts";

/**
 * Brings one intent to its end, with at most one effect: what its slices do adds up to no more than its size. A message is
 * journaled before it leaves; where its fate is unknown the venue is asked by its reference; it is sent again only under the same
 * key, only while the intent is valid, and only where a fresh reading of the holding shows that it had no effect. The next slice
 * is made only when the end of the one before is known.
 */
export async function execute(track: Track, ports: ExecutorPorts, settings: ExecutorSettings): Promise<void> {
  const run: Run = { track, ports, settings };
  // A message that left before this process began: nobody waits for its answer.
  if (track.state === "sent") await move(run, { state: "ambiguous" });
  while (!isTerminal(track.state)) {
    await ports.sleep(0); // a keeper that stops ends here, between two steps
    await advance(run);
  }
}

function advance(run: Run): Promise<void> {
  switch (run.track.state) {
    case "intended":
      return begin(run);
    case "ambiguous":
      return resolve(run);
    case "accepted":
    case "partly":
      return follow(run);
    case "sent":
    case "done":
    case "refused":
    case "expired":
    case "superseded":
    case "abandoned":
      throw new Error(`invariant broken: nothing to do for an intent that is ${run.track.state}`);
  }
}

/** The next message, if the steps before this one are done. */
async function begin(run: Run): Promise<void> {
  for (const step of run.track.intent.step.after) {
    const state = await run.ports.ended(step);
    if (state !== "done")
      return move(run, { state: "abandoned", verified: "not-yet", why: unmet(step, state ?? "never intended") });
  }
  return sendNext(run);
}

const unmet = (step: string, state: string) =>
  why("execution/step-before-failed", { step, state, next: "the plan is broken off here; the guard decides anew" });
