import { resolve } from "node:path";
import { type Exact, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { PanicStep, Residual } from "@plimsoll/keeper";
import { reasonText } from "@plimsoll/server/display";
import { Command } from "commander";
import { shareText } from "./arguments.ts";
import { type Connected, connectAll } from "./connect.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Config, readConfig } from "./files/config-file.ts";
import { keyRing } from "./files/key-ring.ts";
import { hiddenInput } from "./hidden-input.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { PASSES, runPanic } from "./run-panic.ts";

interface Options {
  readonly config: string;
  readonly account?: readonly string[];
  readonly slippage?: Exact;
  readonly now?: true;
}

/** plimsoll panic: closes everything it can reach, on a path of its own that needs no running keeper. */
export function panicCommand(out: Out, finish: Finish): Command {
  return new Command("panic")
    .description(
      "close every position and pay what the wallet can, beside a keeper that hangs or without one; without --now it only shows",
    )
    .requiredOption("--config <file>", "config file whose accounts are closed")
    .option("--account <name...>", "only these accounts of it")
    .option(
      "--slippage <share>",
      `furthest from the price in the first of ${PASSES} passes; default: panic.slippage of the config, else 1%`,
      shareText,
    )
    .option("--now", "do it; without this nothing is sent")
    .addHelpText(
      "after",
      `
Orders that can only reduce stay where they lie, stops among them; all others are cancelled. Every order sent can only reduce.
A keeper that still runs goes on with its guards: they can only reduce as well. What is left is printed, with exit code 1.
Everything that was done is written to panic-TIME.jsonl in dataDir.`,
    )
    .action(async (options: Options) => {
      const ran = await run(out, options);
      if (!ran.ok) sayFailure(out, ran.failure);
      finish(ran.ok ? ran.value : failureCode(ran.failure));
    });
}

async function run(out: Out, options: Options): Promise<Result<number, Why>> {
  const layers = readConfig(options.config, process.env, {});
  if (!layers.ok) return layers;
  const chosen = choose(layers.value.config, options.account);
  if (!chosen.ok) return chosen;
  const connected = await connectAll(
    { ...chosen.value, signer: false },
    keyRing(chosen.value, process.env, hiddenInput()),
    process.env,
  );
  if (!connected.ok) return connected;
  try {
    return ok(
      await act(
        out,
        connected.value,
        resolve(chosen.value.dataDir),
        options.slippage ?? chosen.value.panic.slippage,
        options.now === true,
      ),
    );
  } finally {
    await Promise.all(connected.value.map(({ close }) => close()));
  }
}

function choose(config: Config, names: readonly string[] | undefined): Result<Config, Why> {
  if (names === undefined) return ok(config);
  const known = config.accounts.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger === undefined)
    return ok({ ...config, accounts: config.accounts.filter(({ name }) => names.includes(name)) });
  const next = `write one of: ${known.join(", ")}`;
  return fail(why("usage", { detail: `no account is named ${stranger}`, next }));
}

async function act(
  out: Out,
  connected: readonly Connected[],
  folder: string,
  first: Exact,
  isReal: boolean,
): Promise<number> {
  const tell = ({ holding, is, text }: PanicStep) => out.line(`${holding}: ${is} ${text}`);
  const left = await runPanic(connected, { folder, first, isReal, tell });
  if (!isReal) {
    out.line("Nothing was sent. Next: the same with --now");
    return left.length === 0 ? exitCodes.safe : exitCodes.act;
  }
  for (const residual of left) out.line(sayResidual(residual));
  out.line(left.length === 0 ? "Flat: no venue can take anything more." : `Not flat: ${left.length} left.`);
  return left.length === 0 ? exitCodes.safe : exitCodes.error;
}

const sayResidual = ({ holding, account, why: { code, facts } }: Residual): string =>
  `${account ?? holding}: still there, ${reasonText({ code, facts })}${facts["next"] === undefined ? "" : `\nNext: ${facts["next"]}`}`;
