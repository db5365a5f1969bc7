import type { BookEvent, Holding } from "@plimsoll/core/book";
import type { Intent } from "@plimsoll/core/planner";
import { type HoldingId, type Result, type Why, canonical, fail, why } from "@plimsoll/core/units";
import { followConnection, readConnection } from "./connection.ts";
import { type Dispatch, createDispatch } from "./dispatch.ts";
import { type ExecutorPorts, startTrack } from "./execution/run.ts";
import type { Keeper, KeeperOptions, KeeperTiming } from "./keeper.ts";
import type { Latest } from "./latest.ts";
import type { Ledger, Written } from "./ledger.ts";
import { type Arrival, createLoop, writeDecided } from "./loop.ts";
import { notProtecting, permissionOf } from "./not-protecting.ts";
import type { Recovered } from "./recover.ts";

type Running = Required<Omit<KeeperOptions, "timing">> & { readonly timing: KeeperTiming };

/** Joins loop, executions and feeds over a journal that was read, and lets them run. */
export async function runKeeper(
  options: Running,
  ledger: Ledger,
  latest: Latest,
  recovered: Recovered,
): Promise<Keeper> {
  const { turn, connections, policy, notices, log, clock, timers, timing, checkpoint } = options;
  const listeners = new Set<(written: readonly Written[]) => void>();
  const stopping = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<Why | undefined>();

  const begin = (intent: Intent) => dispatch.start(startTrack(intent, false));
  const changed = (written: readonly Written[]) => listeners.forEach((listener) => listener(written));
  const halt = (reason: Why) => {
    if (stopping.signal.aborted) return;
    log.fatal({ reason }, "the keeper stops: nothing is decided or sent any more");
    void stop(reason);
  };
  const loop = createLoop({ ledger, turn, latest, clock, checkpoint, begin, changed, halt }, recovered);
  const { submit } = loop;
  const connectionOf = (id: HoldingId) => connections.find(({ holding }) => holding === id);
  /** With each reading of a holding, also one that failed, whether anything can be sent for it. */
  const mayOf = (id: HoldingId, events: readonly BookEvent[]): readonly BookEvent[] => {
    const isReading = events.some(({ type }) => type === "holding" || type === "lost");
    const connection = isReading ? connectionOf(id) : undefined;
    return connection === undefined ? [] : [permissionOf(connection, clock())];
  };
  const tell = async (holding: HoldingId, events: readonly BookEvent[]) => {
    const news = [...mayOf(holding, events), ...events].filter((event) => latest.isNews(event));
    const arrivals = news.map((event, at): Arrival => ({
      ...(event.type === "holding" && { holding }),
      ...(at < news.length - 1 && { more: true }),
      event,
    }));
    await Promise.all(arrivals.map(submit));
  };

  const dispatch: Dispatch = createDispatch(
    executorPorts(options, latest, { tell, submit, stopping: stopping.signal }),
    timing,
    (error) => halt(why("keeper/execution-broke", { detail: String(error), next: "this is a bug: report it" })),
  );

  const follows: (() => Promise<void>)[] = [];
  let stopTicking = () => {};
  const stop = async (reason?: Why) => {
    if (stopping.signal.aborted) return void (await ended);
    stopping.abort();
    stopTicking();
    await Promise.all(follows.map((unfollow) => unfollow()));
    await dispatch.idle();
    await loop.close();
    await ledger.close();
    end(reason);
  };

  const idle = (id: HoldingId) => notProtecting(connectionOf(id));
  const keeper: Keeper = {
    view: () => turn.view(),
    coverage: (around = {}) =>
      turn.coverage({ ...around, others: (id) => [...(around.others?.(id) ?? []), ...idle(id)] }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setMode: (mode, who) => submit({ event: { type: "mode", mode, who } }),
    act: async (plan, who) => {
      const may = turn.mayAct(plan);
      if (may.ok) await submit({ event: { type: "act", plan, who } });
      return may;
    },
    setPolicy: (wanted) => submit({ event: { type: "policy", ...wanted } }),
    stop: () => stop(),
    ended,
  };

  ledger.continueAfter(recovered.lastNumber);
  const unwritten: Intent[] = [];
  await writeDecided(
    { ledger, checkpoint, begin: (intent) => void unwritten.push(intent) },
    recovered.unwritten,
    recovered.lastAt,
  );
  for (const track of [...recovered.tracks, ...unwritten.map((intent) => startTrack(intent, true))])
    dispatch.start(track);
  if (policyText(turn.view()) !== policyText(policy)) await submit({ event: { type: "policy", ...policy } });
  const noticed: BookEvent = { type: "pending", of: "notices", changes: notices };
  if (latest.isNews(noticed)) await submit({ event: noticed });
  for (const connection of connections) void readConnection(connection, tell).catch(() => undefined);
  if (stopping.signal.aborted) return keeper;
  follows.push(...connections.map((connection) => followConnection(connection, tell, timing.refreshMs, timers)));
  stopTicking = timers.every(timing.tickMs, () => void submit({ event: { type: "tick" } }).catch(() => undefined));

  return keeper;
}

const policyText = ({ guards, reserves }: Running["policy"]): string =>
  canonical([guards.toSorted((a, b) => (a.id < b.id ? -1 : 1)), reserves]);

interface Wires {
  readonly tell: (holding: HoldingId, events: readonly BookEvent[]) => Promise<void>;
  readonly submit: (arrival: Arrival) => Promise<void>;
  readonly stopping: AbortSignal;
}

/** What an execution may see and do. */
function executorPorts(
  { connections, engineOf, clock, timers, checkpoint }: Running,
  latest: Latest,
  { tell, submit, stopping }: Wires,
): Omit<ExecutorPorts, "ended"> {
  const connectionOf = (id: HoldingId) => connections.find(({ holding }) => holding === id);
  return {
    actorOf: (id) => connectionOf(id)?.actor,
    holding: (id) => latest.holding(id),
    sight: (holding) => {
      const [engine, scene] = [engineOf(holding.venue, holding.rules), latest.scene(holding, clock())];
      return engine === undefined || scene === undefined ? undefined : { engine, scene };
    },
    depth: (holding, instrument) => latest.depth(holding, instrument),
    mode: () => latest.mode(),
    reread: async (id): Promise<Result<Holding, Why>> => {
      const connection = connectionOf(id);
      return connection === undefined
        ? fail(why("execution/cannot-read", { holding: id }))
        : readConnection(connection, tell);
    },
    record: ({ key, step }, notes, outcome) =>
      submit({
        holding: step.holding,
        notes: notes.map((note) => ({ ...note, key })),
        ...(outcome === undefined ? {} : { event: { type: "outcome", key, outcome } }),
      }),
    now: clock,
    sleep: (forMs) => timers.sleep(forMs, stopping),
    checkpoint,
  };
}
