import { createInterface } from "node:readline";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Ask } from "./files/key-lock.ts";

/**
 * Asks for secrets: on a terminal without echo, else the next line of what is piped in. Questions go to stderr, so that what a
 * command prints can still be piped on, and whoever waits for an answer sees that it does.
 * @returns failures `input/interrupted` (Ctrl-C) and `input/ended` (nothing was left to read).
 */
export function hiddenInput(input = process.stdin, say = (text: string) => process.stderr.write(text)): Ask {
  if (input.isTTY) return (label) => askTerminal(input, label, say);
  let lines: AsyncIterator<string> | undefined;
  return async (label) => {
    say(`${label}: the next line that is piped in\n`);
    lines ??= createInterface({ input })[Symbol.asyncIterator]();
    const { value, done } = await lines.next();
    return done === true || value === "" ? fail(ended(label)) : ok(value);
  };
}

function askTerminal(
  input: NodeJS.ReadStream,
  label: string,
  say: (text: string) => void,
): Promise<Result<string, Why>> {
  const { promise, resolve } = Promise.withResolvers<Result<string, Why>>();
  let typed = "";
  const finish = (answer: Result<string, Why>) => {
    input.off("data", take);
    input.setRawMode(false);
    input.pause();
    say("\n");
    resolve(answer);
  };
  const take = (chunk: Buffer) => {
    for (const character of chunk.toString("utf8")) {
      if (character === "\r" || character === "\n") return finish(typed === "" ? fail(ended(label)) : ok(typed));
      if (character === "\u0003") return finish(fail(why("input/interrupted", { next: "nothing was changed" })));
      if (character === "\u0004") return finish(fail(ended(label)));
      typed = character === "\u007F" || character === "\b" ? typed.slice(0, -1) : typed + character;
    }
  };
  say(`${label} (not shown): `);
  input.setRawMode(true);
  input.on("data", take);
  input.resume();
  return promise;
}

const ended = (label: string): Why =>
  why("input/ended", {
    detail: `nothing was given for: ${label}`,
    next: "type it, pipe it in as a line, or name its file or variable",
  });
