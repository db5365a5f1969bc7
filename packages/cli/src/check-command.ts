import { fileURLToPath } from "node:url";
import type { AccountView, BookView } from "@plimsoll/core/turn";
import { worstOf } from "@plimsoll/core/risk";
import { type Ms, type Result, type Why, fail, ms, why } from "@plimsoll/core/units";
import { Command } from "commander";
import { addressText, dateText, wholeNumber } from "./arguments.ts";
import { bookViewJson } from "./book-view.ts";
import { isAddress } from "./files/units.ts";
import { explainText } from "./explain.ts";
import { exitCode } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type WrittenBook, readBookFile } from "./files/book-file.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { outlookReader } from "./outlook.ts";
import { viewOf } from "./read-book-view.ts";
import { readAddress } from "./read-address.ts";
import { refusedStop } from "./refused-stops.ts";
import { bookText, reasonLine } from "./table.ts";
import { keyOf, viewBook } from "@plimsoll/server/view";

interface Options {
  readonly demo?: true;
  readonly rpc?: string;
  readonly chainId?: number;
  readonly multicall?: `0x${string}`;
  readonly market: string;
  readonly json?: true;
  readonly explain?: true;
  readonly quiet?: true;
  readonly at?: Ms;
  readonly pending?: true;
  readonly timelock?: `0x${string}`;
}

const demoBook = fileURLToPath(new URL("../books/demo.yaml", import.meta.url));

/** plimsoll check: how close every account is to its line, exactly as the venue computes it. */
export function checkCommand(out: Out, finish: Finish): Command {
  return new Command("check")
    .description("how close every account is to its line, exactly as its venue computes it")
    .argument("[source]", "a book file (YAML or JSON), or a borrower's address with --rpc")
    .option("--demo", "use the book that comes with the program")
    .option("--rpc <url>", "Ethereum node to read an address from")
    .option("--chain-id <number>", "chain that the node must be on", wholeNumber)
    .option("--multicall <address>", "Multicall3 on a chain that has it elsewhere", addressText)
    .option(
      "--market <name>",
      "Aave v3 market, by name or by the address of its PoolAddressesProvider",
      "ethereum-core",
    )
    .option("--json", "the book as the API gives it (schema: plimsoll config schema book-view)")
    .option("--explain", "show how each figure was computed")
    .option("--at <date>", "judge a book file by the rules of that day", dateText)
    .option("--pending", "let the exit code also count changes of rules that are coming")
    .option(
      "--timelock <address>",
      "with --rpc: also what waits in this timelock of the market's governance",
      addressText,
    )
    .option("--quiet", "say only what is not safe, one line an account; the exit code says the rest")
    .action(async (source: string | undefined, options: Options) => {
      const read = await readSource(source, options);
      if (!read.ok) {
        sayFailure(out, read.failure);
        return finish(failureCode(read.failure));
      }
      const view = viewOf(read.value.events, read.value.guards, read.value.at);
      const refused = refusedStop(view);
      if (refused !== undefined) {
        sayFailure(out, refused);
        return finish(failureCode(refused));
      }
      show(out, view, read.value, options);
      finish(exitCode(worstOf(view.accounts.flatMap((account) => wordsOf(account, options)))));
    });
}

const wordsOf = ({ danger, foreseen = [] }: AccountView, { pending }: Options) => [
  danger,
  ...(pending === true ? foreseen.map((change) => change.danger) : []),
];

function show(out: Out, view: BookView, { events, at }: WrittenBook, { json, explain, quiet }: Options): void {
  if (json) return out.line(JSON.stringify(bookViewJson(view), null, 2));
  const book = viewBook(view);
  if (quiet) {
    const unsafe = book.accounts.filter(({ danger }) => danger !== "safe");
    for (const account of unsafe) out.line(reasonLine(account, out.colour));
    return;
  }
  out.line(bookText(book, out));
  if (!explain) return;
  const accounts = new Map(view.accounts.map((account) => [keyOf(account), account]));
  const outlook = outlookReader(events, at);
  for (const account of book.accounts) {
    const found = accounts.get(account.key)!;
    out.line(explainText(account, found.assessment?.explain, outlook(found), out));
  }
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
  if (!isAddress(source)) {
    if (options.rpc === undefined) return readBookFile(source, ms(Date.now()), options.at);
    const detail = `${source} is not an address, and --rpc reads nothing else`;
    return fail(why("usage", { detail, next: "write 0x and 40 hex digits, or leave --rpc away for a book file" }));
  }
  if (options.rpc === undefined) {
    return fail(
      why("usage", { detail: `an address needs a node to read it from: ${source}`, next: "add --rpc https://..." }),
    );
  }
  return readAddress(source, { ...options, rpc: options.rpc });
}
