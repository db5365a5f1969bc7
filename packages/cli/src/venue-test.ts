import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { BookEvent, Compared, ParityRow } from "@plimsoll/core/book";
import { type Result, type Why, fail, holdingId, ok, subtract, text, trim, why } from "@plimsoll/core/units";
import { countText } from "@plimsoll/server/display";
import { venues } from "@plimsoll/venues";
import { type RecordedCall, readRecording, recordCalls, replayCalls } from "@plimsoll/venues/exchange";
import type { ClientOptions, ExchangeAccess, KeyPart } from "@plimsoll/venues/wire";
import { connectAll } from "./connect.ts";
import { clientOptions } from "./exchange-key.ts";
import { type AccountConfig, type Config, isOnChain, readConfig } from "./files/config-file.ts";
import { type ExchangeAccount, accessOfAccount } from "./files/exchange-account.ts";
import { type KeyRing, keyRing } from "./files/key-ring.ts";
import { hiddenInput } from "./hidden-input.ts";
import { plainTable } from "./table.ts";

/** Where an account is read from: a recording, or a config's account, which may be recorded meanwhile. */
export type TestSource =
  | { readonly recording: string }
  | { readonly config: string; readonly account?: string; readonly record?: string };

/** Our figures of one reading beside the venue's own. */
export interface Tested {
  readonly rows: readonly ParityRow[];
  /** What the reading said that it could not see, or assumed. */
  readonly lost: readonly Why[];
}

/** Reads an account through its feed, live or from recorded bytes, and compares every figure that the venue also gives. */
export async function testVenue(venue: string, source: TestSource): Promise<Result<Tested, Why>> {
  const read = "recording" in source ? await readRecorded(venue, source.recording) : await readLive(venue, source);
  if (!read.ok) return read;
  return ok({
    rows: read.value.flatMap((event) => (event.type === "parity" ? event.rows : [])),
    lost: read.value.flatMap((event) => (event.type === "lost" ? [event.why] : [])),
  });
}

/** The comparison as people read it, and whether anything differs. */
export function testedText({ rows, lost }: Tested): string {
  const body = rows.map(({ of, figure, venue, ours, allowed, verdict }) => [
    of,
    figure,
    shown(venue),
    shown(ours),
    venue === "none" || ours === "none" ? "" : shown(subtract(ours, venue)),
    shown(allowed),
    verdict,
  ]);
  const counted = (verdict: ParityRow["verdict"]) => rows.filter((row) => row.verdict === verdict).length;
  const sum = `${countText(rows.length, "figure")}: ${counted("same")} the same, ${counted("within")} within the venue's rounding, ${counted("differs")} not ours`;
  const table = plainTable(["of", "figure", "venue", "ours", "difference", "allowed", "verdict"], body);
  return [...(rows.length === 0 ? [] : [table, ""]), sum, ...lost.map(({ code }) => `  not seen: ${code}`)].join("\n");
}

const shown = (figure: Compared): string => (figure === "none" ? "none" : text(trim(figure)));

type Read = Promise<Result<readonly BookEvent[], Why>>;

async function readRecorded(venue: string, file: string): Read {
  const module = venues.find(({ id }) => id === venue);
  if (module?.exchange === undefined)
    return fail(why("usage", { detail: `${venue} has no recordings`, next: "name an account of a config instead" }));
  if (!existsSync(file)) return fail(why("file-unreadable", { file, next: "write the path of a recording" }));
  const calls = readRecording(readFileSync(file, "utf8"));
  const client = await module.exchange.client(
    anyLogin(module.exchange.readBy === "key" ? (module.keys?.parts ?? []) : [], calls),
  );
  replayCalls(client, calls);
  return closing(module.exchange, client);
}

/** A recording holds no keys: any will do. The address that was asked about is in the calls. */
function anyLogin(parts: readonly KeyPart[], calls: readonly RecordedCall[]): ClientOptions {
  const user = calls
    .map(({ to, params }) => /0x[0-9a-fA-F]{40}|dydx1[0-9a-z]{38}/.exec(`${to} ${params}`)?.[0])
    .find((found) => found !== undefined);
  return { ...Object.fromEntries(parts.map((part) => [part, "recorded"])), ...(user !== undefined && { user }) };
}

async function readLive(venue: string, source: Extract<TestSource, { config: string }>): Read {
  const layers = readConfig(source.config, process.env, {});
  if (!layers.ok) return layers;
  const { config } = layers.value;
  const account = accountIn(config, venue, source.account);
  if (!account.ok) return account;
  const ring = keyRing(config, process.env, hiddenInput());
  if (!isOnChain(account.value)) return readExchange(account.value, ring, source.record);
  if (source.record !== undefined)
    return fail(why("usage", { detail: "calls of a chain are not recorded", next: "leave the recording away" }));
  const connected = await connectAll({ ...config, accounts: [account.value] }, ring, process.env);
  if (!connected.ok) return connected;
  const [one] = connected.value;
  const read = await one!.connection.feed.snapshot();
  await one!.close();
  return read;
}

function accountIn({ accounts }: Config, venue: string, name: string | undefined): Result<AccountConfig, Why> {
  const found = accounts.filter((each) => each.venue === venue && (name === undefined || each.name === name));
  if (found[0] !== undefined && found.length === 1) return ok(found[0]);
  const detail = `${countText(found.length, "account")} of ${venue}${name === undefined ? "" : ` named ${name}`} in the config`;
  return fail(why("usage", { detail, next: "name one with --account" }));
}

async function readExchange(account: ExchangeAccount, ring: KeyRing, record: string | undefined): Read {
  const key = await ring.find(account, "read");
  if (!key.ok) return key;
  const access = accessOfAccount(account);
  const client = await access.client(clientOptions(account, key.value?.parts ?? {}));
  if (record !== undefined) recordCalls(client, (call) => appendFileSync(record, `${JSON.stringify(call)}\n`));
  return closing(access, client);
}

async function closing(access: ExchangeAccess, client: Awaited<ReturnType<ExchangeAccess["client"]>>): Read {
  try {
    return await access.feed(client, { holding: holdingId("test") }).snapshot();
  } finally {
    await client.close();
  }
}
