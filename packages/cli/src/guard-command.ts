import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { sayRemedy, sayTarget, sayTrigger } from "@plimsoll/server/view";
import { Command } from "commander";
import { type ArmOptions, arm, disarm } from "./arm-guard.ts";
import { readBookSource } from "./book-source.ts";
import { checkAdded } from "./check-stops.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type GuardChange, type GuardEdit, adding, changeGuards, readGuards, removing } from "./files/guard-edit.ts";
import { readSourceFile } from "./files/source-file.ts";
import { rehearsalText } from "./foreseen-text.ts";
import { findGuard } from "./guard-changes.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
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
