import type { Holding } from "@plimsoll/core/book";
import type { Run } from "./run.ts";

/** The holding as the venue shows it now, however long the venue takes to answer. */
export async function freshHolding({ track, ports, settings }: Run): Promise<Holding> {
  for (;;) {
    const read = await ports.reread(track.intent.step.holding);
    if (read.ok) return read.value;
    await ports.sleep(settings.pollMs);
  }
}
