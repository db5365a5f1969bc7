// oxlint-disable import/no-relative-parent-imports -- like a test, it reaches past the doors for the journal that it reads
// What must be true of a venue and a journal, whoever was killed when.
import { isOurs } from "@plimsoll/core/book";
import { readChain } from "@plimsoll/core/journal";
import { createTurn } from "@plimsoll/core/turn";
import { canonical } from "@plimsoll/core/units";
import { openStore } from "@plimsoll/keeper";
import { expect } from "vitest";
import { readJournal } from "../ledger.ts";
import { sha256 } from "../store/crypto.ts";
import { moduleOf } from "./connect-venue.ts";
import type { Trial } from "./trial.ts";

/** Our orders that changed the position; each may only ever have reduced it. */
export function oursWithEffect({ venue }: Trial): readonly number[] {
  // one front numbers them: there labels need not be unique
  const isFromUs = (clientId: string) => isOurs({ reference: clientId.replace(/^\d+:/, "") });
  const ours = venue.exchange.state.trades.filter(({ clientId }) => isFromUs(clientId));
  for (const { side } of ours) expect(side).toBe("sell");
  return [...new Set(ours.map(({ orderId }) => orderId))];
}

/** Every chain holds, and a fresh turn comes to the same decisions and the same state by the journal. */
export async function expectWholeJournal(trial: Trial): Promise<void> {
  const { store: where, venue } = trial.lifeOf();
  const { engine } = await moduleOf(venue);
  const store = await openStore(where);
  if (!store.ok) throw new Error(store.failure.code);
  for (const stream of await store.value.streams())
    expect(await readChain(sha256, stream, store.value.read(stream, 1n))).toMatchObject({ ok: true });
  const turn = createTurn({ engineOf: () => engine, sha256 });
  const again = new Map<bigint, string>();
  for await (const { record } of readJournal(store.value)) {
    if (record.kind === "input") again.set(record.input.seq, canonical([turn.turn(record.input), turn.hash()]));
    if (record.kind === "decided") expect(again.get(record.of)).toBe(canonical([record.decisions, record.state]));
  }
  await store.value.close();
}
