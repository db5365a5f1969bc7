import { resolve } from "node:path";
import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, fail, ms, ok, parseExact, why } from "@plimsoll/core/units";
import type { Keeper } from "@plimsoll/keeper";
import type { Asked, Control } from "@plimsoll/server";
import type { Arming, GuardEntry, ModeChange, PlanWish } from "@plimsoll/server/contract";
import { viewGuard } from "@plimsoll/server/view";
import { apart } from "./apart.ts";
import type { PlanSource } from "./book-stage.ts";
import type { Connected } from "./connect.ts";
import { readConnected } from "./book-source.ts";
import { checkAdded, checkStops } from "./check-stops.ts";
import { readConfig } from "./files/config-file.ts";
import { adding, changeGuards, removing } from "./files/guard-edit.ts";
import { entryName } from "./files/guard-version.ts";
import { readSource } from "./files/source-file.ts";
import { type ConfigFile, takeConfig } from "./follow-config.ts";
import type { Foreseen } from "./foresee.ts";
import { type Found, confirms, findGuard, findIn, looseningsOf, stepTo } from "./guard-changes.ts";
import { plansFor } from "./make-plans.ts";
import { findPlan, keepPlan } from "./plan-file.ts";
import { panicControl } from "./panic-control.ts";
import { viewAccountPlan, viewForeseen, viewRehearsal } from "./view-control.ts";

/** Whose name the journal carries for what comes through the API. */
const WHO = "api";

/** A run that serves a config file: its accounts, and its keeper once that has started. */
export interface Host {
  readonly file: ConfigFile;
  readonly connected: readonly Pick<Connected, "connection">[];
  /** Where the journal is: what it recorded is the history that guards are tried on. */
  readonly journal: string;
  readonly keeper: () => Pick<Keeper, "act" | "setMode" | "setPolicy"> | undefined;
}

/** What may be asked of a run that serves a config file: the same steps as the command line takes, on the same file. */
export function hostControl(host: Host): Control {
  const { path } = host.file;
  return {
    showGuard: async (id) => entryOf(findGuard(path, id)),
    rehearseGuard: (id) => rehearse(host, id),
    addGuard: (written) => add(host, written),
    removeGuard: (id) => remove(host, id),
    previewMode: (id, mode) => preview(host, id, mode),
    setGuardMode: (id, mode, confirm) => setMode(host, id, mode, confirm),
    plan: (wish) => makePlans(host, wish),
    act: (hash) => act(host, hash),
    setMode: (mode) => setHouse(host, mode),
    ...panicControl(host.file, host.connected),
  };
}

const notReady = why("control/not-ready", {
  detail: "the keeper has not started yet",
  next: "ask again in a moment; a start may wait for another keeper's lease",
});

const entryOf = (found: Result<Found, Why>): Result<GuardEntry, Why> => {
  if (!found.ok) return found;
  const { id, guards, version } = found.value;
  return ok({ id, hash: version, guards: guards.map(viewGuard) });
};

async function rehearse({ file, connected }: Host, id: string): ReturnType<Control["rehearseGuard"]> {
  const found = findGuard(file.path, id);
  if (!found.ok) return found;
  const events = await readConnected(connected);
  if (!events.ok) return events;
  const ran = await apart("rehearse-worker.ts", { guards: found.value.guards, events: events.value });
  return ran.ok ? ok(ran.value.map(viewRehearsal)) : ran;
}

/** Changes the file, and puts what it says in place before it answers. */
async function write({ file, keeper }: Host, change: () => void): Asked<void> {
  try {
    change();
  } catch (error) {
    const detail = `${file.path} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return fail(why("control/not-written", { detail, next: "check its permissions; nothing has changed" }));
  }
  const running = keeper();
  if (running === undefined) return ok(undefined);
  const taken = await takeConfig(file, running);
  return taken.ok ? ok(undefined) : taken;
}

async function add(host: Host, written: string): Asked<GuardEntry> {
  const source = readSource("written", written);
  if (!source.ok) return source;
  const change = changeGuards(host.file.path, adding(source.value.value));
  if (!change.ok) return change;
  const stops = await checkAdded(change.value, () => readNow(host));
  if (!stops.ok) return stops;
  const put = await write(host, change.value.write);
  if (!put.ok) return put;
  const { before, after } = change.value;
  const known = new Set(before.map(({ id }) => id));
  return entryOf(findIn(after, entryName(after.find(({ id }) => !known.has(id))!)));
}

async function remove(host: Host, id: string): Asked<void> {
  const found = findGuard(host.file.path, id);
  if (!found.ok) return found;
  const change = changeGuards(host.file.path, removing(found.value.id));
  return change.ok ? write(host, change.value.write) : change;
}

/** The accounts as their venues show them now, and the reserves of the file. */
async function readNow({ file, connected }: Host): Promise<Result<PlanSource, Why>> {
  const layers = readConfig(file.path, process.env, file.flags);
  if (!layers.ok) return layers;
  const events = await readConnected(connected);
  return events.ok ? ok({ events: events.value, reserves: layers.value.reserves, at: ms(Date.now()) }) : events;
}

/** A guard that goes to shadow does nothing any more: only what it gives up is shown. */
async function preview(host: Host, id: string, mode: Guard["mode"]): Asked<Arming> {
  const step = stepTo(host.file.path, id, mode);
  if (!step.ok) return step;
  const { before, after, version } = step.value;
  const ahead = mode === "armed" ? await lookAhead(host, after) : ok(undefined);
  if (!ahead.ok) return ahead;
  return ok({
    ...{ id: step.value.id, from: before[0]!.mode, to: mode, hash: version },
    loosens: looseningsOf(step.value).map(({ guard, field, from, to }) => ({ guard, field, from, to })),
    ...viewForeseen(ahead.value),
  });
}

async function lookAhead(host: Host, guards: readonly Guard[]): Asked<Foreseen> {
  const source = await readNow(host);
  return source.ok ? apart("foresee-worker.ts", { ...source.value, guards, journal: host.journal }) : source;
}

async function setMode(host: Host, id: string, mode: Guard["mode"], confirm: string): Asked<GuardEntry> {
  const step = stepTo(host.file.path, id, mode);
  if (!step.ok) return step;
  const right = confirms(confirm, step.value.version);
  if (!right.ok) return right;
  // a stop may have come to lie beyond the liquidation since arming was shown
  const stops = mode === "armed" ? await checkStops(step.value.after, () => readNow(host)) : ok(undefined);
  if (!stops.ok) return stops;
  const written = await write(host, step.value.write);
  return written.ok ? entryOf(findGuard(host.file.path, id)) : written;
}

async function makePlans({ file, connected }: Host, wish: PlanWish): ReturnType<Control["plan"]> {
  const layers = readConfig(file.path, process.env, file.flags);
  if (!layers.ok) return layers;
  const wished = readWish(wish);
  if (!wished.ok) return wished;
  const events = await readConnected(connected);
  if (!events.ok) return events;
  const { guards, reserves, config } = layers.value;
  const plans = plansFor({ events: events.value, guards, reserves, at: ms(Date.now()) }, wished.value);
  if (!plans.ok) return plans;
  for (const { plan } of plans.value) if (plan !== undefined) keepPlan(resolve(config.dataDir), plan);
  return ok(plans.value.map(viewAccountPlan));
}

function readWish(wish: PlanWish): Result<Parameters<typeof plansFor>[1], Why> {
  if (!("account" in wish)) return ok({ ...(wish.guard !== undefined && { guard: wish.guard }) });
  const health = parseExact(wish.health);
  return health.ok ? ok({ account: wish.account, health: health.value }) : health;
}

async function act({ file, keeper }: Host, hash: string): Asked<string> {
  const layers = readConfig(file.path, process.env, file.flags);
  if (!layers.ok) return layers;
  const plan = findPlan(resolve(layers.value.config.dataDir), hash);
  if (!plan.ok) return plan;
  const allowed = await (keeper()?.act(plan.value, WHO) ?? fail(notReady));
  return allowed.ok ? ok(plan.value.hash) : allowed;
}

async function setHouse({ keeper }: Host, mode: ModeChange["mode"]): Asked<void> {
  const running = keeper();
  return running === undefined ? fail(notReady) : ok(await running.setMode(mode, WHO));
}
