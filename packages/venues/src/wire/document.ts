import type { Terms } from "@plimsoll/core/book";
import { canonical, hash, ms, venueId } from "@plimsoll/core/units";
import { sha256, stringToHex } from "viem/utils";
import * as z from "zod";

/** The frame of every `terms/<date>.json`; each venue reads `body` itself. */
const Document = z.object({
  venue: z.string(),
  rules: z.string(),
  validFrom: z.iso.date(),
  source: z.string().min(1),
  market: z.string().min(1).optional(),
  body: z.unknown(),
});

/**
 * A terms document from its JSON, with the hash of its canonical body.
 * @throws on a document without its frame: the repository's own files are checked by tests.
 */
export function termsDocument(raw: unknown): Terms<unknown> {
  const { venue, rules, validFrom, source, market, body } = Document.parse(raw);
  return {
    venue: venueId(venue),
    rules,
    ...(market !== undefined && { market }),
    validFrom: ms(Date.parse(`${validFrom}T00:00:00Z`)),
    hash: hash(sha256(stringToHex(canonical(body))).slice(2)),
    source,
    body,
  };
}
