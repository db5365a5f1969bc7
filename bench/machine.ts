import { cpus, loadavg } from "node:os";

/** Load above which other work takes so much of the machine that only wide differences mean anything. */
const QUIET = 1;

/** What the figures were measured on. */
export interface Machine {
  readonly node: string;
  readonly processor: string;
  readonly cores: number;
  /** Running processes on average over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly at: string;
}

export const readMachine = (at: Date): Machine => ({
  node: process.version,
  processor: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  load: loadavg().map((value) => Math.round(value * 100) / 100),
  at: at.toISOString(),
});

/** Why the figures are to be doubted, or nothing. */
export const doubt = ({ load, cores }: Machine): string | undefined =>
  (load[0] ?? 0) > QUIET
    ? `load ${load[0]} on ${cores} cores: other work distorts these figures. Read the ratios, not the times, or run it again on a quiet machine.`
    : undefined;
