import { Command, CommanderError } from "commander";
import { commandsFor } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { version } from "./version.ts";
import type { Out } from "./out.ts";

/** Runs one command line; answers the exit code. Output goes through `out`, so that a test reads it. */
export async function main(args: readonly string[], out: Out = consoleOut): Promise<number> {
  let code: number = exitCodes.safe;
  const finish = (result: number) => {
    code = result;
  };
  const program = new Command("plimsoll")
    .description("Keeps leveraged positions from being liquidated")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.line(text.trimEnd()), writeErr: (text) => out.error(text.trimEnd()) })
    .showHelpAfterError("(plimsoll --help lists the commands)");
  for (const make of await commandsFor(args)) {
    program.addCommand(inheriting(program, make(out, finish)));
  }
  program.addHelpText(
    "after",
    "\nExit codes: 0 safe, 10 watch, 11 act, 12 danger, 13 liquidatable, 20 unknown or stale, 1 error, 2 usage; several accounts exit with the worst.",
  );
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.safe : exitCodes.usage;
  }
  return code;
}

/** Commands made apart from their parent do not take its output and exit settings by themselves. */
function inheriting(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const sub of command.commands) inheriting(command, sub);
  return command;
}

/** Colour only on a terminal, and not where NO_COLOR is set to anything (no-color.org). */
export const wantsColour = (
  isTTY: boolean,
  { NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean => isTTY && (NO_COLOR ?? "") === "" && TERM !== "dumb";

const consoleOut: Out = {
  line: (text) => console.log(text),
  error: (text) => console.error(text),
  colour: wantsColour(process.stdout.isTTY, process.env),
  ...(process.stdout.isTTY && { columns: process.stdout.columns }),
};
