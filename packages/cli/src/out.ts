import type { Why } from "@plimsoll/core/units";

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
  const { detail, next, where, ...rest } = facts;
  const more = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  const place = where !== undefined && detail?.startsWith(where) !== true ? `${where} ` : "";
  out.error(`${place}${detail ?? code}${more.length > 0 ? ` (${more.join(", ")})` : ""}`);
  if (next !== undefined && next !== "") out.error(`Next: ${next}`);
}
