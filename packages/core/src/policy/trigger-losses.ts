import {
  type Exact,
  type Ms,
  ONE,
  ZERO,
  below,
  brief,
  exact,
  isZero,
  larger,
  multiply,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { percent, readLevel } from "./level.ts";
import { isWhole, unless } from "./problem.ts";
import type { Memory, Reading } from "./sight.ts";
import { RELEASE_PART } from "./trigger-trailing.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** Equity that fell by a share from its highest; once it fired the account stays locked out for a while, and what is opened is closed. */
export interface DrawdownTrigger {
  readonly when: "drawdown";
  readonly by: Exact;
  readonly lockMs: Ms;
}

/** So many losses within a time, reported by a venue or taken by reducing at a loss; then the account is locked out for a while. */
export interface StreakTrigger {
  readonly when: "streak";
  readonly losses: number;
  readonly withinMs: Ms;
  readonly lockMs: Ms;
}

const lockProblems = (lockMs: Ms) =>
  unless(isWhole(lockMs, 1), "trigger.lockMs", lockMs, "locks nothing out", "write milliseconds above 0");
const locked = ({ lockedUntil }: Memory, now: Ms, after: string): Reading | undefined =>
  lockedUntil !== undefined && now < lockedUntil
    ? {
        is: "met",
        urgent: false,
        because: `locked out ${after} for another ${((lockedUntil - now) / 3_600_000).toFixed(1)} h`,
      }
    : undefined;
/** A lock that is over is forgotten. */
const unlocked = ({ lockedUntil, ...rest }: Memory, now: Ms): Memory =>
  lockedUntil !== undefined && now < lockedUntil ? { ...rest, lockedUntil } : rest;

export const drawdownRule: TriggerRule<DrawdownTrigger> = {
  directions: () => ({ when: "either", by: "higher", lockMs: "lower" }),
  problems: ({ by, lockMs }) => [
    ...unless(
      below(ZERO, by) && below(by, ONE),
      "trigger.by",
      by,
      "is not a share of the equity",
      "write 0.2 for twenty percent",
    ),
    ...lockProblems(lockMs),
  ],
  remember: (_trigger, { now, assessment }, memory) => {
    const equity = assessment?.equity;
    if (equity?.is !== "known") return memory;
    const isOver = memory.lockedUntil !== undefined && now >= memory.lockedUntil;
    if (isOver) return { best: equity.value };
    return { ...memory, best: memory.best === undefined ? equity.value : larger(memory.best, equity.value) };
  },
  read: ({ by }, { now, assessment }, memory) => {
    const equity = assessment?.equity;
    if (equity === undefined) return { is: "unknown", why: why("account-unreadable") };
    if (equity.is === "none") return { is: "released" };
    if (equity.is !== "known") return { is: "unknown", why: equity.why };
    const { best = equity.value } = memory;
    const lock = locked(memory, now, "after a drawdown");
    if (lock !== undefined) return lock;
    if (isZero(best) || below(best, ZERO)) return { is: "released" };
    const value = quotient(subtract(best, equity.value), best, 8, "ceil");
    return readLevel({
      ...{ value, worse: "higher", at: by, reached: "at", release: multiply(by, subtract(ONE, RELEASE_PART)) },
      because: `equity ${brief(equity.value)} is ${percent(value)} under its highest, ${brief(best)}`,
    });
  },
  sameMeasure: () => true,
};

export const streakRule: TriggerRule<StreakTrigger> = {
  directions: () => ({ when: "either", losses: "higher", withinMs: "lower", lockMs: "lower" }),
  problems: ({ losses, withinMs, lockMs }) => [
    ...unless(isWhole(losses, 1), "trigger.losses", losses, "is no count of losses", "write 3"),
    ...unless(isWhole(withinMs, 1), "trigger.withinMs", withinMs, "is not a time", "write milliseconds above 0"),
    ...lockProblems(lockMs),
  ],
  remember: ({ withinMs }, { now }, memory) => {
    const losses = (memory.losses ?? []).filter((at) => now - at < withinMs);
    const { losses: _losses, ...rest } = unlocked(memory, now);
    return losses.length === 0 ? rest : { ...rest, losses };
  },
  read: ({ losses: at, withinMs }, { now }, memory) => {
    const lock = locked(memory, now, "after losses");
    if (lock !== undefined) return lock;
    const count = memory.losses?.length ?? 0;
    const because = `${count} losses within ${withinMs / 3_600_000} h reach ${at}`;
    const level = { worse: "higher", reached: "at", because } as const;
    return readLevel({ ...level, value: exact(BigInt(count)), at: exact(BigInt(at)) });
  },
  sameMeasure: () => true,
};
