import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { foresee } from "./foresee.ts";
import type { rehearseAll } from "./rehearse-all.ts";

/** What takes too long to be done beside a keeper that watches, by the file of the thread that does it. */
interface Works {
  readonly "rehearse-worker.ts": typeof rehearseAll;
  readonly "foresee-worker.ts": typeof foresee;
}

/** Works on another thread, so that a keeper on this one goes on meanwhile. @throws what breaks there: a bug. */
export async function apart<F extends keyof Works>(
  file: F,
  work: Parameters<Works[F]>[0],
): Promise<Awaited<ReturnType<Works[F]>>> {
  const worker = new Worker(new URL(file, import.meta.url), { workerData: work });
  try {
    const [done] = (await once(worker, "message")) as [Awaited<ReturnType<Works[F]>>];
    return done;
  } finally {
    await worker.terminate();
  }
}
