import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Store } from "@plimsoll/core/journal";
import { createTurn } from "@plimsoll/core/turn";
import { type Why, ms, why } from "@plimsoll/core/units";
import { binance } from "@plimsoll/venues/binance";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { exportEvidence } from "./export-evidence.ts";
import { type Keeper, startKeeper } from "./keeper.ts";
import { readJournal } from "./ledger.ts";
import type { JournalRecord } from "./records.ts";
import { openSigningKey } from "./signing-key.ts";
import { sha256 } from "./store/crypto.ts";
import { openStore } from "./store/open-store.ts";
import { PaperVenue, paperGuard } from "./testing/paper-venue.ts";

const root = mkdtempSync(join(tmpdir(), "plimsoll-keeper-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const engineOf = () => binance.engine;

async function storeIn(folder: string): Promise<Store> {
  const opened = await openStore(folder);
  if (!opened.ok) throw new Error(opened.failure.code);
  return opened.value;
}
const newTurn = () => createTurn({ engineOf, sha256 });
const present = (): Why | undefined => undefined;
async function started(
  store: Store,
  venue: PaperVenue,
  turn = newTurn(),
  refreshMs = 50,
  away = present,
): Promise<Keeper> {
  const keeper = await startKeeper({
    ...{ store, turn, engineOf },
    connections: [{ ...venue.connection(), away }],
    policy: { guards: [paperGuard], reserves: [] },
    log: pino({ level: "silent" }),
    timing: { tickMs: 20, refreshMs, pollMs: 5, settleMs: 50 },
  });
  if (!keeper.ok) throw new Error(`${keeper.failure.code} ${JSON.stringify(keeper.failure.facts)}`);
  return keeper.value;
}
/** Resolves when the journal has taken a record that fits. */
const seen = (keeper: Keeper, fits: (record: JournalRecord) => boolean) =>
  new Promise<JournalRecord>((resolve) => {
    const off = keeper.onChange((written) => {
      const record = written.map((one) => one.record).find(fits);
      if (record === undefined) return;
      off();
      resolve(record);
    });
  });
const outcome = (state: string) => (record: JournalRecord) =>
  record.kind === "input" && record.input.event.type === "outcome" && record.input.event.outcome.state === state;

const alert = (code: string) => (record: JournalRecord) =>
  record.kind === "decided" && record.decisions.some((each) => each.type === "alert" && each.why.code === code);

test("a fall is answered once, written before it is done, and the journal gives the same state back", async () => {
  const [folder, venue, turn] = [join(root, "loop"), new PaperVenue(), newTurn()];
  const store = await storeIn(folder);
  const keeper = await started(store, venue, turn);
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  expect(venue.fills).toEqual([]);
  const done = seen(keeper, outcome("done"));
  venue.mark("90500.0");
  await done;
  expect(venue.fills).toHaveLength(1);
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  await keeper.stop();
  expect(await keeper.ended).toBeUndefined();

  const records: JournalRecord[] = [];
  for await (const { record } of readJournal(store)) records.push(record);
  expect(records.map(({ number }) => number)).toEqual(records.map((_, at) => BigInt(at + 1)));
  const order = records.flatMap((record) => {
    if (record.kind === "prepared") return ["prepared"];
    if (record.kind === "decided") return record.decisions.filter(({ type }) => type === "intend").map(() => "intend");
    return record.kind === "input" && record.input.event.type === "outcome" ? [record.input.event.outcome.state] : [];
  });
  expect(order).toEqual(["intend", "prepared", "sent", "accepted", "done"]);

  const again = newTurn();
  const second = await started(store, venue, again);
  await second.stop();
  expect(second.view().guards).toEqual(keeper.view().guards);
  expect(second.view().seq).toBeGreaterThanOrEqual(keeper.view().seq);
  const replayed = newTurn();
  for (const record of records) if (record.kind === "input") replayed.turn(record.input);
  expect(replayed.hash()).toBe(turn.hash());
  expect(venue.fills).toHaveLength(1);

  const key = openSigningKey(folder);
  if (!key.ok) throw new Error(key.failure.code);
  const to = join(root, "evidence.jsonl");
  expect(await exportEvidence(store, key.value, to, ms(1))).toMatchObject({ ok: true });
  expect(await exportEvidence(store, key.value, to, ms(1))).toMatchObject({ failure: { code: "evidence/exists" } });
  await store.close();
});

test("a mode is in force at once and through restarts: in shadow nothing is sent, armed again it acts", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "modes"));
  const keeper = await started(store, venue);
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  await keeper.setMode("shadow", "owner");
  const planned = seen(keeper, (record) => record.kind === "decided");
  venue.mark("90500.0");
  await planned;
  await keeper.stop();
  const second = await started(store, venue);
  expect(second.view().mode).toBe("shadow");
  expect(venue.fills).toEqual([]);
  const done = seen(second, outcome("done"));
  await second.setMode("armed", "owner");
  await done;
  expect(venue.fills).toHaveLength(1);
  await second.stop();
  await store.close();
});

test("a signer that goes away and comes back is journaled, once each, also through a restart", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "away"));
  let away: Why | undefined = why("signer/away");
  const keeper = await started(store, venue, newTurn(), 50, () => away);
  await seen(keeper, alert("nobody-can-act"));
  await keeper.stop();
  const second = await started(store, venue, newTurn(), 50, () => away);
  await seen(second, (record) => record.kind === "input" && record.input.event.type === "holding");
  const back = seen(second, alert("can-act-again"));
  away = undefined;
  await back;
  await second.stop();
  const told: string[] = [];
  for await (const { record } of readJournal(store))
    if (record.kind === "decided")
      told.push(...record.decisions.flatMap((each) => (each.type === "alert" ? [each.why.code] : [])));
  expect(told.filter((code) => /act/.test(code))).toEqual(["nobody-can-act", "can-act-again"]);
  await store.close();
});

test("a stop lets the commit under way end whole; what arrives later is not written", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "stops"));
  // The book's half of a commit reaches the disk late: in the meantime a stop could give its stream away.
  const slow: Store = {
    ...store,
    append: async (lease, expectSeq, entries) => {
      if (lease.stream === "book") await wait(30);
      return store.append(lease, expectSeq, entries);
    },
  };
  const keeper = await started(slow, venue, newTurn(), 60_000);
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  venue.mark("99000.0");
  await keeper.stop();
  const numbers = async () => {
    const read: bigint[] = [];
    for await (const { record } of readJournal(store)) read.push(record.number);
    return read;
  };
  const atStop = await numbers();
  expect(atStop).toEqual(atStop.map((_, at) => BigInt(at + 1)));
  venue.mark("98000.0");
  await wait(100);
  expect(await numbers()).toEqual(atStop);
  await store.close();
});

test("a journal that refuses an entry stops the keeper before anything is sent", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "refuses"));
  let writes = true;
  const failing: Store = {
    ...store,
    append: (lease, expectSeq, entries) =>
      store.append(writes ? lease : { ...lease, fence: lease.fence + 1n }, expectSeq, entries),
  };
  const keeper = await started(failing, venue);
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  writes = false;
  venue.mark("90500.0");
  expect(await keeper.ended).toMatchObject({ code: "store/lease-lost" });
  expect(venue.fills).toEqual([]);
  await store.close();
});

test("a turn that breaks stops the keeper, and a restart says on which input", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "breaks"));
  const broken = () => {
    const turn = newTurn();
    return {
      ...turn,
      turn: (input: Parameters<typeof turn.turn>[0]) => {
        if (input.event.type === "price" && input.event.price.digits < 1_000_000n)
          throw new Error("invariant broken: x");
        return turn.turn(input);
      },
    };
  };
  const keeper = await started(store, venue, broken());
  await seen(keeper, (record) => record.kind === "input" && record.input.event.type === "holding");
  venue.mark("90500.0");
  const ended = await keeper.ended;
  expect(ended).toMatchObject({ code: "keeper/turn-broke", facts: { detail: "invariant broken: x" } });
  expect(venue.fills).toEqual([]);
  const kinds: string[] = [];
  for await (const { record } of readJournal(store)) kinds.push(record.kind);
  expect(kinds.at(-1)).toBe("halted");
  const restarted = await startKeeper({
    ...{ store, engineOf, turn: broken(), connections: [], policy: { guards: [], reserves: [] } },
    log: pino({ level: "silent" }),
  });
  expect(restarted).toMatchObject({ failure: { code: "keeper/turn-broke", facts: { seq: ended!.facts["seq"] } } });
  await store.close();
});

test("two keepers on one journal: the second is told who holds it", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "two"));
  const keeper = await started(store, venue);
  const second = await startKeeper({
    ...{ store, engineOf, turn: newTurn(), connections: [], policy: { guards: [], reserves: [] } },
    log: pino({ level: "silent" }),
    timing: { takeOverMs: 0 },
  });
  expect(second).toMatchObject({ failure: { code: "store/lease-held", facts: { stream: "book" } } });
  await keeper.stop();
  await store.close();
});

test("a keeper that died without a word is followed once its lease has ended", async () => {
  const venue = new PaperVenue();
  const store = await storeIn(join(root, "died"));
  await store.lease("book", "the dead", ms(400));
  const keeper = await started(store, venue);
  expect(keeper.view().guards).toHaveLength(1);
  await keeper.stop();
  await store.close();
});
