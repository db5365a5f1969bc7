import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Exact, compare, text } from "@plimsoll/core/units";
import { startServer } from "@plimsoll/server";
import { levelText } from "@plimsoll/server/display";
import { Command, Option } from "commander";
import { positiveDecimal, seedNumber, shareText, wholeNumber } from "./arguments.ts";
import { runDemo } from "./demo/run-demo.ts";
import { type Choices, defaults } from "./demo/scenario.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { LiveView } from "./live-source.ts";
import { openBrowser } from "./open-browser.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { version } from "./version.ts";
import { interrupted } from "./interrupted.ts";

interface Options extends Choices {
  readonly pace: number;
  readonly port: number;
  readonly dataDir?: string;
  readonly exchangeOnly?: true;
  readonly exit?: true;
  readonly open: boolean;
}

/** plimsoll demo: one book, one crash, twice; ends with signed evidence and one sentence of figures from the journals. */
export function demoCommand(out: Out, finish: Finish): Command {
  const { seed, drop, minutes, leverage, loanTrigger, loanTarget, deskTrigger, deskTarget } = defaults;
  return new Command("demo")
    .description(
      "a leveraged book on a local chain with the real Aave v3 contracts and on a simulated exchange; one crash, guards off, then on",
    )
    .addOption(
      tuned(
        "--seed <number>",
        "seed of the generated crash and of the venue's order book",
        seedNumber,
        seed,
        `${seed}`,
      ),
    )
    .option("--tape <file>", "recorded candles of BTC instead: the deepest fall in them is played")
    .addOption(tuned("--drop <share>", "fall of the generated crash", shareText, drop, levelText(text(drop))))
    .option("--minutes <number>", "length of the generated crash", wholeNumber, minutes)
    .addOption(decimal("--leverage <number>", "notional of the perpetual position over its margin", leverage))
    .addOption(decimal("--loan-trigger <health>", "the guard of the loan repays below this health", loanTrigger))
    .addOption(decimal("--loan-target <health>", "and brings it back to this", loanTarget))
    .addOption(
      decimal("--desk-trigger <health>", "the guard of the margin account reduces below this health", deskTrigger),
    )
    .addOption(decimal("--desk-target <health>", "and brings it back to this", deskTarget))
    .option("--pace <ms>", "milliseconds between two moments; 0 as fast as possible", wholeNumber, 150)
    .option("--port <number>", "port of the dashboard; 0 takes a free one", wholeNumber, 8721)
    .option("--data-dir <folder>", "where journals and evidence go; default: a new temporary folder")
    .option("--exchange-only", "leave the loan and its chain away")
    .option("--exit", "end when the story ends, instead of keeping the dashboard open")
    .option("--no-open", "do not open a browser")
    .action(async (options: Options) => finish(await demo(out, options)));
}

/** An option whose help shows its default as a person writes it: commander itself cannot print a bigint. */
const tuned = <T>(flags: string, description: string, parse: (written: string) => T, value: T, shown: string): Option =>
  new Option(flags, description).argParser(parse).default(value, shown);
const decimal = (flags: string, description: string, value: Exact): Option =>
  tuned(flags, description, positiveDecimal, value, text(value));

async function demo(out: Out, options: Options): Promise<number> {
  const tight = targetBelowTrigger(options);
  if (tight !== undefined) {
    out.error(tight);
    return exitCodes.usage;
  }
  const folder = resolve(options.dataDir ?? mkdtempSync(join(tmpdir(), "plimsoll-demo-")));
  const live = new LiveView();
  const server = await startServer({ source: live, version, port: options.port });
  if (!server.ok) {
    sayFailure(out, server.failure);
    return failureCode(server.failure);
  }
  out.line(`Dashboard: ${server.value.url}${server.value.dashboard ? "" : "   (not built: only the API answers)"}`);
  if (options.open && server.value.dashboard) openBrowser(server.value.url);
  const stop = interrupted();
  try {
    const { pace: paceMs, exchangeOnly = false } = options;
    const ran = await runDemo(options, {
      folder,
      paceMs,
      exchangeOnly,
      say: out.line,
      tell: (story) => live.tell(story),
      attached: (keeper, run) => {
        live.attach(keeper);
        live.happenings.note(keeper.view().at, run);
      },
      stopped: stop.signal,
    });
    if (!ran.ok) {
      sayFailure(out, ran.failure);
      return failureCode(ran.failure);
    }
    const { sentence, evidence, fingerprint } = ran.value;
    const guarded = evidence.at(-1);
    if (guarded !== undefined) live.prove(guarded);
    out.line(`\n${sentence}\n`);
    out.line(`Signed by ${fingerprint}. Check it:`);
    for (const { verify } of evidence) out.line(`  ${verify}`);
    if (options.exit !== true && !stop.signal.aborted) {
      out.line("\nThe dashboard stays open; Ctrl-C ends it.");
      await stop.happened;
    }
    return exitCodes.safe;
  } finally {
    await server.value.stop();
    stop.release();
  }
}

function targetBelowTrigger({ loanTrigger, loanTarget, deskTrigger, deskTarget }: Options): string | undefined {
  if (compare(loanTarget, loanTrigger) <= 0)
    return "--loan-target must lie above --loan-trigger: the guard would fire for ever\nNext: raise the target";
  if (compare(deskTarget, deskTrigger) <= 0)
    return "--desk-target must lie above --desk-trigger: the guard would fire for ever\nNext: raise the target";
  return undefined;
}
