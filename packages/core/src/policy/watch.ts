import type { Danger } from "@plimsoll/core/risk";
import { type Exact, type Ms, type Why, DAY_MS, ONE, compare, divide, ms, pow10, why } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";
import type { Memory, Reading, Seen } from "./sight.ts";
import { ruleOf } from "./triggers.ts";

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
  /** The worst value of this episode, and when it was seen. */
  readonly worst?: Seen & { readonly at: Ms };
  /** What the trigger keeps of the past; it outlives episodes. */
  readonly memory?: Memory;
  /** Sizes that a wish to reduce by a share leaves, by lever, fixed when the episode first fired. */
  readonly left?: Readonly<Record<string, Exact>>;
  /**
   * What was begun last was one step of a plan with more, or ended with a part done: it goes on without a cool-down, also where that
   * brought it out of the band.
   */
  readonly unfinished?: boolean;
}
export const asleep: Watch = { attempts: 0, urgently: false, acted: false, spent: false, fired: [], refusals: 0 };

export type Verdict =
  | { readonly is: "quiet" }
  /** The trigger is met and the guard holds back by its own bounds; time will change that. */
  | { readonly is: "waiting"; readonly why: Why }
  /** It cannot protect, and a person must know. */
  | { readonly is: "blocked"; readonly why: Why }
  | { readonly is: "fire"; readonly urgent: boolean; readonly because: string };

/** Nothing is relaxed within an hour of an extreme: in 2025-10 collateral failed a quarter of an hour after the low. */
export const EXTREME_MS = 3_600_000;
const LONGEST_RETRY_MS = 60_000;

/** The watch after one reading. */
export function applyReading(watch: Watch, reading: Reading, now: Ms): Watch {
  const { since: _since, ...rest } = watch;
  const fired = watch.fired.filter((at) => now - at < DAY_MS);
  if (reading.is === "unknown") return { ...rest, fired };
  const worst = reading.is === "met" || watch.episode !== undefined ? worstOf(watch, reading.seen, now) : {};
  switch (reading.is) {
    case "met":
      return { ...watch, fired, ...worst, since: watch.since ?? now, episode: watch.episode ?? now };
    case "between":
      return { ...rest, fired, ...worst, spent: watch.spent || (watch.acted && watch.unfinished !== true) };
    case "released":
      // ready to act again at once; but the episode goes on, and with it its vigilance, while the extreme is near
      if (isVigilant(watch, now)) return { ...rest, fired, ...worst, acted: false, spent: false, unfinished: false };
      return { ...asleep, fired, ...(watch.memory && { memory: watch.memory }) };
  }
}

/** Inside an episode, or so near its extreme that it may come back. */
const isVigilant = ({ episode, worst }: Watch, now: Ms): boolean =>
  episode !== undefined && worst !== undefined && now - worst.at < EXTREME_MS;

function worstOf({ worst, episode }: Watch, seen: Seen | undefined, now: Ms): Pick<Watch, "worst"> {
  if (seen === undefined) return {};
  if (worst === undefined || episode === undefined) return { worst: { ...seen, at: now } };
  const order = compare(seen.value, worst.value);
  return (seen.worse === "lower" ? order <= 0 : order >= 0) ? { worst: { ...seen, at: now } } : {};
}

/** Whether the trigger is met or was so lately that what it holds in force stays in force. */
export const isInForce = ({ episode }: Watch): boolean => episode !== undefined;

/**
 * How long a trigger must hold: nothing in danger, where another guard tightens, and where this episode was confirmed before; else
 * the guard's window, which shrinks with the room left to urgent.
 */
function windowOf(
  { bounds: { confirmMs } }: Guard,
  { attempts }: Watch,
  headroom: Exact = ONE,
  hurried: boolean,
): number {
  if (hurried || attempts > 0) return 0;
  return Number(divide(BigInt(confirmMs) * headroom.digits, pow10(headroom.scale), "floor"));
}

/** Whether a guard acts now; `watch` has the reading applied. `tight`: another guard of the account says that nothing waits. */
export function verdictOf(
  guard: Guard,
  watch: Watch,
  reading: Reading,
  danger: Danger,
  now: Ms,
  tight = false,
): Verdict {
  const { expires, perDay, coolDownMs } = guard.bounds;
  if (expires !== undefined && now >= expires)
    return { is: "blocked", why: why("guard-expired", { guard: guard.id, expired: `${expires}`, next: "renew it" }) };
  if (reading.is === "unknown") return { is: "blocked", why: reading.why };
  const goesOn = watch.unfinished === true && watch.acted && guard.mode === "armed" && watch.fired.length < perDay;
  if (reading.is === "between" && goesOn)
    return { is: "fire", urgent: false, because: "the plan that was begun has further steps" };
  if (reading.is !== "met") return { is: "quiet" };
  const { because, headroom } = reading;
  const urgent = reading.urgent || guard.rung?.severity === "panic";
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
  const hurried = tight || danger === "danger" || danger === "liquidatable";
  const confirmed = (watch.since ?? now) + windowOf(guard, watch, headroom, hurried);
  if (now < confirmed) return wait("confirming", confirmed);
  const last = watch.fired.at(-1);
  if (last !== undefined && now < last + coolDownMs && !goesOn) return wait("cooling-down", last + coolDownMs);
  return { is: "fire", urgent, because };
}

/** The watch of a trigger that locks out, from the moment it fires; a lock that runs is not made longer. */
export function applyLock({ trigger }: Guard, watch: Watch, now: Ms): Watch {
  if (!("lockMs" in trigger)) return watch;
  const { lockedUntil = now } = watch.memory ?? {};
  if (lockedUntil > now) return watch;
  return { ...watch, memory: { ...watch.memory, lockedUntil: ms(now + trigger.lockMs) } };
}

/** Reductions that follow each other this fast are one: what goes in slices, or fills in parts, is lost once. */
const ONE_REDUCTION_MS = 60_000;

/** The watch after a loss: one that a venue reported, or a reduction at a loss; kept where the trigger counts losses. */
export function applyLoss({ trigger }: Guard, watch: Watch, at: Ms, by: "report" | "reduction" = "report"): Watch {
  if (trigger.when !== "streak") return watch;
  const before = watch.memory?.losses ?? [];
  const isSame = by === "reduction" && at - (before.at(-1) ?? -Infinity) < ONE_REDUCTION_MS;
  const losses = [...(isSame ? before.slice(0, -1) : before), at];
  return { ...watch, memory: { ...watch.memory, losses } };
}

/** The watch under a new version of its guard: fresh, but what it did today still counts, and what both measure is kept. */
export function applyVersion(before: Guard | undefined, after: Guard, { fired, memory }: Watch): Watch {
  const isSame =
    before?.trigger.when === after.trigger.when &&
    (ruleOf(after.trigger).sameMeasure?.(before.trigger, after.trigger) ?? false);
  return { ...asleep, fired, ...(isSame && memory && { memory }) };
}

/** The watch after the guard fired. */
export const applyFired = (watch: Watch, now: Ms, urgent: boolean, left: Watch["left"], unfinished = false): Watch => ({
  ...watch,
  attempts: watch.attempts + 1,
  urgently: watch.urgently || urgent,
  fired: [...watch.fired, now],
  ...(left !== undefined && { left }),
  ...((unfinished || watch.unfinished === true) && { unfinished }),
});

/** The watch after an action that had its effect, wholly or in part; what only a part was done of is not finished. */
export const applyActed = (watch: Watch, isWhole = true): Watch => {
  const { retryAt: _retryAt, ...rest } = watch;
  return { ...rest, acted: true, refusals: 0, ...(!isWhole && { unfinished: true }) };
};

/** The watch after an action without effect: it does not count for the day, and the next attempt waits twice as long. */
export const applyRefused = (watch: Watch, firedAt: Ms, now: Ms): Watch => ({
  ...watch,
  fired: watch.fired.filter((at) => at !== firedAt),
  refusals: watch.refusals + 1,
  retryAt: ms(now + Math.min(1_000 * 2 ** watch.refusals, LONGEST_RETRY_MS)),
});
