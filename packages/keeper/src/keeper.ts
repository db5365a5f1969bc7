import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Pending } from "@plimsoll/core/book";
import type { Store } from "@plimsoll/core/journal";
import type { Plan, Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import type { BookMode, BookView, Turn, TurnPorts } from "@plimsoll/core/turn";
import { type Ms, type Result, type Why, ms, ok } from "@plimsoll/core/units";
import type { Logger } from "pino";
import type { Connection } from "./connection.ts";
import { type ExecutorSettings, executorDefaults } from "./execution/run.ts";
import type { Checkpoint } from "./execution/states.ts";
import { createLatest } from "./latest.ts";
import { type Ledger, type Written, openLedger } from "./ledger.ts";
import { recover } from "./recover.ts";
import { runKeeper } from "./run-keeper.ts";
import { type Timers, machineTimers } from "./timers.ts";

export interface KeeperOptions {
  readonly store: Store;
  /** A turn that has seen nothing yet: the journal gives it back its state. */
  readonly turn: Turn;
  readonly engineOf: TurnPorts["engineOf"];
  readonly connections: readonly Connection[];
  /** The owner's guards and reserves, whole; journaled where they differ from those in force. */
  readonly policy: {
    readonly guards: readonly Guard[];
    readonly reserves: readonly Reserve[];
    /** Ids of guards whose loosening the owner confirmed. */
    readonly confirmed?: readonly string[];
  };
  /** Changes of rules that the owner was told of; journaled where they differ from those known. */
  readonly notices?: readonly Pending[];
  readonly log: Logger;
  readonly clock?: () => Ms;
  readonly timers?: Timers;
  readonly timing?: Partial<KeeperTiming>;
  /** Called around every step of an intent; does nothing unless a test gives one. */
  readonly checkpoint?: Checkpoint;
}

export interface KeeperTiming extends ExecutorSettings {
  /** How often the turn is told that time passed. */
  readonly tickMs: number;
  /** How often every holding is read whole, whatever streams in. */
  readonly refreshMs: number;
  /** How long the journal stays ours without a word from us: the longest wait of a keeper that takes over. */
  readonly leaseMs: number;
  /** How long a start waits for a journal that another keeper holds: it may have died a moment ago. */
  readonly takeOverMs: number;
}
const keeperDefaults: KeeperTiming = {
  ...executorDefaults,
  tickMs: 1_000,
  refreshMs: 10_000,
  leaseMs: 15_000,
  takeOverMs: 16_000,
};

export interface Keeper {
  readonly view: () => BookView;
  /** What protects every position if this machine dies now. */
  readonly coverage: Turn["coverage"];
  /** Calls back with what was just journaled; returns how to unsubscribe. */
  readonly onChange: (listener: (written: readonly Written[]) => void) => () => void;
  /** Changes what the house may do; resolves once it is durable, and from then on it is in force, through restarts too. */
  readonly setMode: (mode: BookMode, who: string) => Promise<void>;
  /** Carries out a plan that a person confirmed, if nothing forbids it any more; resolves once that is durable. */
  readonly act: (plan: Plan, who: string) => Promise<Result<void, Why>>;
  /** Puts the owner's guards and reserves in place of those before: what tightens at once, what loosens when it may. */
  readonly setPolicy: (policy: KeeperOptions["policy"]) => Promise<void>;
  /** Ends feeds and executions at their next safe point and gives the journal free; the store stays open. */
  readonly stop: () => Promise<void>;
  /** Resolves when the keeper has ended: with a reason when it had to, without one after `stop`. */
  readonly ended: Promise<Why | undefined>;
}

/**
 * Starts the keeper of one journal: rebuilds the turn from it, reads what the venues show, brings every open intent to its end,
 * and follows the feeds. It returns once the journal is read; the venues answer when they answer.
 * @returns failures of the journal: held by another keeper, broken chain, an input that this build cannot take.
 */
export async function startKeeper(options: KeeperOptions): Promise<Result<Keeper, Why>> {
  const { store, turn, log, timers = machineTimers } = options;
  const timing = { ...keeperDefaults, ...options.timing };
  const opened = await takeLedger(store, timing, timers, log);
  if (!opened.ok) return opened;
  const latest = createLatest();
  const recovered = await recover(store, turn, latest);
  if (!recovered.ok) {
    await opened.value.close();
    return recovered;
  }
  const { lastSeq, differing, tracks } = recovered.value;
  log.info({ inputs: String(lastSeq), intents: tracks.length }, "journal read");
  if (differing > 0) log.warn({ differing }, "this build decides otherwise on inputs that the journal holds");
  return ok(
    await runKeeper(
      { checkpoint: () => {}, clock: () => ms(Date.now()), notices: [], ...options, timers, timing },
      opened.value,
      latest,
      recovered.value,
    ),
  );
}

/** The journal's streams, as soon as a keeper that died has lost them. */
async function takeLedger(
  store: Store,
  { leaseMs, takeOverMs }: KeeperTiming,
  timers: Timers,
  log: Logger,
): Promise<Result<Ledger, Why>> {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`;
  const giveUp = timers.elapsed() + takeOverMs;
  for (let told = false; ; told = true) {
    const opened = await openLedger(store, owner, ms(leaseMs), timers);
    if (opened.ok || opened.failure.code !== "store/lease-held" || timers.elapsed() >= giveUp) return opened;
    if (!told) log.warn(opened.failure, "another keeper holds the journal: waiting until its lease ends");
    await timers.sleep(Math.min(250, takeOverMs));
  }
}
