import { type Ms, canonical, ms } from "@plimsoll/core/units";
import type { Guard } from "./guard.ts";
import { type Loosening, loosens } from "./loosens.ts";
import { validateGuard } from "./validate-guard.ts";

/** Loosening waits so long after it was confirmed, and longer while any account is at act or worse. */
export const LOOSENING_WAIT_MS = 86_400_000;

/** A looser version of a guard, or its removal, that is asked for and not in force. */
export interface Waiting {
  readonly guard: string;
  /** What shall be in force; absent where the guard shall go. */
  readonly to?: Guard;
  readonly loosens: readonly Loosening[];
  /** When a person confirmed it; without that it never takes force. */
  readonly confirmedAt?: Ms;
}

export interface Changed {
  /** What is in force now. */
  readonly inForce: readonly Guard[];
  readonly waiting: readonly Waiting[];
}

/**
 * What a change of the policy may do now: all that tightens takes force at once, what loosens waits for a person's confirmation and
 * then a day. A version that does both is split: its tighter fields now, the whole of it later.
 * @param confirmed ids of the guards whose loosening the owner confirmed with this change.
 */
export function changePolicy(
  { inForce: before, waiting }: Changed,
  wanted: readonly Guard[],
  confirmed: readonly string[],
  now: Ms,
): Changed {
  const old = new Map(before.map((guard) => [guard.id, guard]));
  const inForce: Guard[] = [];
  const asked: Waiting[] = [];
  const wait = (guard: Guard, to: Guard | undefined, fields: readonly Loosening[]) => {
    const earlier = waiting.find(
      (one) => one.guard === guard.id && canonical(one.to ?? null) === canonical(to ?? null),
    );
    const confirmedAt = earlier?.confirmedAt ?? (confirmed.includes(guard.id) ? now : undefined);
    asked.push({
      guard: guard.id,
      ...(to && { to }),
      loosens: fields,
      ...(confirmedAt !== undefined && { confirmedAt }),
    });
  };
  for (const to of wanted) {
    const from = old.get(to.id);
    old.delete(to.id);
    const fields = from === undefined ? [] : loosens(from, to);
    // a shadow guard protects nobody: nothing is lost where it is loosened, and arming it has a confirmation of its own
    if (from === undefined || fields.length === 0 || from.mode === "shadow") inForce.push(to);
    else {
      inForce.push(tightened(from, to, fields));
      wait(from, to, fields);
    }
  }
  for (const gone of old.values()) {
    if (gone.mode === "shadow") continue;
    inForce.push(gone);
    wait(gone, undefined, [{ field: "guard", from: gone.name, to: "absent" }]);
  }
  return { inForce, waiting: asked };
}

/** What takes force because its wait is over; nothing while any account is at act or worse. */
export function applyWaits({ inForce, waiting }: Changed, now: Ms, isCalm: boolean): Changed {
  const due = waiting.filter(({ confirmedAt }) => confirmedAt !== undefined && now >= dueAt(confirmedAt));
  if (!isCalm || due.length === 0) return { inForce, waiting };
  const ids = new Set(due.map(({ guard }) => guard));
  const next = due.flatMap(({ to }) => (to === undefined ? [] : [to]));
  return {
    inForce: [...inForce.filter(({ id }) => !ids.has(id)), ...next],
    waiting: waiting.filter(({ guard }) => !ids.has(guard)),
  };
}

export const dueAt = (confirmedAt: Ms): Ms => ms(confirmedAt + LOOSENING_WAIT_MS);

/** The old guard with all of the new one that loosens nothing; the old one where that makes no sound guard. */
function tightened(from: Guard, to: Guard, fields: readonly Loosening[]): Guard {
  const loose = new Set(fields.map(({ field }) => field));
  const pick = <T extends object>(path: string, a: T, b: T): T => {
    const [before, after] = [a, b] as readonly Readonly<Record<string, unknown>>[];
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    const chosen = [...keys].map((key) => [key, (loose.has(`${path}${key}`) ? before : after)![key]] as const);
    return Object.fromEntries(chosen.filter(([, value]) => value !== undefined)) as T;
  };
  const ladder = [...loose].some((field) => field.startsWith("ladder.")) ? from.ladder : to.ladder;
  const merged: Guard = {
    ...pick("", from, to),
    trigger: pick("trigger.", from.trigger, to.trigger),
    target: pick("target.", from.target, to.target),
    bounds: pick("bounds.", from.bounds, to.bounds),
    ladder,
    mode: loose.has("mode") ? from.mode : to.mode,
  };
  return validateGuard(merged).length === 0 && loosens(from, merged).length === 0 ? merged : from;
}
