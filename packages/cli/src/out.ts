import type { Why } from "@plimsoll/core/units";
import { reasonText } from "@plimsoll/server/display";

/** Where a command writes. */
export interface Out {
  readonly line: (text: string) => void;
  readonly error: (text: string) => void;
  readonly colour: boolean;
  /** Width of the terminal; absent where there is none, and then no line is broken. */
  readonly columns?: number;
}

/** What every command is made with: where to write, and where to leave its exit code. */
export type Finish = (code: number) => void;

/** A failure as people read it: what was refused, the facts that decided it, what to do next. */
export function sayFailure(out: Out, { code, facts }: Why): void {
  const { next, where, ...rest } = facts;
  const said = reasonText({ code, facts: rest });
  const more = Object.entries(rest).flatMap(([name, value]) => (said.includes(value) ? [] : [`${name} ${value}`]));
  const place = where === undefined || said.startsWith(where) ? "" : `${where} `;
  out.error(`${place}${said}${more.length > 0 ? ` (${more.join(", ")})` : ""}`);
  if (next !== undefined && next !== "") out.error(`Next: ${next}`);
}
