import { type Socket, createConnection } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { type Result, type Why, canonical, fail, ok, why } from "@plimsoll/core/units";
import { readAnswer } from "./read-answer.ts";
import type { Answer } from "./signer.ts";

/** What became of a request: an answer; not asked, since nobody listens; or asked, and the answer is lost or not understood. */
export type Heard = Result<Answer, { readonly is: "away" | "lost"; readonly why: Why }>;

/** A signer that is alive answers within this: it asks its venue, whose own limit is shorter. */
const ANSWER_MS = 30_000;
const RETRY_MS = 500;

/** One connection to a signer, opened at once and again after it broke. */
export class SignerLine {
  readonly #path: string;
  readonly #patienceMs: number;
  readonly #waiting = new Map<number, (heard: Heard) => void>();
  #socket: Promise<Socket> | undefined;
  #last = 0;
  #away: Why | undefined;
  #isClosed = false;

  /** @param patienceMs how long a request waits for a signer that is being started again. */
  constructor(path: string, patienceMs = 5_000) {
    this.#path = path;
    this.#patienceMs = patienceMs;
    this.#away = gone(path, "not reached yet");
    void this.#stayConnected();
  }

  /** Why nothing can be signed now; undefined while the signer is there. */
  get away(): Why | undefined {
    return this.#away;
  }

  async ask(request: object): Promise<Heard> {
    const socket = await this.#connected();
    if (!socket.ok) return socket;
    const id = (this.#last += 1);
    return new Promise((resolve) => {
      const overdue = setTimeout(() => this.#answer(id, lost(this.#path)), ANSWER_MS);
      this.#waiting.set(id, (heard) => {
        clearTimeout(overdue);
        resolve(heard);
      });
      socket.value.write(`${canonical({ ...request, id })}\n`);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const socket = await this.#socket?.catch(() => undefined);
    socket?.destroy();
  }

  /** Whether a signer is there is known before it is needed. */
  async #stayConnected(): Promise<void> {
    while (!this.#isClosed) {
      const socket = await this.#reach().catch(() => undefined);
      if (socket !== undefined) return;
      await wait(RETRY_MS, undefined, { ref: false });
    }
  }

  async #reach(): Promise<Socket> {
    try {
      const socket = await (this.#socket ??= this.#connect());
      this.#away = undefined;
      return socket;
    } catch (error) {
      this.#socket = undefined;
      this.#away = gone(this.#path, error);
      throw error;
    }
  }

  async #connected(): Promise<Result<Socket, { is: "away"; why: Why }>> {
    for (const giveUp = performance.now() + this.#patienceMs; ;) {
      try {
        return ok(await this.#reach());
      } catch (error) {
        if (performance.now() >= giveUp) return fail({ is: "away", why: gone(this.#path, error) });
        await wait(Math.min(100, this.#patienceMs));
      }
    }
  }

  #connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(this.#path);
      socket.unref();
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        socket.on("error", () => socket.destroy());
        socket.on("close", () => this.#broken());
        const lines = createInterface({ input: socket, crlfDelay: Infinity });
        lines.on("line", (line) => this.#heard(line)).on("error", () => socket.destroy());
        resolve(socket);
      });
    });
  }

  #heard(line: string): void {
    const read = readAnswer(line);
    if (read === undefined) return;
    this.#answer(read.id, read.answer.ok ? read.answer : fail({ is: "lost", why: read.answer.failure }));
  }

  #answer(id: number, heard: Heard): void {
    this.#waiting.get(id)?.(heard);
    this.#waiting.delete(id);
  }

  #broken(): void {
    this.#socket = undefined;
    this.#away = gone(this.#path, "it hung up");
    for (const id of [...this.#waiting.keys()]) this.#answer(id, lost(this.#path));
    void this.#stayConnected();
  }
}

const lost = (socket: string): Heard => fail({ is: "lost", why: gone(socket, "it did not answer") });

const gone = (socket: string, detail: unknown): Why =>
  why("signer/away", {
    socket,
    detail: `signer away: ${detail instanceof Error ? detail.message : String(detail)}`,
    next: "nothing can be sent: start the signer again; until then no guard protects anybody",
  });
