import type { BookView } from "@plimsoll/core/turn";
import { Book, contract } from "@plimsoll/server/contract";
import { viewBook } from "@plimsoll/server/view";
import * as z from "zod";
import { published } from "./files/json-schema.ts";

const kind = "book-view/1";
/** What `check --json` prints: the book as the API gives it, and first the kind and version of this shape. */
const BookViewFile = z.object({ plimsoll: z.literal(kind), ...Book.shape });

export const bookViewJson = (view: BookView): z.infer<typeof BookViewFile> => ({ plimsoll: kind, ...viewBook(view) });

export function bookViewSchema(): object {
  const { $schema: _draft, ...body } = z.toJSONSchema(BookViewFile, { metadata: contract });
  return published("What plimsoll check --json prints", body);
}
