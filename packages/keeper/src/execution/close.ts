import type { Why } from "@plimsoll/core/units";
import { type Shown, effectShown } from "./effect-shown.ts";
import { freshHolding } from "./fresh-holding.ts";
import { type Note, type Run, move } from "./run.ts";

type End = "done" | "refused" | "expired";

/**
 * Ends an intent whose message the venue had: only a fresh reading of the holding closes it, so the turn never meets a closed
 * intent beside an old position. A venue that shows its own word late is read again a few times.
 */
export async function close(run: Run, state: End, why: Why | undefined, notes: readonly Note[] = []): Promise<void> {
  const wanted: Shown = state === "done" ? "as-predicted" : "no-effect";
  let shown = await readEffect(run);
  for (let reading = 1; shown !== wanted && reading < run.settings.readings; reading++) {
    await run.ports.sleep(run.settings.pollMs);
    shown = await readEffect(run);
  }
  const verified = shown === wanted ? "as-predicted" : shown === "unknown" ? "not-yet" : "differs";
  await move(run, { state, ...(why === undefined ? {} : { why }), verified }, notes);
}

/** A fresh reading of the holding, however long the venue takes to answer, and what it shows of the first message. */
export async function readEffect(run: Run): Promise<Shown> {
  const { intent, sendings } = run.track;
  const now = await freshHolding(run);
  const sight = run.ports.sight(now);
  const first = sendings[0];
  if (sight === undefined || first === undefined) return "unknown";
  return effectShown({ ...sight, account: intent.step.account }, intent.step.action, first.against, now);
}

/** Whether the intent's time is over. */
export const isLate = ({ track, ports }: Run): boolean => ports.now() >= track.intent.step.expires;
