import type { Clock } from "./harness.ts";

/** Processor time of this process, all of its threads: what a computation costs, also while others wait for the same cores. */
const processor: Clock = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Time as a person waits for it: the only one that sees a disk. */
const wall: Clock = () => performance.now() * 1000;

export const clocks = { processor, wall } as const;
