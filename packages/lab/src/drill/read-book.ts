import type { BookEvent } from "@plimsoll/core/book";
import { type Ms, type Result, type Why, fail, holdingId, ok, why } from "@plimsoll/core/units";
import { venues } from "@plimsoll/venues";
import type { WrittenAccount } from "./drill.ts";

/** Events of a drill's accounts as they stand at its start: terms, prices, holdings. Each failure names the account. */
export function readAccounts(accounts: readonly WrittenAccount[], at: Ms): Result<readonly BookEvent[], Why> {
  const events: BookEvent[] = [];
  for (const account of accounts) {
    const venue = venues.find(({ id }) => id === account.venue);
    const refused = (detail: string, next: string) =>
      fail(why("drill/account", { account: account.name, detail, next }));
    if (venue === undefined)
      return refused(`${account.venue} is not modelled`, `write one of: ${venues.map(({ id }) => id).join(", ")}`);
    const checked = venue.written.safeParse(account);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      return refused(`${issue?.path.join(".")}: ${issue?.message}`, "write it as in a book file");
    }
    const read = venue.readWritten(checked.data, holdingId(account.name), at);
    if (!read.ok)
      return refused(`${read.failure.facts["path"]}: ${read.failure.facts["value"]}`, read.failure.facts["next"] ?? "");
    events.push(...read.value);
  }
  return ok(events);
}
