import type { BookEvent } from "@plimsoll/core/book";
import { validateGuard } from "@plimsoll/core/policy";
import { type Exact, type Ms, type Result, type Why, fail, known, ms, ok, toNumber, why } from "@plimsoll/core/units";
import { type SourceFile, checkSource, pathText, readSourceFile } from "@plimsoll/lab/source";
import type { Channel, Drill, FeeCap, GuardSet, Step } from "./drill.ts";
import { type WrittenDrill, writtenDrill } from "./drill-schema.ts";
import { readAccounts } from "./read-book.ts";
import { readGuard } from "./read-guard.ts";

/** Reads a drill file (YAML or JSON); every failure names file, line and column, the value and what to write. */
export function readDrillFile(path: string): Result<Drill, Why> {
  const file = readSourceFile(path);
  return file.ok ? readDrill(file.value) : file;
}

/** The same from a file that was read already. */
export function readDrill(file: SourceFile): Result<Drill, Why> {
  const checked = checkSource(file, writtenDrill, file.value);
  if (!checked.ok) return checked;
  const written = checked.value;
  const refused = ({ path, value, wrong, next }: Problem) => {
    const where = file.at(path);
    return fail(why("file-invalid", { where, detail: `${where} ${pathText(path)}: ${value} ${wrong}`, next }));
  };
  const [problem] = problemsOf(written);
  if (problem !== undefined) return refused(problem);
  const drill = drillOf(written);
  const start = readAccounts(drill.accounts, drill.from);
  if (!start.ok) {
    const { account = "", detail = "", next = "" } = start.failure.facts;
    const index = drill.accounts.findIndex(({ name }) => name === account);
    return refused({ path: ["accounts", index], value: account, wrong: `is refused: ${detail}`, next });
  }
  const [stray] = strayQuotes(drill, start.value);
  return stray === undefined ? ok(drill) : refused(stray);
}

/** Quotes of the accounts' venues that no account reads: a price that moves nothing is a slip of the pen. */
function* strayQuotes({ channels }: Drill, start: readonly BookEvent[]): Generator<Problem> {
  const venues = new Set(start.flatMap((event) => (event.type === "holding" ? [String(event.holding.venue)] : [])));
  const read = new Set(start.flatMap((event) => (event.type === "price" ? [event.key] : [])));
  for (const [index, channel] of channels.entries()) {
    const quotes = "quotes" in channel ? channel.quotes : [];
    // a last price is for guards to look at
    const stray = quotes.find(
      (key) => venues.has(key.split(":")[0]!) && !read.has(key) && !/:(last|next-oracle)$/.test(key),
    );
    const next = `write one of: ${[...read].join(", ")}`;
    if (stray !== undefined)
      yield { path: ["channels", index, "quotes"], value: stray, wrong: "is read by no account", next };
  }
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly value: string;
  readonly wrong: string;
  readonly next: string;
}

function* problemsOf(written: WrittenDrill): Generator<Problem> {
  const { from, to, channels, accounts, guardSets } = written;
  if (to <= from) yield { path: ["to"], value: isoOf(to), wrong: "is not after from", next: "write a later moment" };
  for (const [index, channel] of channels.entries()) yield* channelProblems(written, channel, ["channels", index]);
  const names = new Set(accounts.map(({ name }) => name));
  for (const [index, set] of guardSets.entries()) {
    const strange = [...set.of, ...set.reserves.map(({ holding }) => holding)].find((name) => !names.has(name));
    const listed = [...names].join(", ");
    if (strange !== undefined)
      yield {
        path: ["guardSets", index],
        value: strange,
        wrong: "is no account here",
        next: `write one of: ${listed}`,
      };
    yield* guardProblems(set, index, names);
  }
}

/** A set that must die may hold what the house refuses: that is its point. */
function* guardProblems(
  set: WrittenDrill["guardSets"][number],
  index: number,
  names: ReadonlySet<string>,
): Generator<Problem> {
  for (const [place, each] of set.guards.entries()) {
    const path = ["guardSets", index, "guards", place];
    const guard = readGuard(each);
    if (!names.has(guard.scope?.holding))
      yield { path, value: guard.id, wrong: "watches no account of this drill", next: "write scope: { holding: ... }" };
    else if (set.must !== "die") {
      const [wrong] = validateGuard(guard);
      if (wrong !== undefined)
        yield { path, value: `${wrong.field} ${wrong.value}`, wrong: wrong.wrong, next: wrong.next };
    }
  }
}

type WrittenChannel = WrittenDrill["channels"][number];

function* channelProblems(
  written: WrittenDrill,
  channel: WrittenChannel,
  path: readonly PropertyKey[],
): Generator<Problem> {
  const { sources, channels } = written;
  const names = new Set(channels.flatMap((each) => ("of" in each ? [each.of] : [])));
  const wanted = [...("times" in channel ? channel.times : []), ...namedIn(channel)];
  const strange = wanted.find((each) => !names.has(each));
  if (strange !== undefined)
    yield { path, value: strange, wrong: "is no price of this drill", next: `write one of: ${[...names].join(", ")}` };
  const isSource = (name: string | undefined) =>
    name === "assumed" || (name !== undefined && Object.hasOwn(sources, name));
  const next = `write assumed, or one of sources: ${Object.keys(sources).join(", ")}`;
  if (!("steps" in channel)) {
    if (!isSource(channel.source))
      yield { path: [...path, "source"], value: channel.source, wrong: "is no source", next };
    return;
  }
  if (channel.channel === "venue" && channel.cancels !== undefined && !isSource(channel.cancels))
    yield { path: [...path, "cancels"], value: channel.cancels, wrong: "is no source", next };
  let before = -Infinity;
  for (const [index, step] of channel.steps.entries()) {
    const place = [...path, "steps", index];
    const from = step.source ?? channel.source;
    if (!isSource(from)) yield { path: place, value: from ?? "a step", wrong: "has no source", next };
    if (step.at < before || (step.at === before && step.durationSeconds === undefined))
      yield {
        path: [...place, "at"],
        value: isoOf(step.at),
        wrong: "is not after the step before",
        next: "sort the steps by time",
      };
    if (step.durationSeconds === undefined) before = step.at;
  }
}

/** Prices that a channel names, each in its own field. */
const namedIn = (channel: object): readonly string[] =>
  (["over", "follows", "price"] as const).flatMap((field) => {
    const name = (channel as Readonly<Record<string, unknown>>)[field];
    return typeof name === "string" ? [name] : [];
  });

const isoOf = (at: number): string => new Date(at).toISOString();

function drillOf(written: WrittenDrill): Drill {
  const { channels, chains, guardSets, accounts, latencyMs, largestMove, plimsoll: _, ...rest } = written;
  return {
    ...rest,
    latencyMs: ms(latencyMs),
    largestMove: toNumber(largestMove),
    accounts,
    channels: channels.map(channelOf),
    chains: chains.map(({ blockSeconds, ...chain }) => ({ ...chain, blockMs: ms(blockSeconds * 1_000) })),
    guardSets: guardSets.map((set) => guardSetOf(set, written.from)),
  } as Drill;
}

function channelOf(written: WrittenChannel): Channel {
  if (written.channel === "following-oracle") {
    const { deviation, heartbeatSeconds, ...rest } = written;
    return { ...rest, deviation: toNumber(deviation), heartbeatMs: ms(heartbeatSeconds * 1_000) };
  }
  const { source, ...rest } = written;
  const holds = "hold" in written && written.hold;
  const steps = (written.steps as readonly WrittenStep[]).map((step) => stepOf(step, source, holds));
  const calm = written.channel === "depth" ? numbersOf(written.calm) : {};
  return { ...rest, ...calm, steps } as unknown as Channel;
}

const numbersOf = ({ halfSpread, perPercent }: { halfSpread: Exact; perPercent: Exact }) => ({
  halfSpread: toNumber(halfSpread),
  perPercent: toNumber(perPercent),
});

interface WrittenStep {
  readonly at: Ms;
  readonly to: unknown;
  readonly hold?: boolean | undefined;
  readonly durationSeconds?: number | undefined;
  readonly source?: string | undefined;
}
const stepOf = (
  { at, to, hold, durationSeconds, source }: WrittenStep,
  of: string | undefined,
  holds: boolean,
): Step<unknown> => ({
  at,
  to,
  source: source ?? of ?? "assumed",
  hold: hold ?? holds,
  ...(durationSeconds !== undefined && { wickMs: ms(durationSeconds * 1_000) }),
});

type WrittenSet = WrittenDrill["guardSets"][number];

const guardSetOf = ({ name, guards, reserves, gasCap, must, of, diesAt }: WrittenSet, from: Ms): GuardSet => ({
  name,
  guards: guards.map(readGuard),
  reserves: reserves.map(({ lies, free, ...each }) => ({
    reserve: { ...each, free: known(free, from) },
    ...(lies !== undefined && { lies }),
  })),
  feeCap: feeCapOf(gasCap),
  ...(must !== undefined && { must }),
  ...(diesAt !== undefined && { diesAt }),
  of,
});

const feeCapOf = (cap: WrittenSet["gasCap"]): FeeCap =>
  cap === undefined ? { by: "loss-avoided" } : { by: "gwei", most: cap.gwei, giveUpMs: ms(cap.giveUpSeconds * 1_000) };
