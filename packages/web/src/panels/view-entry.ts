import type { Danger } from "@plimsoll/core/risk";
import type { Activity } from "@plimsoll/server/contract";
import { healthText, momentText, shortName, timeText } from "@plimsoll/server/display";

const kinds: Readonly<Record<Activity["kind"], string>> = {
  plan: "Plan",
  intent: "Intent",
  outcome: "Outcome",
  alert: "Alert",
  venue: "Venue",
  note: "Note",
};
const verdicts = {
  "as-predicted": "as predicted",
  differs: "differs from the prediction",
  "not-yet": "not yet verified",
} as const;

/** The one colour of an entry: what went wrong is never calm. */
function toneOf({ danger, state, verified }: Activity): Danger | undefined {
  if (danger !== undefined) return danger;
  if (state === "ambiguous" || verified === "differs") return "unknown";
  if (state === "refused" || state === "expired" || state === "abandoned") return "act";
  return state === "done" ? "safe" : undefined;
}

/** Decides everything that the timeline says of one entry. */
export function viewEntry(entry: Activity) {
  const { seq, at, kind, title, because, account, verified, comparisons, alternatives, chain, key } = entry;
  return {
    seq,
    kind: kinds[kind],
    title: shortName(title),
    time: timeText(at),
    moment: momentText(at),
    iso: at.iso,
    tone: toneOf(entry),
    because: because.map(shortName),
    account: account && shortName(account),
    verdict: verified && verdicts[verified],
    comparisons: comparisons.map(({ what, predicted, actual }) => ({
      what,
      predicted: healthText(predicted),
      actual: actual === undefined ? "not yet read" : healthText(actual),
    })),
    alternatives,
    proof: [
      chain && `${chain.stream} entry ${chain.seq}, hash ${chain.hash.slice(0, 12)}…`,
      key && `key ${key}`,
    ].filter((part) => part !== undefined),
  };
}
