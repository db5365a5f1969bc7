import { type BookView, createTurn } from "@plimsoll/core/turn";
import { worse } from "@plimsoll/core/risk";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { openJournal, readJournal, sha256 } from "@plimsoll/keeper";
import type { Alert } from "@plimsoll/server/contract";
import { ageText, momentText } from "@plimsoll/server/display";
import { viewAlert } from "@plimsoll/server/view";
import { engineOf } from "@plimsoll/venues";
import { Command, Option } from "commander";
import { exitCode } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { readConfig } from "./files/config-file.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { storeOf } from "./store-of.ts";
import { plainTable } from "./table.ts";
import { wrapText } from "./wrap-text.ts";

interface Options {
  readonly dataDir?: string;
  readonly config?: string;
  readonly json?: true;
}

/** plimsoll alerts: the troubles of a keeper's journal, each with its first, worst and last; also while the keeper runs. */
export function alertsCommand(out: Out, finish: Finish): Command {
  return new Command("alerts")
    .description(
      "troubles that are there, or were within the hour of the journal's last entry; exits with the worst as last seen",
    )
    .option("--data-dir <folder>", "data folder of the keeper, or a backup of it; default: .plimsoll")
    .addOption(new Option("--config <file>", "the journal of this config, also on PostgreSQL").conflicts("dataDir"))
    .option("--json", "as JSON")
    .action(async ({ dataDir, config, json }: Options) => {
      const where = config === undefined ? ok(dataDir ?? ".plimsoll") : journalOf(config);
      const book = where.ok ? await readBook(where.value) : where;
      if (!book.ok) {
        sayFailure(out, book.failure);
        return finish(failureCode(book.failure));
      }
      const alerts = (book.value.troubles ?? []).map(viewAlert);
      out.line(json ? JSON.stringify({ items: alerts }, undefined, 2) : alertsText(out, alerts, book.value.at));
      finish(exitCode(alerts.map(({ danger }) => danger).reduce(worse, "safe")));
    });
}

function journalOf(config: string): Result<string, Why> {
  const layers = readConfig(config, process.env, {});
  return layers.ok ? storeOf(layers.value.config) : layers;
}

/** The book as a journal leaves it: its inputs through the same turn again; nothing is written. */
async function readBook(where: string): Promise<Result<BookView, Why>> {
  const reader = await openJournal(where);
  if (!reader.ok) return reader;
  try {
    const turn = createTurn({ engineOf, sha256 });
    for await (const { record } of readJournal(reader.value)) if (record.kind === "input") turn.turn(record.input);
    return ok(turn.view());
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return fail(why("journal/unread", { detail, next: "read it with the version of Plimsoll that wrote it" }));
  } finally {
    await reader.value.close();
  }
}

function alertsText({ columns }: Out, alerts: readonly Alert[], at: number): string {
  const asOf = `As of ${momentText({ iso: new Date(at).toISOString() })}, the journal's last entry.`;
  if (alerts.length === 0) return `No trouble within the hour. ${asOf}`;
  const rows = alerts.map(({ identity, first, worst, danger, last }) => [
    `${worst}${worst === danger ? "" : `\nnow ${danger}`}`,
    identity,
    momentText(first),
    last.ms === at ? "there now" : `${ageText(at - last.ms)} ago`,
  ]);
  const reasons = alerts.map(({ identity, id, text }) =>
    wrapText(`${identity} (${id.slice(0, 12)}): ${text}`, columns, 4),
  );
  return [plainTable(["worst", "what", "first", "last"], rows), "", ...reasons, "", asOf].join("\n");
}
