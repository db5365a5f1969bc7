import { main } from "./program.ts";

/** Runs one command line as a test reads it: exit code, what was said, what was complained about. */
export async function runInTest(...args: readonly string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const out = { line: (text: string) => lines.push(text), error: (text: string) => errors.push(text), colour: false };
  const code = await main(args, out);
  return { code, lines: lines.join("\n"), errors: errors.join("\n") };
}
