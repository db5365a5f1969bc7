import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** A running node process. */
interface NodeProcess {
  readonly rpcUrl: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone; what it was asked to dump is then on disk. */
  stop(): Promise<void>;
}

const startMs = 15_000;

/** Starts anvil on an ephemeral loopback port. It ends with `stop`, and also when this process ends in any way. */
export async function startNode(anvil: string, args: readonly string[]): Promise<Result<NodeProcess, Why>> {
  const command = [join(import.meta.dirname, "guard.ts"), anvil, "--host", "127.0.0.1", "--port", "0", ...args];
  const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2_000)));
  const address = await listening(child);
  const stop = () => stopNode(child);
  if (address === undefined) {
    await stop();
    return fail(
      why("chain/node-did-not-start", { binary: anvil, detail: complaint, next: "run npm ci and try again" }),
    );
  }
  return ok({ rpcUrl: `http://${address}`, pid: child.pid ?? 0, stop });
}

/** The address from the line in which anvil says where it listens; undefined when it ended or kept silent. */
async function listening(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface(child.stdout);
  const found = new Promise<string | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), startMs);
    const settle = (address: string | undefined) => {
      clearTimeout(timer);
      resolve(address);
    };
    // Lines are read on after that: a full pipe would stop the node.
    lines.on("line", (line) => {
      const address = /^Listening on (\S+)$/.exec(line)?.[1];
      if (address !== undefined) settle(address);
    });
    lines.on("close", () => settle(undefined));
  });
  return found;
}

async function stopNode(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.stdin?.end();
  const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(hard);
}
