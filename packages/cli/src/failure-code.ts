import type { Why } from "@plimsoll/core/units";
import { venues } from "@plimsoll/venues";
import { exitCodes } from "./exit-codes.ts";

const badInput = new Set([
  "usage",
  "guard/unknown",
  "file-unreadable",
  "file-malformed",
  "file-invalid",
  "book-invalid",
  "config-invalid",
  "tape-invalid",
  "tape-gaps",
]);
/** A key that is refused was read well: that is an error. */
const unread = new RegExp(`^(chain|${venues.map(({ id }) => id).join("|")})/(?!key-can-withdraw)|^(stale|unknown)`);
/** Bad input is 2, what could not be read or is stale is 20, everything else 1. */
export function failureCode({ code }: Why): number {
  if (badInput.has(code) || code.endsWith("/no-position")) return exitCodes.usage;
  return unread.test(code) ? exitCodes.unknown : exitCodes.error;
}
