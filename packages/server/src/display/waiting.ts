import type { Book, WaitingChange } from "@plimsoll/server/contract";
import { momentText } from "./time.ts";

/** What a guard's looser version waits for, in one line. */
export function waitingText({ to, loosens, until }: WaitingChange, at: Book["at"]): string {
  const fields = loosens.map(({ field, from, to: then }) => `${field} from ${from} to ${then}`).join(", ");
  const what = to === "removed" ? "its removal" : `a looser version (${fields})`;
  if (until === undefined) return `${what} waits for your confirmation`;
  return until.ms > at.ms
    ? `${what} waits until ${momentText(until)}, longer while any account is at act or worse`
    : `${what} has waited long enough and takes force once no account is at act or worse`;
}
