import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, ms, why } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import { quietSockets, tap } from "./sockets.ts";

/** What a message of a venue's sockets means to us; `changed` asks for a fresh reading of the account. */
export interface StreamNews {
  readonly events: readonly BookEvent[];
  readonly at?: Ms;
  readonly changed: boolean;
}
export const NO_NEWS: StreamNews = { events: [], changed: false };

/** Something that is followed through the venue's sockets. */
export interface Stream {
  /** What is unknown while it is broken: quotes or the holding. */
  readonly covers: () => readonly string[];
  /** Waits for the next message; ccxt opens and keeps the connection. */
  readonly follow: () => Promise<unknown>;
}

/** What is followed, and how the venue's messages read. */
export interface Watched {
  readonly venue: string;
  readonly client: Exchange;
  readonly holding: HoldingId;
  readonly streams: readonly Stream[];
  readonly readStream: (message: unknown) => Result<StreamNews, Why>;
  /** One whole reading of the account. */
  readonly reread: () => Promise<Result<readonly BookEvent[], Why>>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Every venue pings or pushes more often: after this much silence the connection is not trusted. */
const SILENT_MS = 30_000;

/**
 * Follows marks and the account through the venue's sockets until the returned function is called. The library keeps the
 * connections; the messages are read here, raw. A change of the account makes a fresh reading over HTTP, since a message
 * tells only what changed: readings do not overlap, and changes during one make one more.
 */
export async function watchStreams(
  { venue, client, holding, streams, readStream, reread }: Watched,
  on: (event: BookEvent, at: Ms) => void,
): Promise<() => Promise<void>> {
  await client.loadMarkets();
  quietSockets(client);
  const stop = new AbortController();
  const now = () => ms(client.nonce());
  const refresh = onePerTime(async () => {
    if (stop.signal.aborted) return;
    const read = await reread();
    const events = read.ok ? read.value : [{ type: "lost", what: holding, why: read.failure } as const];
    if (!stop.signal.aborted) for (const event of events) on(event, now());
  });
  const lose = (what: readonly string[], code: string, detail: string) => {
    const reason = why(`${venue}/${code}`, { detail, next: "the stream is opened again" });
    for (const each of what) on({ type: "lost", what: each, why: reason }, now());
  };
  let heard = Date.now();
  const untap = tap(client, (message) => {
    heard = Date.now();
    const news = readStream(message);
    if (!news.ok) return on({ type: "lost", what: holding, why: news.failure }, now());
    for (const event of news.value.events) on(event, news.value.at ?? now());
    if (news.value.changed) refresh();
  });
  const silence = setInterval(() => {
    if (streams.length === 0 || Date.now() - heard < SILENT_MS) return;
    heard = Date.now();
    lose(
      streams.flatMap(({ covers }) => covers()),
      "stream-silent",
      `no message for ${SILENT_MS / 1_000} s`,
    );
    void client.close();
  }, SILENT_MS / 4);
  const loops = streams.map(({ covers, follow }) =>
    keep(stop.signal, follow, (error) =>
      lose(covers(), "stream-lost", error instanceof Error ? error.message : String(error)),
    ),
  );
  return async () => {
    stop.abort();
    clearInterval(silence);
    untap();
    const ended = Promise.all(loops).then(() => true);
    // A socket that was being opened when we closed appears only afterwards: it is closed then, or left after a second.
    for (let tries = 0; tries < 40; tries++) {
      await client.close();
      if (await Promise.race([ended, pause(25)])) return;
    }
  };
}

/** Calls again and again until stopped; after a failure it tells and waits, longer each time. */
async function keep(
  signal: AbortSignal,
  follow: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      await follow();
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
      await sleep(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }
}

const pause = (timeMs: number): Promise<false> => new Promise((resolve) => setTimeout(resolve, timeMs, false));

const sleep = (timeMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, timeMs);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

/** Runs one at a time; calls while it runs make it run once more. */
function onePerTime(run: () => Promise<void>): () => void {
  let [running, again] = [false, false];
  const start = async (): Promise<void> => {
    running = true;
    do {
      again = false;
      await run();
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void start();
  };
}
