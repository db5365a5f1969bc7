import type { Activity } from "@plimsoll/server/contract";
import styles from "./timeline.module.css";
import { viewEntry } from "./view-entry.ts";

/** What happened and why, newest first; `brief` leaves out the proof and the rejected alternatives. */
export function Timeline({
  entries,
  brief = false,
}: {
  readonly entries: readonly Activity[];
  readonly brief?: boolean;
}) {
  if (entries.length === 0) return <p className="note">Nothing has happened yet.</p>;
  return (
    <ol className={styles["timeline"]}>
      {entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} brief={brief} />
      ))}
    </ol>
  );
}

function Entry({ entry, brief }: { readonly entry: Activity; readonly brief: boolean }) {
  const view = viewEntry(entry);
  return (
    <li data-danger={view.tone}>
      <div className={styles["when"]}>
        <time dateTime={view.iso} title={view.moment}>
          {view.time}
        </time>
        <span className={styles["kind"]}>{view.kind}</span>
      </div>
      <div>
        <p className={styles["title"]}>
          {view.title}
          {view.verdict && <span className={styles["verdict"]}>, {view.verdict}</span>}
        </p>
        {view.because.map((reason) => (
          <p key={reason} className={styles["because"]}>
            because {reason}
          </p>
        ))}
        {view.comparisons.map(({ what, predicted, actual }) => (
          <p key={what} className={styles["because"]}>
            {what}: predicted {predicted}, actual {actual}
          </p>
        ))}
        {!brief && (
          <>
            {view.alternatives.map(({ what, why }) => (
              <p key={what} className="note">
                not chosen: {what}, {why}
              </p>
            ))}
            {(view.account !== undefined || view.proof.length > 0) && (
              <p className="note">{[view.account, ...view.proof].filter(Boolean).join(" · ")}</p>
            )}
          </>
        )}
      </div>
    </li>
  );
}
