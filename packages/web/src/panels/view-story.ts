import type { RunScore, Story } from "@plimsoll/server/contract";
import { grouped, healthText, moneyText, momentText } from "@plimsoll/server/display";

const phases = ["guards-off", "guards-on"] as const;
const names = { "guards-off": "1 Guards off", "guards-on": "2 Guards on" } as const;

/** The banner of a demonstration: which of the two runs plays, how far it is, and what just happens. */
export function viewStory({ phase, progress, clock, speed, title, now, sentence }: Story) {
  const at = phase === "finished" ? phases.length : phases.findIndex((name) => name === phase);
  return {
    title,
    now,
    sentence,
    clock: momentText(clock),
    speed: `${grouped(speed)} times our time`,
    percent: Math.round(Number(progress) * 100),
    steps: phases.map((name, index) => ({
      name: names[name],
      state: at > index ? ("done" as const) : at === index ? ("running" as const) : ("waiting" as const),
    })),
    tone:
      phase === "failed" ? ("failed" as const) : phase === "finished" ? ("finished" as const) : ("running" as const),
  };
}

const notYet = "not yet";

/** Both runs side by side: the same figures of each, "not yet" where there is none. */
export function viewRuns(runs: readonly RunScore[]) {
  const row = (label: string, say: (run: RunScore) => string | undefined) => ({
    label,
    cells: runs.map((run) => (run.state === "waiting" ? notYet : (say(run) ?? notYet))),
  });
  return {
    columns: runs.map(({ guards, state }) => ({ name: `Guards ${guards}`, state })),
    rows: [
      row("Equity and reserve at start", ({ equityStart }) => equityStart && moneyText(equityStart)),
      row("Equity and reserve now", ({ equityNow }) => equityNow && moneyText(equityNow)),
      row("Liquidations", ({ liquidations }) => String(liquidations)),
      row("Guard actions", ({ actions }) => String(actions)),
      row("Lowest health of any account", ({ lowestHealth }) => lowestHealth && healthText(lowestHealth)),
    ],
  };
}
