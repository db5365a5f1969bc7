import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RehearsalWork, rehearseAll } from "./rehearse-all.ts";

/** Rehearses on another thread, so that a keeper on this one goes on meanwhile. @throws what breaks there: a bug. */
export async function rehearseApart(work: RehearsalWork): Promise<ReturnType<typeof rehearseAll>> {
  const worker = new Worker(new URL("rehearse-worker.ts", import.meta.url), { workerData: work });
  try {
    const [ran] = (await once(worker, "message")) as [ReturnType<typeof rehearseAll>];
    return ran;
  } finally {
    await worker.terminate();
  }
}
