import { fileURLToPath } from "node:url";
import { type Result, type Why, fail, ms, why } from "@plimsoll/core/units";
import { viewBook } from "@plimsoll/server/view";
import { Command } from "commander";
import { wholeNumber } from "./arguments.ts";
import { explainText } from "./explain.ts";
import { exitCode, failureCode, worstOf } from "./exit-codes.ts";
import { type WrittenBook, readBookFile } from "./files/book-file.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { viewOf } from "./read-book-view.ts";
import { readAddress } from "./read-address.ts";
import { bookTable } from "./table.ts";

interface Options {
  readonly demo?: true;
  readonly rpc?: string;
  readonly chainId?: number;
  readonly multicall?: string;
  readonly market: string;
  readonly json?: true;
  readonly explain?: true;
}

const demoBook = fileURLToPath(new URL("../books/demo.yaml", import.meta.url));
const isAddress = (source: string): boolean => /^0x[0-9a-fA-F]{40}$/.test(source);

/** plimsoll check: how close every account is to its line, exactly as the venue computes it. */
export function checkCommand(out: Out, finish: Finish): Command {
  return new Command("check")
    .description("how close every account is to its line, exactly as its venue computes it")
    .argument("[source]", "a book file (YAML or JSON), or a borrower's address with --rpc")
    .option("--demo", "use the book that comes with the program")
    .option("--rpc <url>", "Ethereum node to read an address from")
    .option("--chain-id <number>", "chain that the node must be on", wholeNumber)
    .option("--multicall <address>", "Multicall3 on a chain that has it elsewhere")
    .option(
      "--market <name>",
      "Aave v3 market, by name or by the address of its PoolAddressesProvider",
      "ethereum-core",
    )
    .option("--json", "the book as the API gives it (schema: plimsoll config schema book-view)")
    .option("--explain", "show how each figure was computed")
    .action(async (source: string | undefined, options: Options) => {
      const read = await readSource(source, options);
      if (!read.ok) {
        sayFailure(out, read.failure);
        return finish(failureCode(read.failure));
      }
      const view = viewOf(read.value.events, read.value.guards, read.value.at);
      if (options.json) out.line(JSON.stringify(viewBook(view), null, 2));
      else out.line(bookTable(viewBook(view), out.colour));
      if (options.explain && !options.json) for (const account of view.accounts) out.line(explainText(account));
      finish(exitCode(worstOf(view)));
    });
}

async function readSource(source: string | undefined, options: Options): Promise<Result<WrittenBook, Why>> {
  if (options.demo) return readBookFile(demoBook, ms(Date.now()));
  if (source === undefined) {
    return fail(
      why("usage", {
        detail: "missing a book file or an address",
        next: "plimsoll check examples/loan.yaml, or plimsoll check --demo",
      }),
    );
  }
  if (!isAddress(source)) return readBookFile(source, ms(Date.now()));
  if (options.rpc === undefined) {
    return fail(
      why("usage", { detail: `an address needs a node to read it from: ${source}`, next: "add --rpc https://..." }),
    );
  }
  return readAddress(source as `0x${string}`, { ...options, rpc: options.rpc });
}
