import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import * as z from "zod";
import { answer } from "./raw.ts";
import { read } from "./read-holding.ts";
import type { Client, Wire } from "./transport.ts";

const Page = answer(z.object({ list: z.array(z.unknown()), nextPageCursor: z.string().nullish() }));

/** More pages than any list of the venue has: a list that goes on beyond them turns in circles. */
const MOST_PAGES = 100;

/**
 * Reads a list to its end, one answer a page. Lists of positions and orders name a next page after the last one too, which is
 * empty then.
 * @param make one call; the cursor is part of its parameters where there is one.
 */
export async function readPages(
  wire: Wire,
  what: string,
  make: (client: Client, page: { readonly cursor?: string }) => Promise<unknown>,
  weight?: number,
): Promise<Result<readonly unknown[], Why>> {
  const pages: unknown[] = [];
  let cursor: string | undefined;
  while (pages.length < MOST_PAGES) {
    const page = cursor === undefined ? {} : { cursor };
    const answered = await wire.ask(what, (client) => make(client, page), weight);
    if (!answered.ok) return answered;
    const parsed = read(what, Page, answered.value);
    if (!parsed.ok) return parsed;
    pages.push(answered.value);
    const { list, nextPageCursor } = parsed.value.result;
    cursor = nextPageCursor ?? "";
    if (cursor === "" || list.length === 0) return ok(pages);
  }
  return fail(why("bybit/more-pages", { what, pages: `${MOST_PAGES}`, next: "the list does not end: read it again" }));
}
