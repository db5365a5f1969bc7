import { type Danger, dangers } from "@plimsoll/core/risk";
import type { Account, Alert, Book } from "@plimsoll/server/contract";
import { accountName, momentText, shortName } from "@plimsoll/server/display";

export interface AlertRow {
  readonly id: string;
  readonly name: string;
  /** What of it: its level, its blindness, a guard. */
  readonly detail: string;
  readonly text: string;
  readonly worst: Danger;
  readonly first: string;
  readonly last: string;
}

/** Every trouble that is there, or was within the hour, the worst first; `empty` says what it means that there is none. */
export function viewAlerts({ alerts, accounts }: Pick<Book, "alerts" | "accounts">, stale: boolean) {
  const rows = alerts.toSorted(byWorst).map((alert) => viewAlert(alert, accounts));
  return { rows, empty: stale || accounts.length === 0 ? unheard : calm };
}

const calm = "No alerts: nothing is wrong that was seen, and nothing was within the hour.";
const unheard = "Unknown: no alert was told, and nothing is heard that could tell one.";

const byWorst = (a: Alert, b: Alert) =>
  dangers.indexOf(b.worst) - dangers.indexOf(a.worst) || b.last.ms - a.last.ms || (a.identity < b.identity ? -1 : 1);

function viewAlert({ id, identity, text, worst, danger, first, last }: Alert, accounts: readonly Account[]): AlertRow {
  const account = accounts.find(({ key }) => identity.startsWith(`${key}/`));
  const key = account?.key ?? identity.replace(/\/.*/, "");
  const { title, detail } = account ? accountName(account) : { title: key, detail: "" };
  const about = shortName(identity.slice(key.length + 1));
  return {
    ...{ id, text, worst, name: title, detail: [detail, about].filter(Boolean).join(", ") },
    first: momentText(first),
    last: `${momentText(last)}${danger === worst ? "" : `, then ${danger}`}`,
  };
}
