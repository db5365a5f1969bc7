import { resolve } from "node:path";
import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { PanicStep } from "@plimsoll/keeper";
import type { Control } from "@plimsoll/server";
import type { PanicOrder } from "@plimsoll/server/contract";
import type { Connected } from "./connect.ts";
import type { ConfigFile } from "./follow-config.ts";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";
import { share } from "./files/units.ts";
import { runPanic } from "./run-panic.ts";
import { type PanicSeen, viewPanic } from "./view-control.ts";

type Line = Pick<Connected, "connection">;

/** A panic that was begun through the API. */
interface Begun extends PanicSeen {
  readonly accounts: readonly Line[];
}

/** Panics of a run that serves a config file: one at a time; the last one's accounts can be looked at until they are flat. */
export function panicControl(file: ConfigFile, connected: readonly Line[]): Pick<Control, "panic" | "showPanic"> {
  let last: Begun | undefined;
  return {
    panic: async (order) => {
      const layers = readConfig(file.path, process.env, file.flags);
      if (!layers.ok) return layers;
      const accounts = chosen(connected, order);
      if (!accounts.ok) return accounts;
      const isReal = "confirm" in order;
      if (isReal && last?.isRunning === true) return fail(underWay);
      const steps: PanicStep[] = [];
      const run = { ...panicOf(layers.value, order), isReal, tell: (step: PanicStep) => void steps.push(step) };
      const begun: Begun = { isReal, isRunning: true, steps, left: [], accounts: accounts.value };
      if (isReal) last = begun;
      const ended = { ...begun, isRunning: false };
      try {
        const left = await runPanic(accounts.value, run);
        if (isReal) last = { ...ended, left };
        return ok(viewPanic({ ...ended, left }));
      } catch (error) {
        if (isReal) last = ended; // a bug: what is left can still be looked at
        throw error;
      }
    },
    showPanic: async () => {
      if (last === undefined) return fail(noPanic);
      if (last.isRunning) return ok(viewPanic(last));
      const layers = readConfig(file.path, process.env, file.flags);
      if (!layers.ok) return layers;
      const look = { ...panicOf(layers.value, {}), isReal: false, tell: () => undefined };
      return ok(viewPanic({ ...last, left: await runPanic(last.accounts, look) }));
    },
  };
}

const panicOf = (
  { config }: LayeredConfig,
  { slippage }: Pick<PanicOrder, "slippage">,
): { readonly folder: string; readonly first: Exact } => ({
  folder: resolve(config.dataDir),
  first: slippage === undefined ? config.panic.slippage : share.parse(slippage),
});

function chosen(connected: readonly Line[], { accounts }: Pick<PanicOrder, "accounts">): Result<readonly Line[], Why> {
  if (accounts === undefined) return ok(connected);
  const known = connected.map(({ connection }) => String(connection.holding));
  const stranger = accounts.find((name) => !known.includes(name));
  if (stranger !== undefined)
    return fail(
      why("account/unknown", { detail: `no account is named ${stranger}`, next: `write one of: ${known.join(", ")}` }),
    );
  return ok(connected.filter(({ connection }) => accounts.includes(connection.holding)));
}

const underWay = why("panic/under-way", {
  detail: "a panic is being carried out",
  next: "GET /api/v1/panic shows what it did so far",
});
const noPanic = why("panic/none", {
  detail: "no panic was asked for in this run",
  next: 'POST /api/v1/panic {"rehearse":true} shows what one would do',
});
