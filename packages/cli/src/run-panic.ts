import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Exact, dec, ms, multiply } from "@plimsoll/core/units";
import { type PanicStep, type Residual, machineTimers, panic, rehearsePanic } from "@plimsoll/keeper";
import { engineOf } from "@plimsoll/venues";
import type { Connected } from "./connect.ts";

/** Passes of a panic; each goes as far from the price again as the first. */
export const PASSES = 3;

export interface PanicRun {
  /** Where what was done is written, line by line. */
  readonly folder: string;
  /** Furthest from the price in the first pass, as a share. */
  readonly first: Exact;
  /** Without it nothing is sent and nothing is written. */
  readonly isReal: boolean;
  readonly tell: (step: PanicStep) => void;
}

/** Closes what the connected accounts hold, or says what it would do first. @returns what is left. */
export async function runPanic(
  connected: readonly Pick<Connected, "connection">[],
  { folder, first, isReal, tell }: PanicRun,
): Promise<readonly Residual[]> {
  const began = Date.now();
  const log = isReal ? logIn(folder, began) : () => undefined;
  const ports = {
    connections: connected.map(({ connection }) => connection),
    engineOf,
    clock: () => ms(Date.now()),
    timers: machineTimers,
    run: began.toString(36),
    slippages: Array.from({ length: PASSES }, (_, pass) => multiply(first, dec(String(pass + 1)))),
    tell: (step: PanicStep) => {
      log(step);
      tell(step);
    },
  };
  const left = await (isReal ? panic(ports) : rehearsePanic(ports));
  for (const residual of left) log(residual);
  return left;
}

/** A line for everything that was done, beside the journal, which a keeper may hold. */
function logIn(folder: string, began: number): (line: PanicStep | Residual) => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `panic-${new Date(began).toISOString().replaceAll(":", "")}.jsonl`);
  return (line) => appendFileSync(file, `${JSON.stringify({ at: Date.now(), ...line })}\n`, { mode: 0o600 });
}
