import { resolve } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import type { Reserve } from "@plimsoll/core/planner";
import type { Guard } from "@plimsoll/core/policy";
import { type Ms, type Result, type Why, ms, ok } from "@plimsoll/core/units";
import { permissionOf } from "@plimsoll/keeper";
import { type Connected, connectAll } from "./connect.ts";
import { readBookFile } from "./files/book-file.ts";
import { readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { readSourceFile } from "./files/source-file.ts";
import { hiddenInput } from "./hidden-input.ts";
import { storeOf } from "./store-of.ts";

/** A book to look at, written or read just now, and where a config keeps its data. */
export interface BookSource {
  readonly at: Ms;
  readonly events: readonly BookEvent[];
  readonly guards: readonly Guard[];
  readonly reserves: readonly Reserve[];
  /** Of a config: its data folder. */
  readonly folder?: string;
  /** Of a config: where its keeper's journal is. */
  readonly journal?: Result<string, Why>;
}

/** Reads a book file, or the accounts of a config file as their venues show them now; told apart by the file's first key. */
export async function readBookSource(path: string): Promise<Result<BookSource, Why>> {
  const file = readSourceFile(path);
  if (!file.ok) return file;
  if (isConfig(file.value.value)) return readLive(path);
  const book = readBookFile(path, ms(Date.now()));
  return book.ok ? ok({ ...book.value, reserves: [] }) : book;
}

export const isConfig = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "plimsoll" in value && String(value.plimsoll).startsWith("config/");

async function readLive(path: string): Promise<Result<BookSource, Why>> {
  const layers = readConfig(path, process.env, {});
  if (!layers.ok) return layers;
  const { config, guards, reserves } = layers.value;
  const connected = await connectAll(config, keyRing(config, process.env, hiddenInput()), process.env);
  if (!connected.ok) return connected;
  try {
    const events = await readConnected(connected.value);
    if (!events.ok) return events;
    const kept = { folder: resolve(config.dataDir), journal: storeOf(config) };
    return ok({ at: ms(Date.now()), events: events.value, guards, reserves, ...kept });
  } finally {
    await Promise.all(connected.value.map(({ close }) => close()));
  }
}

/** Reads accounts that are connected, whole, and whether anything can be sent for them; the first that cannot be read is the failure. */
export async function readConnected(
  connected: readonly Pick<Connected, "connection">[],
): Promise<Result<readonly BookEvent[], Why>> {
  const read = await Promise.all(connected.map(({ connection }) => connection.feed.snapshot()));
  const failed = read.find((each) => !each.ok);
  if (failed?.ok === false) return failed;
  const may = connected.map(({ connection }) => permissionOf(connection, ms(Date.now())));
  return ok([...read.flatMap((each) => (each.ok ? each.value : [])), ...may]);
}
