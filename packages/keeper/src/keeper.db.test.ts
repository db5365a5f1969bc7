import { createTurn } from "@plimsoll/core/turn";
import { binance } from "@plimsoll/venues/binance";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startKeeper } from "./keeper.ts";
import { readJournal } from "./ledger.ts";
import { sha256 } from "./store/crypto.ts";
import { openStore } from "./store/open-store.ts";
import { newDatabase } from "./store/testing.ts";
import { PaperVenue, paperGuard } from "./testing/paper-venue.ts";

const engineOf = () => binance.engine;

test("two keepers on PostgreSQL: the second waits, takes over when the first is gone, and nothing is done twice", async () => {
  const where = await newDatabase();
  const venue = new PaperVenue();
  const start = async () => {
    const store = await openStore(where);
    if (!store.ok) throw new Error(store.failure.code);
    const keeper = await startKeeper({
      ...{ store: store.value, turn: createTurn({ engineOf, sha256 }), engineOf },
      connections: [venue.connection()],
      policy: { guards: [paperGuard], reserves: [] },
      log: pino({ level: "silent" }),
      timing: { tickMs: 20, refreshMs: 50, pollMs: 5, settleMs: 50, leaseMs: 1_000 },
    });
    if (!keeper.ok) throw new Error(keeper.failure.code);
    return { store: store.value, keeper: keeper.value };
  };
  const first = await start();
  const waiting = start();
  const rescued = new Promise<void>((resolve) =>
    first.keeper.onChange((written) => {
      for (const { record } of written)
        if (
          record.kind === "input" &&
          record.input.event.type === "outcome" &&
          "verified" in record.input.event.outcome
        )
          resolve();
    }),
  );
  venue.mark("90500.0");
  await rescued;
  await first.keeper.stop();
  await first.store.close();

  const second = await waiting;
  expect(second.keeper.view().guards).toHaveLength(1);
  expect(venue.fills).toHaveLength(1);
  await second.keeper.stop();
  let number = 0n;
  for await (const { record } of readJournal(second.store)) expect(record.number).toBe((number += 1n));
  await second.store.close();
});
