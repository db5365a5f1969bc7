import { why } from "@plimsoll/core/units";
import { isLate } from "./close.ts";
import { clampToLive } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import { follow } from "./follow.ts";
import { late, resolve } from "./resolve.ts";
import { type ExecutorPorts, type ExecutorSettings, type Run, type Track, move } from "./run.ts";
import { sendOnce } from "./send.ts";
import { isTerminal } from "./states.ts";

/**
 * Brings one intent to its end, with at most one effect. A message is journaled before it leaves; where its fate is unknown the
 * venue is asked by its reference; it is sent again only under the same key, only while the intent is valid, and only where a
 * fresh reading of the holding shows that it had no effect.
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

/** The first message, if the world still is as the decision saw it. */
async function begin(run: Run): Promise<void> {
  const { track, ports, settings } = run;
  const { holding: id, account, action, notBefore, expires, after } = track.intent.step;
  for (const step of after) {
    const state = await ports.ended(step);
    if (state !== "done")
      return move(run, { state: "abandoned", verified: "not-yet", why: unmet(step, state ?? "never intended") });
  }
  const now = track.resumed ? await freshHolding(run) : ports.holding(id);
  if (isLate(run)) return move(run, { state: "expired", verified: "not-yet", why: late(expires) });
  if (ports.now() < notBefore) return ports.sleep(notBefore - ports.now());
  const actor = ports.actorOf(id);
  if (actor === undefined) return move(run, { state: "abandoned", verified: "not-yet", why: mute(id) });
  const sight = now === undefined ? undefined : ports.sight(now);
  if (now === undefined || sight === undefined) return ports.sleep(settings.pollMs);
  const live = clampToLive({ ...sight, account }, action, now);
  if (live === undefined) return move(run, { state: "superseded", verified: "not-yet", why: nothing(account) });
  await sendOnce(run, actor, live, now);
}

const unmet = (step: string, state: string) =>
  why("execution/step-before-failed", { step, state, next: "the plan is broken off here; the guard decides anew" });
const mute = (holding: string) =>
  why("execution/cannot-act", { holding, next: "no connection of this keeper can act there: give it keys that trade" });
const nothing = (account: string) =>
  why("execution/nothing-left", { account, next: "nothing is left of what was to be reduced or paid from" });
