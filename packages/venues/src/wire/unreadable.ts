import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import * as z from "zod";

/** How a venue says that outside data could not be read: what it was, every path, and what is wrong there. */
export const unreadableBy =
  (venue: string) =>
  (what: string, error: z.ZodError): Why =>
    why(`${venue}/unreadable`, {
      what,
      detail: z.prettifyError(error),
      next: "compare the data with the venue's documentation",
    });

/** A venue's reader of outside data: what passes the schema, or why `what` could not be read. */
export const readerOf = (venue: string) => {
  const unreadable = unreadableBy(venue);
  return <S extends z.ZodType>(what: string, schema: S, raw: unknown): Result<z.output<S>, Why> => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? ok(parsed.data) : fail(unreadable(what, parsed.error));
  };
};
