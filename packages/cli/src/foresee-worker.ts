import { parentPort, workerData } from "node:worker_threads";
import { type ForeseeWork, foresee } from "./foresee.ts";

// A history is thousands of readings: on a thread of its own it takes no time from a keeper that watches.
parentPort?.postMessage(await foresee(workerData as ForeseeWork));
