import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "@plimsoll/core/policy";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, ms, ok } from "@plimsoll/core/units";
import {
  type Keeper,
  type SigningKey,
  createLog,
  createRedact,
  exportEvidence,
  openStore,
  sha256,
  startKeeper,
} from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";
import { drivenFeed } from "./driven-feed.ts";
import { type Figures, Tally, figuresOf } from "./figures.ts";
import type { Half } from "./half.ts";
import type { MarketPath } from "./market-path.ts";
import type { StoryClock } from "./story-clock.ts";

/** The book on its venues, at its first moment. */
export interface Stage {
  readonly halves: readonly Half[];
  readonly clock: StoryClock;
}

export interface PlayOptions {
  /** Where this run's journal lies. */
  readonly folder: string;
  readonly guards: readonly Guard[];
  readonly signingKey: SigningKey;
  /** File of the signed record. */
  readonly evidence: string;
  /** Our milliseconds from one moment to the next; 0 goes as fast as everything answers. */
  readonly paceMs: number;
  readonly attached: (keeper: Keeper) => void;
  /** Called when a moment was seen and answered; `done` counts them, `figures` are those so far. */
  readonly played: (done: number, figures: Figures) => void;
  readonly stopped: AbortSignal;
}

/** Longest wait for what was decided at one moment; beyond it the market goes on, as markets do. */
const PATIENCE_MS = 10_000;

/**
 * Plays a market to a book under a keeper with its own journal. At each moment the venues act first, then the keeper sees what is
 * left, then the story waits until everything it decided has ended.
 * @returns the figures of the run, read from its journal.
 */
export async function playRun(
  { halves, clock }: Stage,
  path: MarketPath,
  options: PlayOptions,
): Promise<Result<Figures, Why>> {
  mkdirSync(options.folder, { recursive: true });
  const store = await openStore(options.folder);
  if (!store.ok) return store;
  const driven = halves.map(({ connection }) => ({
    ...connection,
    feed: drivenFeed(connection.feed, clock, connection.holding),
  }));
  const started = await startKeeper({
    store: store.value,
    turn: createTurn({ engineOf, sha256 }),
    engineOf,
    connections: driven,
    policy: { guards: options.guards, reserves: [] },
    log: createLog("error", process.stderr, createRedact([])),
    clock: clock.now,
    // The story tells the keeper when to look: nothing of it follows our clock.
    timing: { tickMs: 1_000_000, refreshMs: 1_000_000 },
  });
  if (!started.ok) {
    await store.value.close();
    return started;
  }
  const keeper = started.value;
  const tally = new Tally(halves.length);
  keeper.onChange((written) => written.forEach((entry) => tally.add(entry, keeper.view)));
  options.attached(keeper);
  for (const [index, moment] of path.moments.entries()) {
    if (options.stopped.aborted) break;
    const begun = performance.now();
    clock.pass(moment.at);
    await Promise.all(halves.map((half) => half.move(moment)));
    await Promise.all(driven.map(({ feed }) => feed.read()));
    await settled(keeper);
    options.played(index + 1, tally.figures());
    await sleep(Math.max(0, options.paceMs - (performance.now() - begun)));
  }
  await keeper.stop();
  const figures = await figuresOf(store.value, halves.length);
  const proved = await exportEvidence(store.value, options.signingKey, options.evidence, ms(Date.now()));
  await store.value.close();
  return proved.ok ? ok(figures) : proved;
}

/** Resolves when the keeper has decided on what it was told and nothing of it is under way any more. */
async function settled(keeper: Keeper): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  let quiet = 0;
  let seen = keeper.view().seq;
  while (quiet < 3 && performance.now() < until) {
    await sleep(2);
    const { seq, open } = keeper.view();
    quiet = seq === seen && open.length === 0 ? quiet + 1 : 0;
    seen = seq;
  }
}
