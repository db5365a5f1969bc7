import type { Danger } from "@plimsoll/core/risk";
import { type Exact, type Ms, type Why, ms, why } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";
import type { Reading } from "./reading.ts";

/** What a guard remembers of one account between two looks. */
export interface Watch {
  /** Since when the trigger is met without a break. */
  readonly since?: Ms;
  /** When the present episode began; it ends when the trigger is released. */
  readonly episode?: Ms;
  /** Actions begun in this episode, and whether one was urgent. */
  readonly attempts: number;
  readonly urgently: boolean;
  /** Something was done in this episode; after that, leaving the trigger short of release leaves only urgency to act on. */
  readonly acted: boolean;
  readonly spent: boolean;
  /** When it fired, in the last 24 hours. */
  readonly fired: readonly Ms[];
  /** Refusals in a row, and the moment before which no new attempt is made. */
  readonly refusals: number;
  readonly retryAt?: Ms;
  /** Sizes that a wish to reduce by a share leaves, by lever, fixed when the episode first fired. */
  readonly left?: Readonly<Record<string, Exact>>;
}
export const asleep: Watch = { attempts: 0, urgently: false, acted: false, spent: false, fired: [], refusals: 0 };

export type Verdict =
  | { readonly is: "quiet" }
  /** The trigger is met and the guard holds back by its own bounds; time will change that. */
  | { readonly is: "waiting"; readonly why: Why }
  /** It cannot protect, and a person must know. */
  | { readonly is: "blocked"; readonly why: Why }
  | { readonly is: "fire"; readonly urgent: boolean; readonly because: string };

const DAY_MS = 86_400_000;
const LONGEST_RETRY_MS = 60_000;

/** The watch after one reading. */
export function applyReading(watch: Watch, reading: Reading, now: Ms): Watch {
  const { since: _since, ...rest } = watch;
  const fired = watch.fired.filter((at) => now - at < DAY_MS);
  switch (reading.is) {
    case "met":
      return { ...watch, fired, since: watch.since ?? now, episode: watch.episode ?? now };
    case "between":
      return { ...rest, fired, spent: watch.spent || watch.acted };
    case "released":
      return { ...asleep, fired };
    case "unknown":
      return { ...rest, fired };
  }
}

/** Whether a guard acts now; `watch` has the reading applied. */
export function verdictOf(guard: Guard, watch: Watch, reading: Reading, danger: Danger, now: Ms): Verdict {
  const { expires, perDay, confirmMs, coolDownMs } = guard.bounds;
  if (expires !== undefined && now >= expires)
    return { is: "blocked", why: why("guard-expired", { guard: guard.id, expired: `${expires}`, next: "renew it" }) };
  if (reading.is === "unknown") return { is: "blocked", why: reading.why };
  if (reading.is !== "met") return { is: "quiet" };
  const { urgent, because } = reading;
  if (guard.mode === "shadow" && watch.attempts > 0 && (watch.urgently || !urgent)) return { is: "quiet" };
  const wait = (code: string, untilMs: number): Verdict => ({ is: "waiting", why: why(code, { until: `${untilMs}` }) });
  if (watch.retryAt !== undefined && now < watch.retryAt) return wait("after-refusal", watch.retryAt);
  if (watch.fired.length >= perDay)
    return {
      is: "blocked",
      why: why("day-used-up", { guard: guard.id, perDay: `${perDay}`, next: "act by hand or raise perDay" }),
    };
  if (urgent) return { is: "fire", urgent, because };
  if (watch.spent) return { is: "waiting", why: why("not-released", { guard: guard.id }) };
  const confirmed = ms((watch.since ?? now) + confirmMs);
  if (now < confirmed && danger !== "danger" && danger !== "liquidatable") return wait("confirming", confirmed);
  const last = watch.fired.at(-1);
  if (last !== undefined && now < last + coolDownMs) return wait("cooling-down", last + coolDownMs);
  return { is: "fire", urgent, because };
}

/** The watch after the guard fired. */
export const applyFired = (watch: Watch, now: Ms, urgent: boolean, left: Watch["left"]): Watch => ({
  ...watch,
  attempts: watch.attempts + 1,
  urgently: watch.urgently || urgent,
  fired: [...watch.fired, now],
  ...(left !== undefined && { left }),
});

/** The watch after an action that had its effect, wholly or in part. */
export const applyActed = (watch: Watch): Watch => {
  const { retryAt: _retryAt, ...rest } = watch;
  return { ...rest, acted: true, refusals: 0 };
};

/** The watch after an action without effect: it does not count for the day, and the next attempt waits twice as long. */
export const applyRefused = (watch: Watch, firedAt: Ms, now: Ms): Watch => ({
  ...watch,
  fired: watch.fired.filter((at) => at !== firedAt),
  refusals: watch.refusals + 1,
  retryAt: ms(now + Math.min(1_000 * 2 ** watch.refusals, LONGEST_RETRY_MS)),
});
