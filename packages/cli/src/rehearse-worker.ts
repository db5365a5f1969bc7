import { parentPort, workerData } from "node:worker_threads";
import { type RehearsalWork, rehearseAll } from "./rehearse-all.ts";

// A rehearsal plays hundreds of steps: on a thread of its own it takes no time from a keeper that watches.
parentPort?.postMessage(rehearseAll(workerData as RehearsalWork));
