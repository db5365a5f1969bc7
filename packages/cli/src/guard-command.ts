import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { sayRemedy, sayTarget, sayTrigger } from "@plimsoll/server/view";
import { Command } from "commander";
import { type BookSource, readBookSource } from "./book-source.ts";
import { checkAdded, checkStops } from "./check-stops.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type GuardChange, type GuardEdit, adding, changeGuards, readGuards, removing } from "./files/guard-edit.ts";
import { readSourceFile } from "./files/source-file.ts";
import { type Foreseen, foresee } from "./foresee.ts";
import { foreseenText, rehearsalText } from "./foreseen-text.ts";
import { type ModeStep, TYPED, confirms, findGuard, looseningsOf, stepTo } from "./guard-changes.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { candleHistory } from "./recorded-history.ts";
import { rehearseAll } from "./rehearse-all.ts";
import { plainTable } from "./table.ts";

/** plimsoll guard: the guards of a book or config file; the file stays the one place where they stand. */
export function guardCommand(out: Out, finish: Finish): Command {
  const guard = new Command("guard").description(
    "guards of a book or config file: look at them, rehearse them, change them; a keeper that serves the file follows",
  );
  const done = (ran: Result<void, Why>) => {
    if (!ran.ok) sayFailure(out, ran.failure);
    finish(ran.ok ? exitCodes.safe : failureCode(ran.failure));
  };
  const verb = (name: string, about: string) =>
    guard.command(name).description(about).argument("<file>", "book or config file");
  const named = (name: string, about: string) => verb(name, about).argument("<guard>", "its name or id");
  const confirm = ["--confirm <hash>", "the hash that this command printed: without it nothing changes"] as const;

  verb("list", "what guards there are, what wakes them and what they do").action((file: string) =>
    done(list(out, file)),
  );
  named("show", "one guard in full, with its hash").action((file: string, name: string) => done(show(out, file, name)));
  named("rehearse", "when it would have fired and released, and what it would have done, as prices fall and rise")
    .option("--json", "as JSON")
    .action(async (file: string, name: string, { json }: { json?: true }) =>
      done(await rehearsed(out, file, name, json === true)),
    );
  verb("add", "adds a guard at the end of the file's list")
    .requiredOption("--from <guard file>", "YAML of one guard, as it stands in a list of guards")
    .action(async (file: string, { from }: { from: string }) => done(await add(out, file, from)));
  named("rm", "takes a guard out; an armed one is disarmed first").action((file: string, name: string) =>
    done(write(out, file, removing(name), `${name} is gone`)),
  );
  named("arm", "shows what arming changes, what the guard would have done, places and would do now; then arms it")
    .option(...confirm)
    .option(
      "--history <path>",
      "candles to try it on: a file, or a folder of files named for their coins; default: what serve recorded, else a built-in path",
    )
    .action(async (file: string, name: string, options: ArmOptions) => done(await arm(out, file, name, options)));
  named("disarm", "to shadow: it protects nobody; a keeper waits a day and a calm book before it follows")
    .option(...confirm)
    .action((file: string, name: string, { confirm: hash }: { confirm?: string }) =>
      done(disarm(out, file, name, hash)),
    );
  return guard;
}

function list(out: Out, file: string): Result<void, Why> {
  const guards = readGuards(file);
  if (!guards.ok) return guards;
  const rows = guards.value.map(({ id, scope, mode, trigger, target }) => [
    `${id}\n${mode}`,
    scope.account ?? scope.holding,
    `${sayTrigger(trigger)}\n${sayTarget(target)}`,
  ]);
  out.line(rows.length === 0 ? "The file has no guards." : plainTable(["GUARD", "PROTECTS", "WHEN, WHAT FOR"], rows));
  return ok(undefined);
}

function show(out: Out, file: string, name: string): Result<void, Why> {
  const found = findGuard(file, name);
  if (!found.ok) return found;
  for (const guard of found.value.guards) out.line(guardText(guard));
  out.line(`hash ${found.value.version}`);
  return ok(undefined);
}

function guardText({ id, name, scope, trigger, target, ladder, bounds, mode, choose = "cheapest" }: Guard): string {
  const { confirmMs, coolDownMs, maxAgeMs, perDay } = bounds;
  return [
    `${id}: ${name}`,
    `  protects ${scope.account ?? scope.holding}, ${mode}${mode === "shadow" ? ": it protects nobody" : ""}`,
    `  when ${sayTrigger(trigger)}`,
    `  for ${sayTarget(target)}`,
    ...ladder.map((remedy) => `  may ${sayRemedy(remedy)}`),
    `  takes the ${choose === "cheapest" ? "cheapest mix" : "first that is enough"}`,
    `  confirms ${confirmMs / 1_000} s, cools down ${coolDownMs / 1_000} s, acts on nothing older than ${maxAgeMs / 1_000} s, ${perDay} times a day at most`,
  ].join("\n");
}

async function rehearsed(out: Out, file: string, name: string, json: boolean): Promise<Result<void, Why>> {
  const ran = await rehearsals(file, name);
  if (!ran.ok) return ran;
  if (json)
    out.line(JSON.stringify(ran.value, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value), 2));
  else for (const rehearsal of ran.value) out.line(rehearsalText(rehearsal));
  return ok(undefined);
}

async function rehearsals(file: string, name: string): Promise<ReturnType<typeof rehearseAll>> {
  const found = findGuard(file, name);
  if (!found.ok) return found;
  const source = await readBookSource(file);
  return source.ok ? rehearseAll({ guards: found.value.guards, events: source.value.events }) : source;
}

/** A guard that names a stop is held against the liquidation price; where the book cannot be read, arming will be. */
async function add(out: Out, file: string, from: string): Promise<Result<void, Why>> {
  const source = readSourceFile(from);
  if (!source.ok) return source;
  const written = Array.isArray(source.value.value)
    ? (source.value.value as readonly unknown[])[0]
    : source.value.value;
  const change = changeGuards(file, adding(written));
  if (!change.ok) return change;
  const stops = await checkAdded(change.value, () => readBookSource(file));
  if (!stops.ok) return stops;
  if (stops.value !== undefined) {
    out.error("Its stop could not be held against the liquidation price now; arming it will:");
    sayFailure(out, stops.value);
  }
  return put(out, file, change.value, "added");
}

function write(out: Out, file: string, edit: GuardEdit, said: string): Result<void, Why> {
  const change = changeGuards(file, edit);
  return change.ok ? put(out, file, change.value, said) : change;
}

function put(out: Out, file: string, { write: replace, after }: GuardChange, said: string): Result<void, Why> {
  replace();
  out.line(`${file}: ${said}; ${after.length} guards in it`);
  return ok(undefined);
}

interface ArmOptions {
  readonly confirm?: string;
  readonly history?: string;
}

async function arm(
  out: Out,
  file: string,
  name: string,
  { confirm: hash, history }: ArmOptions,
): Promise<Result<void, Why>> {
  const step = stepTo(file, name, "armed");
  if (!step.ok) return step;
  if (hash !== undefined) return armConfirmed(out, file, name, step.value, hash);
  const source = await readBookSource(file);
  if (!source.ok) return source;
  const ahead = await lookAhead(source.value, step.value.after, history);
  if (!ahead.ok) return ahead;
  out.line(differenceText(step.value));
  out.line(foreseenText(ahead.value));
  out.line(`Nothing has changed. Next: plimsoll guard arm ${file} "${name}" --confirm ${typed(step.value)}`);
  return ok(undefined);
}

/** A stop may have come to lie beyond the liquidation since arming was shown. */
async function armConfirmed(
  out: Out,
  file: string,
  name: string,
  step: ModeStep,
  hash: string,
): Promise<Result<void, Why>> {
  const right = confirms(hash, step.version);
  if (!right.ok) return right;
  const stops = await checkStops(step.after, () => readBookSource(file));
  return stops.ok ? confirmed(out, file, step, hash, `${name} is armed`) : stops;
}

async function lookAhead(
  source: BookSource,
  guards: readonly Guard[],
  path: string | undefined,
): Promise<Result<Foreseen, Why>> {
  const candles = path === undefined ? undefined : candleHistory(path, source.events);
  if (candles?.ok === false) return candles;
  if (source.journal?.ok === false) return source.journal;
  return foresee({
    ...{ events: source.events, reserves: source.reserves, at: source.at, guards },
    ...(candles && { candles: candles.value }),
    ...(source.journal && { journal: source.journal.value }),
  });
}

const typed = ({ version }: ModeStep): string => version.slice(0, TYPED);

function disarm(out: Out, file: string, name: string, hash: string | undefined): Result<void, Why> {
  const step = stepTo(file, name, "shadow");
  if (!step.ok) return step;
  if (hash !== undefined) return confirmed(out, file, step.value, hash, `${name} is in shadow`);
  out.line(differenceText(step.value));
  out.line("A keeper goes on with the armed guard for a day, and as long as any account is at act or worse.");
  out.line(`Nothing has changed. Next: plimsoll guard disarm ${file} "${name}" --confirm ${typed(step.value)}`);
  return ok(undefined);
}

function confirmed(out: Out, file: string, step: ModeStep, given: string, said: string): Result<void, Why> {
  const right = confirms(given, step.version);
  if (!right.ok) return right;
  step.write();
  out.line(`${file}: ${said}`);
  return ok(undefined);
}

/** Guard by guard, and which fields of it loosen. */
function differenceText(step: ModeStep): string {
  const looser = looseningsOf(step);
  const lines = step.after.flatMap((guard) => {
    const from = step.before.find(({ id }) => id === guard.id);
    if (from === undefined || from.mode === guard.mode) return [];
    const mine = looser.filter((each) => each.guard === guard.id);
    return [
      `  ${guard.id}: mode ${from.mode} to ${guard.mode}`,
      ...mine.map((each) => `  loosens ${each.field}: ${each.from} to ${each.to}`),
    ];
  });
  return ["Change:", ...(lines.length === 0 ? ["  none"] : lines)].join("\n");
}
