import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pending, Terms } from "@plimsoll/core/book";
import { createTurn } from "@plimsoll/core/turn";
import { type Ms, hash, ms, ok } from "@plimsoll/core/units";
import { binance } from "@plimsoll/venues/binance";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { startKeeper } from "./keeper.ts";
import { readJournal } from "./ledger.ts";
import { sha256 } from "./store/crypto.ts";
import { openStore } from "./store/open-store.ts";
import { readTermsHistory, termsAsKnown } from "./terms-history.ts";
import { PaperVenue } from "./testing/paper-venue.ts";

const root = mkdtempSync(join(tmpdir(), "plimsoll-terms-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [shipped] = binance.terms;
const DAY = Date.UTC(2026, 10, 21);
const HOUR = 3_600_000;

/** The shipped document with another fee, as the venue gave it on a day. */
const document = (fee: string, validFrom: number): Terms<unknown> => {
  const { symbols } = shipped!.body as { readonly symbols: Readonly<Record<string, object>> };
  const body = { symbols: { BTCUSDT: { ...symbols["BTCUSDT"], takerFee: fee } } };
  return { ...shipped!, validFrom: ms(validFrom), hash: hash(fee), body };
};
const notice: Pending = {
  ...{ at: ms(DAY + 48 * HOUR), venue: shipped!.venue, source: "the venue's page", how: "notice" },
  changes: [{ path: "symbols/BTCUSDT/takerFee", to: "0.002" }],
};

/** Runs a keeper through readings of a venue, each at its hour; the venue says the same again and again in between. */
async function run(
  folder: string,
  readings: readonly (readonly [hour: number, terms: Terms<unknown>])[],
  notices: readonly Pending[],
) {
  const store = await openStore(folder);
  if (!store.ok) throw new Error(store.failure.code);
  const venue = new PaperVenue();
  const whole = venue.connection();
  let [now, terms]: [Ms, Terms<unknown>] = [ms(DAY), readings[0]![1]];
  const feed = {
    ...whole.feed,
    snapshot: async () => {
      const read = await whole.feed.snapshot();
      return read.ok ? ok(read.value.map((event) => (event.type === "terms" ? { ...event, terms } : event))) : read;
    },
  };
  const started = await startKeeper({
    ...{
      store: store.value,
      turn: createTurn({ engineOf: () => binance.engine, sha256 }),
      engineOf: () => binance.engine,
    },
    connections: [{ holding: whole.holding, feed }],
    policy: { guards: [], reserves: [] },
    notices,
    log: pino({ level: "silent" }),
    clock: () => now,
    timing: { tickMs: 5, refreshMs: 5 },
  });
  if (!started.ok) throw new Error(started.failure.code);
  const keeper = started.value;
  for (const [hour, next] of readings) {
    [now, terms] = [ms(DAY + hour * HOUR), next];
    for (let heard = 0; heard < 4;)
      await new Promise<void>((resolve) => {
        const off = keeper.onChange((written) => {
          heard += written.filter(
            ({ record }) => record.kind === "input" && record.input.event.type === "holding",
          ).length;
          off();
          resolve();
        });
      });
  }
  const view = keeper.view();
  await keeper.stop();
  return { store: store.value, view };
}

test("a document is journaled when it changes, not when it is read; a past hour is judged by what was known and in force then", async () => {
  const [first, second, later] = [
    document("0.0005", DAY),
    document("0.0006", DAY),
    document("0.0007", DAY + 30 * HOUR),
  ];
  const { store } = await run(
    join(root, "history"),
    [
      [1, first],
      [5, second],
      [6, later],
    ],
    [],
  );
  let journaled = 0;
  for await (const { record } of readJournal(store))
    if (record.kind === "input" && record.input.event.type === "terms") journaled += 1;
  // of twelve readings and more; two that were on their way together may both be written
  expect(journaled).toBeLessThan(6);
  const history = await readTermsHistory(store, ({ venue }) => venue === "binance");
  expect(history.map(({ learntAt, terms }) => [(learntAt - DAY) / HOUR, terms.hash])).toEqual([
    [expect.any(Number), "0.0005"],
    [5, "0.0006"],
    [6, "0.0007"],
  ]);
  expect(history[2]!.terms).toEqual(JSON.parse(JSON.stringify(later)));
  const at = (hour: number) => termsAsKnown(history, ms(DAY + hour * HOUR))?.hash;
  // both documents of the day carry its date: the second rules from when it was read; the announced one from its own date
  expect([at(-1), at(4), at(5), at(29), at(30)]).toEqual([undefined, "0.0005", "0.0006", "0.0006", "0.0007"]);
  await store.close();
});

test("a notice is journaled once, over starts; taken out of the config it is taken back", async () => {
  const folder = join(root, "notices");
  const pendings = async (notices: readonly Pending[]) => {
    const { store, view } = await run(folder, [[1, shipped!]], notices);
    const seen = [];
    for await (const { record } of readJournal(store))
      if (record.kind === "input" && record.input.event.type === "pending")
        seen.push(record.input.event.changes.length);
    await store.close();
    return [seen, view.accounts[0]?.foreseen?.map(({ changes }) => changes)];
  };
  const foreseen = [[{ path: "symbols/BTCUSDT/takerFee", from: expect.any(String), to: "0.002" }]];
  expect(await pendings([notice])).toEqual([[1], foreseen]);
  expect(await pendings([notice])).toEqual([[1], foreseen]);
  expect(await pendings([])).toEqual([[1, 0], undefined]);
});
