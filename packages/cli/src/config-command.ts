import { Command } from "commander";
import { bookViewSchema } from "./book-view.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { bookSchema } from "./files/book-file.ts";
import { type LayeredConfig, configSchema, readConfig } from "./files/config-file.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { plainTable } from "./table.ts";

/** The published schemas by name; packages/cli/schemas has each as a file. */
export const schemas: Readonly<Record<string, () => object>> = {
  book: bookSchema,
  config: configSchema,
  "book-view": bookViewSchema,
};
const names = Object.keys(schemas).join(", ");

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
    .description(
      "JSON Schema of a file you write, for editors (book, config), or of what check --json prints (book-view)",
    )
    .argument("<file>", names)
    .action((which: string) => {
      const schemaOf = schemas[which];
      if (schemaOf !== undefined) return out.line(JSON.stringify(schemaOf(), null, 2));
      out.error(`no schema is named ${which}\nNext: write one of: ${names}`);
      finish(exitCodes.usage);
    });
  const command = new Command("config").description("check or show the configuration");
  for (const sub of [check, show, schema]) command.addCommand(sub);
  return command;
}

const originTable = ({ rows }: LayeredConfig): string =>
  plainTable(
    ["value", "is", "from", "where"],
    rows.map(({ path, value, origin, where }) => [path, value, origin, where]),
  );
