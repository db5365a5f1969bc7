import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type Exact,
  type Result,
  type Why,
  DAY_MS,
  ZERO,
  add,
  compare,
  dec,
  fail,
  larger,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import type { Take } from "./rules.ts";

export const COUNTERS_FILE = "signer.sqlite";
/** A message that the network loses is sent again under its key, and no oftener than this. */
export const SENDS_PER_KEY = 5;

/**
 * What was signed for in the last 24 hours, on the disk before anything is signed. Counted is by key: a message that is prepared again
 * after a crash counts once, one that was prepared and never sent counts too.
 */
export interface Counters {
  /** Counts, or refuses with what is spent and what is left. */
  take(key: string, holding: string, take: Take, now: number): Result<void, Why>;
  /** Notes that a message of a key is about to leave; refuses what left too often already. */
  leave(key: string, holding: string, now: number): Result<void, Why>;
  spent(holding: string, what: string, now: number): Exact;
  close(): void;
}

/**
 * Opens the counters of a folder; one process at a time, by a lock that the system drops when it dies.
 * @returns failure `signer/folder-in-use` where another signer holds them, `signer/counters-unreadable`: then nothing is signed.
 */
export function openCounters(folder: string): Result<Counters, Why> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(folder, COUNTERS_FILE), { timeout: 200 });
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = delete; pragma synchronous = extra");
    database.exec(`
      begin exclusive;
      create table if not exists spent (
        key text not null, holding text not null, what text not null, amount text not null, at_ms integer not null,
        primary key (key, holding, what)
      );
      create table if not exists sent (
        key text not null, holding text not null, times integer not null, at_ms integer not null, primary key (key, holding)
      );
      commit`);
    return ok(countersOf(database));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    if (detail.includes("locked"))
      return fail(why("signer/folder-in-use", { folder, next: "another signer runs there: stop it first" }));
    return fail(
      why("signer/counters-unreadable", { folder, detail, next: "restore the file; without it nothing is signed" }),
    );
  }
}

function countersOf(database: DatabaseSync): Counters {
  const rows = database.prepare("select key, amount from spent where holding = ? and what = ? and at_ms > ?");
  const put = database.prepare(
    "insert into spent (key, holding, what, amount, at_ms) values (?, ?, ?, ?, ?) on conflict do update set amount = excluded.amount, at_ms = excluded.at_ms",
  );
  const times = database.prepare("select times from sent where key = ? and holding = ?");
  const leave = database.prepare(
    "insert into sent (key, holding, times, at_ms) values (?, ?, 1, ?) on conflict do update set times = times + 1",
  );
  const counted = (holding: string, what: string, now: number) =>
    rows.all(holding, what, now - DAY_MS).map(({ key, amount }) => ({ key: String(key), amount: dec(String(amount)) }));
  return {
    take: (key, holding, { what, amount, perDay }, now) => {
      const all = counted(holding, what, now);
      const others = all.filter((one) => one.key !== key).reduce((sum, one) => add(sum, one.amount), ZERO);
      const own = larger(amount, all.find((one) => one.key === key)?.amount ?? ZERO);
      if (compare(add(others, own), perDay) > 0)
        return fail(
          why("signer/over-limit", {
            ...{ what, asked: text(amount), spent: text(others), perDay: text(perDay) },
            detail: `${what}: ${text(amount)} asked, ${text(others)} of ${text(perDay)} are taken in 24 hours`,
            next: "wait until the day has passed, act by hand, or raise the signer's limit",
          }),
        );
      put.run(key, holding, what, text(own), now);
      return ok(undefined);
    },
    leave: (key, holding, now) => {
      const sent = Number(times.get(key, holding)?.["times"] ?? 0);
      if (sent >= SENDS_PER_KEY)
        return fail(
          why("signer/sent-too-often", { key, sent: `${sent}`, most: `${SENDS_PER_KEY}`, next: "decide anew" }),
        );
      leave.run(key, holding, now);
      return ok(undefined);
    },
    spent: (holding, what, now) => counted(holding, what, now).reduce((sum, { amount }) => add(sum, amount), ZERO),
    close: () => database.close(),
  };
}
