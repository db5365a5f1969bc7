import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, ms, why } from "@plimsoll/core/units";
import { markKey } from "./position.ts";
import { readStream } from "./read-stream.ts";
import type { Client } from "./transport.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Follows marks and the account through the venue's sockets until the returned function is called. The library keeps the
 * connections; the messages are read here, raw. A change of the account makes a fresh reading over HTTP, since a message
 * tells only what changed: readings do not overlap, and changes during one make one more.
 */
export async function watchStreams(
  client: Client,
  holding: HoldingId,
  symbols: () => readonly string[],
  reread: () => Promise<Result<readonly BookEvent[], Why>>,
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
  const untap = tap(client, (message) => {
    const news = readStream(message, holding);
    if (!news.ok) return on({ type: "lost", what: holding, why: news.failure }, now());
    for (const event of news.value.events) on(event, news.value.at ?? now());
    if (news.value.changed) refresh();
  });
  const lose = (what: readonly string[], error: unknown) => {
    const reason = why("binance/stream-lost", {
      detail: error instanceof Error ? error.message : String(error),
      next: "the stream is opened again",
    });
    for (const each of what) on({ type: "lost", what: each, why: reason }, now());
  };
  const loops = [
    keep(
      stop.signal,
      () => followMarks(client, symbols()),
      (error) => lose(symbols().map(markKey), error),
    ),
    keep(
      stop.signal,
      () => client.watchBalance(),
      (error) => lose([holding], error),
    ),
  ];
  return async () => {
    stop.abort();
    untap();
    const ended = Promise.all(loops).then(() => true);
    // A socket that was being opened when we closed appears only afterwards: it is closed then, or left after a second.
    for (let tries = 0; tries < 40; tries++) {
      await client.close();
      if (await Promise.race([ended, pause(25)])) return;
    }
  };
}

async function followMarks(client: Client, symbols: readonly string[]): Promise<unknown> {
  const unified = symbols.flatMap(
    (symbol) => client.markets_by_id?.[symbol]?.map((market: { symbol: string }) => market.symbol) ?? [],
  );
  return unified.length === 0 ? client.sleep(1_000) : client.watchMarkPrices(unified);
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

interface Socket {
  readonly connected: Promise<unknown>;
  future(hash: string): Promise<unknown>;
}

/** Rejected without anybody waiting, it would end the process. */
const quiet = <P extends Promise<unknown>>(pending: P): P => {
  pending.catch(() => {});
  return pending;
};

/** A socket of the library rejects all that it promised when it fails or is closed, also what nobody waits for any more. */
function quietSockets(client: Client): void {
  const known = new WeakSet<object>();
  const make = client.client.bind(client);
  client.client = (url: string) => {
    const made = make(url);
    const socket = made as unknown as Socket;
    if (known.has(made)) return made;
    known.add(made);
    void quiet(socket.connected);
    const future = socket.future.bind(socket);
    socket.future = (hash) => quiet(future(hash));
    return made;
  };
}

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

/** Sees every socket message before the library does; combined streams are taken out of their envelope. */
function tap(client: Client, see: (message: unknown) => void): () => void {
  const handle = client.handleMessage.bind(client);
  let open = true;
  client.handleMessage = (socket: Parameters<typeof handle>[0], message: Parameters<typeof handle>[1]) => {
    if (open)
      for (const each of Array.isArray(message) ? message : [message])
        see((each as { data?: unknown } | null)?.data ?? each);
    return handle(socket, message);
  };
  return () => {
    open = false;
  };
}
