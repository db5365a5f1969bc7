import type { Account, ComingChange } from "@plimsoll/server/contract";
import { shortName } from "./name.ts";
import { healthText } from "./number.ts";
import { reasonText } from "./reason.ts";
import { momentText } from "./time.ts";

const known = { queued: "queued on its chain", announced: "announced", notice: "told by you" } as const;

/** A coming change in one sentence: when, what, how it is known, and what it does to the account. */
export function comingText(change: ComingChange, now: Account["danger"]): string {
  const { at, due, source, problems } = change;
  const what = [
    ...change.changes.map(({ parameter, from, to }) => `${parameter} ${from ?? "(none)"} becomes ${to ?? "(none)"}`),
    ...problems.map(reasonText),
  ];
  const when = due ? `due since ${momentText(at)} and not yet seen in its rules` : momentText(at);
  return `${when}: ${effectText(change, now)}; ${what.join(", ") || "a price source changes"} (${known[change.known]}: ${shortName(source)})`;
}

function effectText({ touches, danger, worsens, lines }: ComingChange, now: Account["danger"]): string {
  if (!touches) return "no figure of it changes";
  const line = lines.find(({ name }) => name === "maintenance");
  const health =
    line?.before === undefined || line.after === undefined
      ? ""
      : `, health ${healthText(line.before)} becomes ${healthText(line.after)}`;
  if (danger === now) return `stays ${now}${health}`;
  return `${now} becomes ${danger}${worsens ? "" : ", which is better"}${health}`;
}
