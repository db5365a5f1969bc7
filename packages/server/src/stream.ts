import { randomUUID } from "node:crypto";
import type { Change, Frame, Scenery } from "@plimsoll/server/contract";
import { type LiveSource, changeOf, readScenery, viewMoment } from "@plimsoll/server/view";
import { type Reader, type Socket, openReader } from "./reader.ts";

export interface Pace {
  /** At most one delta in this time, however often the source changes. */
  readonly everyMs: number;
  readonly heartbeatMs: number;
  /** What protects the accounts if the machine dies is worked out at most once in this time: of options it takes 0.1 s. */
  readonly coverEveryMs: number;
  /** A source that says nothing for so long makes every figure stale. */
  readonly staleAfterMs: number;
  /** Deltas held for readers that come back. */
  readonly held: number;
  /** Bytes that may wait for one reader; beyond, deltas are dropped for it and it is told. */
  readonly maxWaiting: number;
}
export const usualPace: Pace = {
  everyMs: 200,
  heartbeatMs: 2_000,
  coverEveryMs: 5_000,
  staleAfterMs: 10_000,
  held: 256,
  maxWaiting: 1_000_000,
};

/** The stream's place of a reader that comes back: the session it knew and the last sequence number it has. */
export interface Resume {
  readonly session: string;
  readonly after: number;
}

export interface Stream {
  join(socket: Socket, resume?: Resume): void;
  leave(socket: Socket): void;
  /** The scenery last sent, and how long the source has been silent. */
  latest(): { readonly scenery: Scenery; readonly quietMs: number };
  stop(): void;
}

/** Snapshot, then deltas with sequence numbers, to any number of readers; `report` gets what the source threw. */
export async function openStream(
  source: LiveSource,
  pace: Pace,
  now: () => number,
  report: (error: unknown) => void,
): Promise<Stream> {
  const session = randomUUID();
  const readers = new Map<Socket, Reader>();
  const held: { readonly seq: number; readonly change: Change }[] = [];
  let [coverage, coveredAt] = [source.coverage(), now()];
  let scenery = await readScenery(source, coverage);
  let [seq, heardAt] = [0, now()];
  let [waiting, reading, missed, stopped] = [false, false, false, false];

  const pulse = () => ({ session, seq, at: viewMoment(now()), quietMs: Math.max(0, now() - heardAt) });
  const snapshot = (): Frame => {
    const { staleAfterMs, heartbeatMs } = pace;
    return { type: "snapshot", ...pulse(), staleAfterMs, heartbeatMs, scenery };
  };

  async function publish(): Promise<void> {
    if (now() - coveredAt >= pace.coverEveryMs) [coverage, coveredAt] = [source.coverage(), now()];
    const next = await readScenery(source, coverage);
    const change = changeOf(scenery, next);
    scenery = next;
    if (change === undefined) return;
    seq += 1;
    held.push({ seq, change });
    if (held.length > pace.held) held.shift();
    for (const reader of readers.values()) reader.delta({ type: "delta", ...pulse(), change });
  }

  /** One reading at a time; what changes meanwhile is read once more afterwards. */
  function wake(): void {
    heardAt = now();
    missed = true;
    if (waiting || reading || stopped) return;
    waiting = true;
    timer = setTimeout(() => {
      [waiting, reading, missed] = [false, true, false];
      publish()
        .catch(report)
        .finally(() => {
          reading = false;
          if (missed) wake();
        });
    }, pace.everyMs);
  }
  let timer: NodeJS.Timeout | undefined;
  const forget = source.onChange(wake);
  const heart = setInterval(() => {
    for (const reader of readers.values()) reader.heartbeat({ type: "heartbeat", ...pulse() });
  }, pace.heartbeatMs);

  return {
    join(socket, resume) {
      const reader = openReader(socket, pace.maxWaiting, snapshot);
      readers.set(socket, reader);
      const first = held[0]?.seq ?? seq + 1;
      if (resume === undefined || resume.session !== session || resume.after < first - 1 || resume.after > seq)
        return reader.snapshot();
      for (const { seq: at, change } of held)
        if (at > resume.after) reader.delta({ type: "delta", ...pulse(), seq: at, change });
      reader.heartbeat({ type: "heartbeat", ...pulse() });
    },
    leave: (socket) => void readers.delete(socket),
    latest: () => ({ scenery, quietMs: pulse().quietMs }),
    stop() {
      stopped = true;
      forget();
      clearInterval(heart);
      clearTimeout(timer);
      for (const socket of readers.keys()) socket.close(1001, "the server stops");
      readers.clear();
    },
  };
}
