import type { Remedy, Reply } from "@plimsoll/core/book";
import { type Exact, type Why, ZERO, parseExact, why } from "@plimsoll/core/units";
import type { Trouble } from "./transport.ts";

/**
 * What one kind of answer means for the message it answers. `refused`: it had no effect and never will; `expired`: it was taken and ended
 * at once with nothing done.
 */
export interface Row {
  readonly name: string;
  readonly when: (trouble: Trouble) => boolean;
  readonly means: "refused" | "expired" | "ambiguous" | "not-found";
  /** What a person, or the keeper at its next turn, does about it. */
  readonly next: string;
  /** What execution does about it; only of a refusal. */
  readonly remedy?: Remedy;
  /** The edge of the venue's price band in its words, as the first group. */
  readonly edge?: RegExp;
}

/** Whether the venue gave one of these codes. */
export const code =
  (...codes: readonly number[]) =>
  (trouble: Trouble): boolean =>
    trouble.code !== undefined && codes.includes(trouble.code);
export const status =
  (...statuses: readonly number[]) =>
  (trouble: Trouble): boolean =>
    trouble.status !== undefined && statuses.includes(trouble.status);
/** Whether its words contain one of these, in any case. */
export const says =
  (...parts: readonly string[]) =>
  (trouble: Trouble): boolean =>
    parts.some((part) => trouble.message.toLowerCase().includes(part.toLowerCase()));

/** What every venue's table ends with: the machine could not even connect, so nothing left it. */
export const nothingSent: Row = {
  name: "nothing was sent",
  when: (trouble) => trouble.status === undefined && says("ECONNREFUSED", "ENOTFOUND")(trouble),
  means: "refused",
  next: "the venue cannot be reached from here",
  remedy: "wait",
};

/** The classifier of one venue: the first row that matches decides; what no row knows is ambiguous. */
export const classifierOf =
  (venue: string, rows: readonly Row[]) =>
  (trouble: Trouble): Reply => {
    const row = rows.find(({ when }) => when(trouble));
    if (row === undefined)
      return { is: "ambiguous", why: reason(venue, trouble, "not in the table", "ask by client id") };
    const { means, name, next, remedy } = row;
    if (means === "not-found") return { is: "not-found" };
    const said = reason(venue, trouble, name, next);
    if (means === "ambiguous") return { is: "ambiguous", why: said };
    if (means === "expired") return { is: "expired", why: said, done: ZERO };
    const edge = edgeOf(row, trouble);
    return {
      is: "refused",
      why: said,
      ...(remedy !== undefined && { remedy }),
      ...(edge !== undefined && { edge }),
    };
  };

const reason = (venue: string, trouble: Trouble, name: string, next: string): Why =>
  why(`${venue}/answer${trouble.code ?? ""}`, {
    known: name,
    status: `${trouble.status ?? "none"}`,
    detail: trouble.message.slice(0, 300),
    next,
  });

function edgeOf({ edge }: Row, { message }: Trouble): Exact | undefined {
  const price = edge === undefined ? undefined : edge.exec(message)?.[1];
  const read = price === undefined ? undefined : parseExact(price);
  return read?.ok === true ? read.value : undefined;
}

/** A question that was refused says nothing about the message asked about. */
export const questioned = (reply: Reply): Reply =>
  reply.is === "refused" ? { is: "ambiguous", why: reply.why } : reply;
