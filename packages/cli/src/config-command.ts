import Table from "cli-table3";
import { Command } from "commander";
import { exitCodes, failureCode } from "./exit-codes.ts";
import { bookSchema } from "./files/book-file.ts";
import { type LayeredConfig, configSchema, readConfig } from "./files/config-file.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { plainBorders } from "./table.ts";

const defaultFile = "plimsoll.yaml";

/** plimsoll config: checks a config file, or shows the merged result with the origin of each value. */
export function configCommand(out: Out, finish: Finish): Command {
  const read = (file: string, flags: { dataDir?: string; port?: string }): LayeredConfig | undefined => {
    const { dataDir, port } = flags;
    const layers = readConfig(file, process.env, { ...(dataDir && { dataDir }), ...(port && { server: { port } }) });
    if (layers.ok) return layers.value;
    sayFailure(out, layers.failure);
    finish(failureCode(layers.failure));
    return undefined;
  };
  const layered = (command: Command) =>
    command
      .argument("[file]", "config file", defaultFile)
      .option("--data-dir <folder>", "overrides dataDir")
      .option("--port <number>", "overrides server.port");
  const check = layered(
    new Command("check").description("check a config file; every problem with file, line and column"),
  ).action((file: string, flags: object) => {
    if (read(file, flags) !== undefined) out.line(`${file}: good`);
  });
  const show = layered(
    new Command("show").description("the merged config with the origin of each value; secrets are names, never values"),
  )
    .option("--json", "as JSON")
    .action((file: string, flags: { json?: true; dataDir?: string; port?: string }) => {
      const layers = read(file, flags);
      if (layers === undefined) return;
      if (flags.json) out.line(JSON.stringify(layers.rows, null, 2));
      else out.line(originTable(layers));
    });
  const schema = new Command("schema")
    .description("JSON Schema of a file, for editors: book or config")
    .argument("<file>", "book or config")
    .action((which: string) => {
      if (which !== "book" && which !== "config") {
        out.error(`no schema is named ${which}\nNext: plimsoll config schema book, or plimsoll config schema config`);
        return finish(exitCodes.usage);
      }
      out.line(JSON.stringify(which === "book" ? bookSchema() : configSchema(), null, 2));
    });
  const command = new Command("config").description("check or show the configuration");
  for (const sub of [check, show, schema]) command.addCommand(sub);
  return command;
}

function originTable({ rows }: LayeredConfig): string {
  const table = new Table({
    head: ["value", "is", "from", "where"],
    style: { head: [], border: [] },
    chars: plainBorders,
  });
  for (const { path, value, origin, where } of rows) table.push([path, value, origin, where]);
  return table.toString();
}
