import { Paper, Progress } from "@mantine/core";
import type { Evidence, Story } from "@plimsoll/server/contract";
import { Icon, dangerShape } from "./icons.tsx";
import styles from "./story.module.css";
import { viewRuns, viewStory } from "./view-story.ts";

/** The demonstration: two runs of one crash, how far it is, and at its end the sentence of figures. */
export function StoryBanner({ story, evidence }: { readonly story: Story; readonly evidence: Evidence }) {
  const { title, now, sentence, clock, speed, percent, steps, tone } = viewStory(story);
  return (
    <Paper component="section" aria-label="Demonstration" className={`panel ${styles["story"]}`} data-tone={tone}>
      <div className={styles["head"]}>
        <h2>{title}</h2>
        <ol className={styles["steps"]}>
          {steps.map(({ name, state }) => (
            <li key={name} data-state={state} aria-current={state === "running" ? "step" : undefined}>
              {state === "done" && <Icon size={12}>{dangerShape.safe}</Icon>}
              {name}
            </li>
          ))}
        </ol>
        <p className={styles["clock"]}>
          <time>{clock}</time>
          <span className="note">{speed}</span>
        </p>
      </div>
      <Progress value={percent} size={6} aria-label={`Progress of the demonstration`} />
      <p className={styles["now"]} role="status">
        {sentence ?? now}
      </p>
      {evidence.is === "ready" && (
        <p className={styles["proof"]}>
          Evidence: <code>{evidence.file}</code>, {evidence.entries} entries, key <code>{evidence.key}</code>. Check it
          yourself: <code>{evidence.verify}</code>
        </p>
      )}
    </Paper>
  );
}

/** The same figures of both runs, side by side. */
export function Runs({ story }: { readonly story: Story }) {
  const { columns, rows } = viewRuns(story.runs);
  return (
    <Paper component="section" aria-labelledby="runs" className="panel">
      <header className="panelHead">
        <h2 id="runs">The same crash twice</h2>
      </header>
      <table className={styles["runs"]}>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            {columns.map(({ name, state }) => (
              <th key={name} scope="col">
                {name}
                <span className="note">{state}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, cells }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {cells.map((cell, index) => (
                <td key={columns[index]?.name}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Paper>
  );
}
