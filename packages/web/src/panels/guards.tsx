import { Paper } from "@mantine/core";
import type { Book } from "@plimsoll/server/contract";
import { CoverageMark } from "./danger-mark.tsx";
import styles from "./guards.module.css";
import { viewGuards } from "./view-guards.ts";

/** A card for each guard in force: when it acts, what it wants and may do, and what waits to loosen it. */
export function Guards({ book }: { readonly book: Book }) {
  const cards = viewGuards(book);
  return (
    <Paper component="section" aria-labelledby="guards" className="panel">
      <header className="panelHead">
        <h2 id="guards">Guards</h2>
        <p className="note">in force; what tightens is at once, what loosens waits</p>
      </header>
      {cards.length === 0 && <p className="note">No guards: nothing acts for any account. Next: plimsoll guard add</p>}
      <ul className={styles["cards"]}>
        {cards.map(({ id, name, mode, scope, when, wants, ladder, waiting }) => (
          <li key={id}>
            <header>
              <strong>{name}</strong>
              <CoverageMark coverage={mode} text={mode} />
            </header>
            <p className="note">{scope}</p>
            <p>{when}</p>
            <p>
              {wants}
              {ladder.length > 0 && `: ${ladder.join(", else ")}`}
            </p>
            {waiting && <p className={styles["waiting"]}>{waiting}</p>}
          </li>
        ))}
      </ul>
    </Paper>
  );
}
