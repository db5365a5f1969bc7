// Keepers as processes on one PostgreSQL server: killed at a step, and frozen while an action is in flight, so that another takes
// over; whatever the frozen one still wants to do when it thaws, the rescue is done exactly once.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Life } from "./testing/life.ts";
import { newDatabase } from "./store/testing.ts";
import { openTrial } from "./testing/trial.ts";
import { oursWithEffect } from "./testing/trial-checks.ts";

const child = fileURLToPath(new URL("testing/keeper-child.ts", import.meta.url));

interface Keeping {
  readonly running: ChildProcess;
  /** Resolves when it has said this. */
  readonly says: (word: string) => Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly log: string }>;
}

function startKeeping(life: Life): Keeping {
  const running = spawn(process.execPath, [child, JSON.stringify(life)], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, log] = ["", ""];
  running.stdout!.on("data", (chunk: Buffer) => (said += chunk.toString()));
  running.stderr!.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = once(running, "close").then(([code]) => ({ code: code as number | null, log }));
  const says = async (word: string) => {
    for (let tries = 0; !said.includes(word); tries++) {
      if (tries > 1_000) throw new Error(`it does not say ${word}: ${said}\n${log}`);
      if (running.exitCode !== null || running.signalCode !== null) throw new Error(`it ended: ${said}\n${log}`);
      await wait(20);
    }
  };
  return { running, says, ended };
}

test.concurrent.each([
  ["intended>sent:after", true],
  ["sent>accepted:before", false],
] as const)("killed at %s on PostgreSQL, a venue that forgets: %s", async (killAt, forgets) => {
  const trial = await openTrial({ forgets, store: await newDatabase() });
  try {
    const life = trial.lifeOf();
    await startKeeping({ ...life, killAt }).ended;
    const second = startKeeping(life);
    await second.says("safe");
    second.running.kill("SIGKILL");
    expect(oursWithEffect(trial)).toHaveLength(1);
  } finally {
    await trial.end();
  }
});

test.concurrent.each([
  ["the message is journaled and not yet sent", "intended>sent:after", false],
  ["the same, and the venue forgets ids", "intended>sent:after", true],
  ["the venue has answered, and nobody wrote it down", "sent>accepted:before", false],
] as const)("frozen when %s: another takes over, and the thawed one is refused", async (_when, freezeAt, forgets) => {
  const trial = await openTrial({ forgets, store: await newDatabase() });
  const keeping: Keeping[] = [];
  try {
    const life = trial.lifeOf();
    const first = startKeeping({ ...life, freezeAt });
    keeping.push(first);
    await first.says(`frozen at ${freezeAt}`);
    const second = startKeeping(life);
    keeping.push(second);
    await second.says("safe");
    await wait(2_500); // longer than a message may be on its way from journal to wire
    first.running.kill("SIGCONT");
    const { code, log } = await first.ended;
    expect(code).toBe(1);
    // by the fence, or by the server, which ended the session that froze inside a transaction
    expect(log).toMatch(/store\/(lease-lost|lease-held|write-failed)/);
    expect(log).toContain("the keeper stops");
    expect(oursWithEffect(trial)).toHaveLength(1);
  } finally {
    for (const { running } of keeping) running.kill("SIGKILL");
    await trial.end();
  }
});
