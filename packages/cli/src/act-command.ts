import { setTimeout as wait } from "node:timers/promises";
import type { Plan } from "@plimsoll/core/planner";
import { createTurn } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Keeper, createLog, sha256, startKeeper } from "@plimsoll/keeper";
import { reasonText } from "@plimsoll/server/display";
import { sayAction } from "@plimsoll/server/view";
import { engineOf } from "@plimsoll/venues";
import { Command } from "commander";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type LayeredConfig, readConfig } from "./files/config-file.ts";
import { type House, withHouse } from "./house.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { findPlan } from "./plan-file.ts";

/** How long accounts may take to be read, and intents to end. */
const READ_WITHIN_MS = 30_000;
const END_WITHIN_MS = 120_000;

/** plimsoll act: carries out one plan that was shown, confirmed by its hash. */
export function actCommand(out: Out, finish: Finish): Command {
  return new Command("act")
    .description(
      "carry out a plan that plimsoll plan --config showed, named by its hash; it is journaled like a guard's",
    )
    .requiredOption("--config <file>", "the config file that the plan was made for")
    .requiredOption("--plan <hash>", "its hash, at least its first 8 characters")
    .addHelpText(
      "after",
      `
What is known is read again first: a plan that is too old, that another act overtook, or that no longer helps is refused with the
number that decided it. While a keeper serves this config, send POST /api/v1/plans/HASH/act to it instead.`,
    )
    .action(async ({ config, plan }: { config: string; plan: string }) => {
      const layers = readConfig(config, process.env, {});
      const acted = layers.ok ? await act(out, layers.value, plan) : layers;
      if (!acted.ok) sayFailure(out, acted.failure);
      finish(acted.ok ? acted.value : failureCode(acted.failure));
    });
}

async function act(out: Out, layers: LayeredConfig, hash: string): Promise<Result<number, Why>> {
  const plan = findPlan(layers.config.dataDir, hash);
  if (!plan.ok) return plan;
  return withHouse(layers, [], async (house) => {
    const started = await keeperOf(layers, house);
    if (!started.ok) return started;
    try {
      return await carryOut(out, started.value, plan.value);
    } finally {
      await started.value.stop();
    }
  });
}

/** A keeper for the time of one act; its guards stay what they are. */
function keeperOf(
  { config, guards, reserves, confirmed, notices }: LayeredConfig,
  { connected, store, redact }: House,
) {
  return startKeeper({
    store,
    turn: createTurn({ engineOf, sha256 }),
    engineOf,
    connections: connected.map(({ connection }) => connection),
    policy: { guards, reserves, confirmed },
    notices,
    log: createLog("warn", process.stderr, redact),
    timing: { refreshMs: config.pollEvery, takeOverMs: 0 },
  });
}

async function carryOut(out: Out, keeper: Keeper, plan: Plan): Promise<Result<number, Why>> {
  const began = Date.now();
  const missing = () => {
    const held = new Map(keeper.view().holdings.map(({ id, asOf }) => [id, asOf]));
    return plan.steps.find(({ holding }) => (held.get(holding) ?? 0) < began)?.holding;
  };
  await until(() => missing() === undefined, READ_WITHIN_MS);
  const unread = missing();
  if (unread !== undefined)
    return fail(why("act/not-read", { holding: unread, withinMs: `${READ_WITHIN_MS}`, next: "plimsoll doctor" }));
  const ends: number[] = [];
  const unlisten = keeper.onChange((written) => {
    for (const { record } of written) {
      if (record.kind !== "input" || record.input.event.type !== "outcome") continue;
      const { outcome } = record.input.event;
      if (!("verified" in outcome)) continue;
      const isDone = outcome.state === "done";
      ends.push(isDone ? exitCodes.safe : exitCodes.error);
      out.line(
        `${outcome.state}${outcome.why === undefined ? "" : `: ${reasonText(outcome.why)}`} (${outcome.verified})`,
      );
    }
  });
  try {
    const allowed = await keeper.act(plan, "command line");
    if (!allowed.ok) return allowed;
    for (const { action } of plan.steps) out.line(`sends: ${sayAction(action)}`);
    const isOver = () => keeper.view().open.every(({ intent }) => intent.plan !== plan.hash);
    if (!(await until(isOver, END_WITHIN_MS)))
      return fail(
        why("act/still-open", {
          afterMs: `${END_WITHIN_MS}`,
          next: "serve the config: its keeper follows it to its end",
        }),
      );
    return ok(Math.max(exitCodes.safe, ...ends));
  } finally {
    unlisten();
  }
}

/** Looks again and again, for so long at most. @returns whether it came to be. */
async function until(isSo: () => boolean, withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; !isSo(); await wait(50)) if (Date.now() >= end) return false;
  return true;
}
