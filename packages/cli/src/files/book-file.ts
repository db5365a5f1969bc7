import { type BookEvent, parameterSet } from "@plimsoll/core/book";
import type { Guard } from "@plimsoll/core/policy";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  compare,
  fail,
  holdingId,
  ms,
  ok,
  text,
  why,
} from "@plimsoll/core/units";
import { venues } from "@plimsoll/venues";
import type { VenueModule } from "@plimsoll/venues/wire";
import * as z from "zod";
import { guardsOf, writtenGuard } from "./guard-file.ts";
import { noticesOf, writtenNotice } from "./notice-file.ts";
import { inputSchema, published } from "./json-schema.ts";
import { type SourceFile, checkSource, pathText, readSourceFile } from "./source-file.ts";

/** What to do with a file of the service's where a book is asked for. */
const otherFile = ({ input }: { readonly input?: unknown }): string | undefined =>
  input === "config/1"
    ? "this is a configuration of the service, not a book: give it to plimsoll serve --config"
    : undefined;

const frame = z.strictObject({
  $schema: z.string().optional(),
  plimsoll: z.literal("book/1", { error: otherFile }).describe("kind and version of this file"),
  at: z.iso.datetime({ offset: true }).optional().describe("moment of the prices in this file; default: now"),
  accounts: z.array(z.looseObject({ name: z.string().min(1), venue: z.string().min(1) })).min(1),
  guards: z.array(writtenGuard).default([]),
  notices: z.array(writtenNotice).default([]).describe("changes of rules that were announced"),
});

/** A book as its file states it: events in the order in which a turn must see them, and the guards. */
export interface WrittenBook {
  readonly at: Ms;
  readonly events: readonly BookEvent[];
  readonly guards: readonly Guard[];
}

/** The holding of an account of a book file: its name. */
const idOf = (name: string): HoldingId => holdingId(name);

/**
 * Reads a book file (YAML or JSON); every failure names file, line and column.
 * @param asOf judges the book by the rules of that moment, whatever moment the file names.
 */
export function readBookFile(path: string, now: Ms, asOf?: Ms): Result<WrittenBook, Why> {
  const file = readSourceFile(path);
  return file.ok ? readBook(file.value, now, asOf) : file;
}

/** The same from a file that was read already. */
function readBook(file: SourceFile, now: Ms, asOf: Ms | undefined): Result<WrittenBook, Why> {
  const framed = checkSource(file, frame, file.value);
  if (!framed.ok) return framed;
  const at = asOf ?? (framed.value.at === undefined ? now : ms(Date.parse(framed.value.at)));
  const events: BookEvent[] = [];
  for (const [index, account] of framed.value.accounts.entries()) {
    const twin = framed.value.accounts.findIndex(({ name }) => name === account.name);
    if (twin !== index)
      return refused(
        file,
        ["accounts", index, "name"],
        `the name ${account.name} is taken by accounts[${twin}]`,
        "give each account its own name",
      );
    const read = readAccount(file, account, index, at);
    if (!read.ok) return read;
    const clash = clashing(events, read.value);
    if (clash !== undefined)
      return refused(
        file,
        ["accounts", index],
        clash,
        "a price has one value in a book: write it once, or the same everywhere",
      );
    events.push(...read.value);
  }
  const names = framed.value.accounts.map(({ name }) => name);
  const guards = guardsOf(file, framed.value.guards, names);
  if (!guards.ok) return guards;
  const documents = events.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
  const changes = noticesOf(file, framed.value.notices, documents, true);
  if (!changes.ok) return changes;
  const noticed: readonly BookEvent[] =
    changes.value.length === 0 ? [] : [{ type: "pending", of: "notices", changes: changes.value }];
  return ok({ at, events: [...events, ...noticed], guards: guards.value });
}

/** Accounts of one market share its prices: the same quote with two values would be one account's figure in the other. */
function clashing(before: readonly BookEvent[], now: readonly BookEvent[]): string | undefined {
  const prices = new Map(
    before.flatMap((event) => (event.type === "price" ? [[event.key, event.price] as const] : [])),
  );
  for (const event of now) {
    const other = event.type === "price" ? prices.get(event.key) : undefined;
    if (event.type === "price" && other !== undefined && compare(other, event.price) !== 0)
      return `${event.key} is ${text(event.price)} here and ${text(other)} in an account above`;
  }
  return undefined;
}

function readAccount(
  file: SourceFile,
  account: { name: string; venue: string },
  index: number,
  at: Ms,
): Result<readonly BookEvent[], Why> {
  const path = ["accounts", index];
  const venue = venues.find(({ id }) => id === account.venue);
  if (venue === undefined) {
    return refused(
      file,
      [...path, "venue"],
      `${account.venue} is not modelled`,
      `write one of: ${venues.map(({ id }) => id).join(", ")}`,
    );
  }
  const checked = checkSource(file, venue.written, account, path);
  if (!checked.ok) return checked;
  const read = venue.readWritten(checked.value, idOf(account.name), at);
  if (read.ok) return ok(withOtherDays(read.value, venue.terms));
  const { path: inside = "", next = "", ...facts } = read.failure.facts;
  const place = inside === "" ? [] : inside.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const detail = Object.entries(facts)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
  return refused(file, [...path, ...place], `${read.failure.code}: ${detail}`, next);
}

/**
 * Where an account lives under a document that comes with the program, the other documents of its rules are told too: each moment
 * is judged by its own, and one that is not valid yet is a change that is coming.
 */
function withOtherDays(events: readonly BookEvent[], shipped: VenueModule["terms"]): readonly BookEvent[] {
  return events.flatMap((event) => {
    if (event.type !== "terms" || !shipped.some(({ hash }) => hash === event.terms.hash)) return [event];
    const set = parameterSet(event.terms);
    return shipped.filter((terms) => parameterSet(terms) === set).map((terms) => ({ type: "terms" as const, terms }));
  });
}

function refused(
  file: SourceFile,
  path: readonly PropertyKey[],
  detail: string,
  next: string,
): { readonly ok: false; readonly failure: Why } {
  const where = file.at(path);
  return fail(why("book-invalid", { where, detail: `${where} ${pathText(path)}: ${detail}`, next }));
}

/** JSON Schema of a book file, for editors; what the venues accept is in it. */
export function bookSchema(): object {
  const accounts = venues.map(({ written }) => {
    const { required, ...account } = inputSchema(written);
    return { ...account, required: [...new Set(["name", ...(required as readonly string[])])] };
  });
  const { properties, ...rest } = inputSchema(frame) as { properties: Record<string, object> };
  const list = { type: "array", minItems: 1, items: { oneOf: accounts } };
  return published("Plimsoll book file", { ...rest, properties: { ...properties, accounts: list } });
}
