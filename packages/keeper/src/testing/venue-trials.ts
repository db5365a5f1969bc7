// The same deaths at every exchange: the real keeper over each one's real client, killed again and again on the way of one rescue,
// and of one stop that is replaced. Each life takes over what the one before left.
import { expect, test } from "vitest";
import type { VenueName } from "./life.ts";
import { type Trial, openTrial } from "./trial.ts";
import { expectWholeJournal, oursWithEffect } from "./trial-checks.ts";
import { trialVenues } from "./trial-venues.ts";

const names = Object.keys(trialVenues) as readonly VenueName[];
/** At Binance the kill test takes a rescue through every step of the table. */
const others = names.filter((name) => name !== "binance");

/** Six processes one after the other; on a server each waits for the lease of the one before. */
const PATIENCE_MS = 180_000;

/** @param newStore where the journal of one trial is; its folder, where there is none. */
export function describeVenueTrials(newStore: () => Promise<string | undefined>): void {
  const opened = async (world: { readonly at: VenueName; readonly keeps: "health" | "stop" }) => {
    const store = await newStore();
    return openTrial({ ...world, ...(store !== undefined && { store }) });
  };

  test.concurrent.each(others)(
    "%s: a rescue that dies at every turn is done once",
    { timeout: PATIENCE_MS },
    async (at) => {
      const trial = await opened({ at, keeps: "health" });
      try {
        await dies(trial, "intended>sent:after"); // the message is journaled, and never left
        expect(oursWithEffect(trial)).toHaveLength(0);
        await trial.dieUnanswered();
        expect(oursWithEffect(trial)).toHaveLength(1);
        await dies(trial, "ambiguous>accepted:before"); // what became of it is known again, and not written down
        await trial.live();
        expect(oursWithEffect(trial)).toHaveLength(1);
        await expectWholeJournal(trial);
      } finally {
        await trial.end();
      }
    },
  );

  test.concurrent.each(names)(
    "%s: a stop that is replaced among deaths never leaves the position bare",
    { timeout: PATIENCE_MS },
    async (at) => {
      const trial = await opened({ at, keeps: "stop" });
      try {
        await trial.live({}, () => trial.lying().length === 1);
        const [first] = trial.lying();
        const seen = watch(trial);
        trial.sell("0.5"); // the liquidation is now further away, and the stop too near
        await dies(trial, "sent>accepted:before"); // the new one lies there, and nobody wrote it down
        expect(trial.lying()).toHaveLength(2);
        await dies(trial, "accepted>done:after"); // both lie there, and the old one is not cancelled yet
        await dies(trial, "intended>sent:after"); // its cancel is journaled, and never left
        expect(trial.lying()).toHaveLength(2);
        await trial.live({}, () => trial.lying().length === 1);
        const [last] = trial.lying();
        expect(last!.trigger).toBeLessThan(first!.trigger);
        expect(seen).toEqual({ least: 1, most: 2, placed: 1 });
        await expectWholeJournal(trial);
      } finally {
        await trial.end();
      }
    },
  );
}

async function dies(trial: Trial, killAt: string): Promise<void> {
  expect(await trial.live({ killAt })).toContain(`killed at ${killAt}`);
}

/** How many stops lie there from now on, after every step of the venue, and how many are placed. */
function watch({ venue, lying }: Trial): { readonly least: number; readonly most: number; readonly placed: number } {
  const seen = { least: lying().length, most: lying().length, placed: 0 };
  venue.exchange.listen((outputs) => {
    seen.least = Math.min(seen.least, lying().length);
    seen.most = Math.max(seen.most, lying().length);
    seen.placed += outputs.filter((each) => each.type === "conditional" && each.conditional.status === "NEW").length;
  });
  return seen;
}
