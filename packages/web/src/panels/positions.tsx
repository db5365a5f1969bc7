import { Paper } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { CoverageMark, DangerMark } from "./danger-mark.tsx";
import styles from "./positions.module.css";
import type { AccountRow } from "./view-account.ts";

interface Props {
  readonly rows: readonly AccountRow[];
  /** Cards in place of the table, for narrow screens. */
  readonly cards: boolean;
}

/** Every account, worst first. The same words in table and card. */
export function Positions({ rows, cards }: Props) {
  return (
    <Paper component="section" aria-labelledby="positions" className="panel">
      <header className="panelHead">
        <h1 id="positions">Positions</h1>
        <p className="note">
          worst first; unknown ranks between act and danger · headroom: what counts for the account less what the venue
          requires
        </p>
      </header>
      {rows.length === 0 && <p>No accounts yet. Next: plimsoll check BOOK or plimsoll demo</p>}
      {cards ? <Cards rows={rows} /> : <Table rows={rows} />}
    </Paper>
  );
}

function Table({ rows }: { readonly rows: readonly AccountRow[] }) {
  return (
    <table className={styles["table"]}>
      <thead>
        <tr>
          {[
            "Danger",
            "Account",
            "Liquidation",
            "Health",
            "Margin used",
            "Equity and headroom",
            "Protected by",
            "Age",
          ].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Fragment key={row.key}>
            <tr data-danger={row.danger} data-stale={row.stale}>
              <td>
                <DangerMark danger={row.danger} />
              </td>
              <th scope="row">
                {row.name}
                <span className="note">{row.detail}</span>
              </th>
              <td>
                <LiquidationCell row={row} />
              </td>
              <td>{row.health}</td>
              <td>{row.used}</td>
              <td>
                {row.equity}
                <span className="note">{row.headroom}</span>
              </td>
              <td>
                <CoverageMark coverage={row.coverage} text={row.coverageText} />
              </td>
              <td>{row.age}</td>
            </tr>
            <tr className={styles["detail"]} data-stale={row.stale}>
              <td colSpan={8}>
                <div>
                  <span className="note">If this machine dies now</span>
                  <Covers row={row} />
                </div>
              </td>
            </tr>
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function LiquidationCell({ row }: { readonly row: AccountRow }) {
  return (
    <>
      {row.liquidation.map((line) => (
        <span key={line} className={styles["boundary"]}>
          {line}
        </span>
      ))}
      {row.price && <span className="note">{row.price}</span>}
    </>
  );
}

function Covers({ row }: { readonly row: AccountRow }) {
  return (
    <ul className={styles["covers"]}>
      {row.covers.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Cards({ rows }: { readonly rows: readonly AccountRow[] }) {
  return (
    <ul className={styles["cards"]}>
      {rows.map((row) => (
        <li key={row.key} data-danger={row.danger} data-stale={row.stale}>
          <header>
            <strong>{row.name}</strong>
            <DangerMark danger={row.danger} />
          </header>
          <p className="note">
            {row.detail}: {row.because}
          </p>
          <dl>
            <Figure name="Liquidation">
              <LiquidationCell row={row} />
            </Figure>
            <Figure name="Health">{row.health}</Figure>
            <Figure name="Margin used">{row.used}</Figure>
            <Figure name="Equity">{row.equity}</Figure>
            <Figure name="Headroom">{row.headroom}</Figure>
            <Figure name="Protected by">
              <CoverageMark coverage={row.coverage} text={row.coverageText} />
            </Figure>
            <Figure name="If this machine dies now">
              <Covers row={row} />
            </Figure>
            <Figure name="Age">{row.age}</Figure>
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
