import { Paper } from "@mantine/core";
import type { Book } from "@plimsoll/server/contract";
import { DangerMark } from "./danger-mark.tsx";
import type { AccountRow } from "./view-account.ts";
import { lineAt, viewBar } from "./view-bar.ts";
import styles from "./waterline.module.css";

/** One bar per account, worst first: the fill is the margin in use, the line is where the venue takes the account. */
export function Waterline({ book, rows }: { readonly book: Book; readonly rows: readonly AccountRow[] }) {
  const of = new Map(book.accounts.map((account) => [account.key, account]));
  return (
    <Paper component="section" aria-labelledby="waterline" className="panel">
      <header className="panelHead">
        <h2 id="waterline">Waterline</h2>
        <p className="note">fill: margin in use · notch: where a guard acts, dotted in shadow</p>
      </header>
      <ul className={styles["bars"]} style={{ "--line": lineAt } as React.CSSProperties}>
        <li className={`${styles["row"]} ${styles["axis"]}`} aria-hidden="true">
          <span />
          <div className={styles["scale"]}>
            <span>0</span>
            <span className={styles["atLine"]}>100%: the venue takes over</span>
          </div>
          <span />
        </li>
        {rows.map((row) => {
          const account = of.get(row.key);
          const bar = account && viewBar(account, book.guards);
          return (
            <li key={row.key} className={styles["row"]} data-danger={row.danger} data-stale={row.stale}>
              <div className={styles["who"]}>
                <strong>{row.name}</strong>
                <span className="note">
                  {row.detail}: {row.because}
                </span>
              </div>
              <div className={styles["track"]} aria-hidden="true">
                {bar?.fill !== undefined && <div className={styles["fill"]} style={{ width: bar.fill }} />}
                {bar?.notches.map(({ at, mode, name }) => (
                  <i
                    key={name}
                    className={styles["notch"]}
                    data-mode={mode}
                    style={{ left: at }}
                    title={`${name} (${mode})`}
                  />
                ))}
                <i className={styles["line"]} />
              </div>
              <div className={styles["figures"]}>
                <DangerMark danger={row.danger} />
                <span className={styles["used"]}>{account?.used === undefined ? row.health : `${row.used} used`}</span>
              </div>
            </li>
          );
        })}
      </ul>
    </Paper>
  );
}
