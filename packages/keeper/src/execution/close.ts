import type { Action, Holding } from "@plimsoll/core/book";
import type { Why } from "@plimsoll/core/units";
import { type Shown, type Sight, clampToLive, effectShown } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import { type Note, type Run, type Sending, firstOfSlice, move } from "./run.ts";
import { shownOfCancel, shownOfStop } from "./stop.ts";

type End = "done" | "refused" | "expired";

/**
 * Ends an intent whose message the venue had: only a fresh reading of the holding closes it, so the turn never meets a closed
 * intent beside an old position. A venue that shows its own word late is read again a few times.
 */
export async function close(run: Run, state: End, why: Why | undefined, notes: readonly Note[] = []): Promise<void> {
  const wanted: Shown = state === "done" ? "as-predicted" : "no-effect";
  let shown = await readWhole(run);
  for (let reading = 1; shown !== wanted && reading < run.settings.readings; reading++) {
    await run.ports.sleep(run.settings.pollMs);
    shown = await readWhole(run);
  }
  const verified = shown === wanted ? "as-predicted" : shown === "unknown" ? "not-yet" : "differs";
  await move(run, { state, ...(why === undefined ? {} : { why }), verified }, notes);
}

/** A fresh reading, and what it shows of the whole intent since before its first message. */
async function readWhole(run: Run): Promise<Shown> {
  const { intent, sendings } = run.track;
  return readEffect(run, sendings[0], (sight, before) => clampToLive(sight, intent.step.action, before));
}

/** A fresh reading, and what it shows of the slice that went last. */
export async function readSlice(run: Run): Promise<Shown> {
  const first = firstOfSlice(run.track);
  return readEffect(run, first, () => first?.action);
}

/** However long the venue takes to answer. */
async function readEffect(
  run: Run,
  first: Sending | undefined,
  actionFor: (sight: Sight, before: Holding) => Action | undefined,
): Promise<Shown> {
  const now = await freshHolding(run);
  const found = run.ports.sight(now);
  if (found === undefined || first === undefined) return "unknown";
  const sight = { ...found, account: run.track.intent.step.account };
  const action = actionFor(sight, first.against);
  if (action === undefined) return "unknown";
  if (action.do === "stop") return shownOfStop(sight, first.prepared, now);
  if (action.do === "cancel") return shownOfCancel(sight, action, now);
  return effectShown(sight, action, first.against, now);
}

/** Whether the intent's time is over. */
export const isLate = ({ track, ports }: Run): boolean => ports.now() >= track.intent.step.expires;
