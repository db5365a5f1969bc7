import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const program = join(import.meta.dirname, "..", "main.ts");

interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** What is piped in; nothing otherwise. */
  readonly input?: string;
}

/** The program as a person starts it: a process of its own, everything that it said, how it ended. */
export class Child {
  static readonly #running = new Set<Child>();
  readonly #process: ChildProcess;
  readonly #exit: Promise<number>;
  out = "";
  errors = "";
  ended = false;

  constructor(args: readonly string[], { env, input = "", ...identity }: ChildOptions = {}) {
    const environment = { ...process.env, NO_COLOR: "1", ...env };
    this.#process = spawn(process.execPath, [program, ...args], { env: environment, ...identity });
    this.#process.stdin?.on("error", () => {}).end(input);
    this.#process.stdout?.on("data", (chunk) => (this.out += String(chunk)));
    this.#process.stderr?.on("data", (chunk) => (this.errors += String(chunk)));
    this.#exit = new Promise((settle) =>
      this.#process.once("close", (code) => {
        this.ended = true;
        settle(code ?? -1);
      }),
    );
    Child.#running.add(this);
  }

  /** Ends every child that still runs: for the end of a test file. */
  static async endAll(): Promise<void> {
    await Promise.all([...Child.#running].map((child) => child.end("SIGKILL")));
  }

  get pid(): number {
    return this.#process.pid!;
  }
  exit(): Promise<number> {
    return this.#exit.finally(() => Child.#running.delete(this));
  }
  end(signal: NodeJS.Signals): Promise<number> {
    this.#process.kill(signal);
    return this.exit();
  }
  /** Where the API of `serve` answers, and with which token. */
  async door(): Promise<{ readonly base: string; readonly token: string }> {
    const found = await until(() => /Dashboard: (http:\/\/[^/]+)\/#token=(\S+)/.exec(this.out) ?? undefined, this);
    return { base: found[1]!, token: found[2]! };
  }
}

/** Looks again and again until something is found; a child that ended first is an error with what it said. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>, child: Child): Promise<T> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !child.ended; await sleep(100)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`nothing came of it\n${child.out}\n${child.errors}`);
}
