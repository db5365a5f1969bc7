import type { Line } from "@plimsoll/core/margin";
import type { Outcome, Plan } from "@plimsoll/core/planner";
import { text } from "@plimsoll/core/units";
import type { Activity } from "@plimsoll/server/contract";
import { reasonText } from "@plimsoll/server/display";
import { viewMoment } from "./plain.ts";
import { sayAction, sayFlows } from "./sentences.ts";
import type { Happening } from "./source.ts";

/** One journaled happening as a timeline entry with its "because". */
export function viewActivity({ seq, at, chain, what }: Happening): Activity {
  const entry = {
    seq,
    at: viewMoment(at),
    because: [],
    comparisons: [],
    alternatives: [],
    ...(chain && { chain: { stream: chain.stream, seq: String(chain.seq), hash: chain.hash } }),
  };
  switch (what.is) {
    case "plan":
      return {
        ...entry,
        kind: "plan",
        title: planTitle(what.plan),
        because: [...what.plan.because],
        alternatives: [...what.plan.alternatives],
        ...whereOf(what.plan.steps[0]),
      };
    case "intent": {
      const { step, key } = what.intent;
      return {
        ...entry,
        kind: "intent",
        title: `Will ${sayAction(step.action)}`,
        because: [what.because],
        key,
        ...whereOf(step),
      };
    }
    case "outcome": {
      const { step, key } = what.intent;
      return {
        ...entry,
        kind: "outcome",
        title: `${outcomeWord(what.outcome)}: ${sayAction(step.action)}`,
        because: "why" in what.outcome && what.outcome.why !== undefined ? [reasonText(what.outcome.why)] : [],
        key,
        state: what.outcome.state,
        ...("verified" in what.outcome && { verified: what.outcome.verified }),
        comparisons: compareLines(what.predicted ?? [], what.actual ?? []),
        ...whereOf(step),
      };
    }
    case "alert": {
      const { danger, why, account } = what;
      return {
        ...entry,
        kind: "alert",
        title: alertTitle(why.code, danger),
        because: [reasonText(why)],
        danger,
        ...(account && { account }),
      };
    }
    case "venue": {
      const { did, taken, fee, holding, account } = what;
      const because =
        taken.length === 0
          ? []
          : [`it took ${sayFlows(taken)}${fee.length > 0 ? `, of it ${sayFlows(fee)} as fee` : ""}`];
      return {
        ...entry,
        kind: "venue",
        title: did,
        because,
        holding,
        ...(account && { account }),
        danger: "liquidatable",
      };
    }
    case "note":
      return { ...entry, kind: "note", title: what.text };
  }
}

const planTitle = ({ mode, steps }: Plan) => {
  const what = steps.map(({ action }) => sayAction(action)).join(", then ") || "nothing to do";
  return mode === "shadow" ? `Shadow: would ${what}` : `Plan: ${what}`;
};
const outcomeWord = ({ state }: Outcome) => `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
const whereOf = (step: Plan["steps"][number] | undefined) =>
  step ? { holding: step.holding, account: step.account } : {};

/** Health on each predicted line, and what was read after the action where it was. */
const compareLines = (predicted: readonly Line[], actual: readonly Line[]): Activity["comparisons"] =>
  predicted.map(({ name, health }) => {
    const after = actual.find((line) => line.name === name);
    return { what: `health of ${name}`, predicted: text(health), ...(after && { actual: text(after.health) }) };
  });

function alertTitle(code: string, danger: string): string {
  if (code === "rules-change") return `Coming: ${danger}`;
  if (code === "recovery/back") return "Seen again";
  return code.startsWith("change/")
    ? `Changed: ${code.slice("change/".length).replaceAll("-", " ")}`
    : `Danger: ${danger}`;
}
