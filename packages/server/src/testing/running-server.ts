import { Frame, streamProtocol, tokenProtocol } from "@plimsoll/server/contract";
import { type Server, startServer } from "@plimsoll/server";
import { afterEach, beforeEach } from "vitest";
import { WebSocket } from "ws";
import { type ScriptedSource, scriptedSource } from "./scripted-source.ts";

export const pace = { everyMs: 10, heartbeatMs: 40, staleAfterMs: 1_000, held: 4 };
type Options = Partial<Parameters<typeof startServer>[0]>;
type Headers = Record<string, string>;

/** A server over a scripted source, new before each test of a file; what it reports fails the test. */
export class RunningServer {
  source: ScriptedSource = scriptedSource();
  #server: Server | undefined;
  readonly #errors: unknown[] = [];

  constructor() {
    beforeEach(async () => {
      this.#errors.length = 0;
      this.source = scriptedSource();
      await this.start();
    });
    afterEach(async () => {
      await this.server.stop();
      if (this.#errors.length > 0) throw new AggregateError(this.#errors, "the server reported errors");
    });
  }

  get server(): Server {
    return this.#server!;
  }

  /** Starts it, or starts it anew with other options. */
  async start(options: Options = {}): Promise<void> {
    await this.#server?.stop();
    const report = (error: unknown) => void this.#errors.push(error);
    const own = { source: this.source, version: "1.2.3", port: 0, pace, report, page: "/nowhere" };
    const started = await startServer({ ...own, ...options });
    if (!started.ok) throw new Error(started.failure.code);
    this.#server = started.value;
  }

  own = (): string => `127.0.0.1:${this.server.port}`;
  bearer = (): Headers => ({ host: this.own(), authorization: `Bearer ${this.server.token}` });
  get = (url: string, headers: Headers = this.bearer()) => this.server.app.inject({ url, headers });

  /** A real WebSocket that keeps what it is sent; every frame must fit the contract. */
  listen(options: { query?: string; protocols?: string[]; headers?: Headers } = {}) {
    const { query = "", protocols = [streamProtocol, tokenProtocol(this.server.token)], headers = {} } = options;
    const socket = new WebSocket(`ws://${this.own()}/api/v1/stream${query}`, protocols, { headers });
    const frames: Frame[] = [];
    const waiting = new Set<() => void>();
    socket.on("message", (data: Buffer) => {
      frames.push(Frame.parse(JSON.parse(data.toString())));
      for (const wake of waiting) wake();
    });
    let seen = 0;
    async function next<T extends Frame["type"]>(type: T): Promise<Extract<Frame, { type: T }>> {
      for (;;) {
        const found = frames.findIndex((frame, at) => at >= seen && frame.type === type);
        if (found >= 0) {
          seen = found + 1;
          return frames[found] as Extract<Frame, { type: T }>;
        }
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    }
    return { socket, frames, next };
  }
}
