import { Paper } from "@mantine/core";
import type { Book } from "@plimsoll/server/contract";
import styles from "./alerts.module.css";
import { DangerMark } from "./danger-mark.tsx";
import { viewAlerts } from "./view-alerts.ts";

/** What is wrong, told once for as long as it lasts: about what, since when, how bad it got, and when it was there last. */
export function Alerts({ book, stale }: { readonly book: Book; readonly stale: boolean }) {
  const { rows, empty } = viewAlerts(book, stale);
  return (
    <Paper component="section" aria-labelledby="alerts" className="panel">
      <header className="panelHead">
        <h2 id="alerts">Alerts</h2>
        <p className="note">{stale ? "as last known" : "worst first; gone after an hour away"}</p>
      </header>
      {rows.length === 0 && <p className="note">{empty}</p>}
      <ul className={styles["alerts"]}>
        {rows.map(({ id, name, detail, text, worst, first, last }) => (
          <li key={id} data-danger={worst}>
            <DangerMark danger={worst} />
            <div>
              <p className={styles["name"]}>{name}</p>
              {detail && <p className="note">{detail}</p>}
              <p>{text}</p>
              <p className="note">first {first}</p>
              <p className="note">last {last}</p>
            </div>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
