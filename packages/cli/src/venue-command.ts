import { Argument, Command } from "commander";
import { venues } from "@plimsoll/venues";
import { type Ms, fail, why } from "@plimsoll/core/units";
import { dateText } from "./arguments.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { type TermsOptions, termsText } from "./venue-terms.ts";
import { testVenue, testedText } from "./venue-test.ts";

/** plimsoll venue: what is known of the venues' rules, and how ours compare. */
export function venueCommand(out: Out, finish: Finish): Command {
  const terms = new Command("terms")
    .description(
      "the documents of a venue's rules, those of the program and those of a journal, and what differs between them",
    )
    .addArgument(new Argument("<venue>", "the venue").choices(venues.map(({ id }) => id)))
    .option(
      "--data-dir <folder>",
      "also the documents that a keeper's journal holds, when they were learnt, and by what they differ",
    )
    .option("--at <date>", "only the documents in force on that day", dateText)
    .option("--parameters [below]", 'each parameter with its path and value; "reserves/WETH" for those below it only')
    .action(async (venue: string, options: TermsOptions & { readonly at?: Ms }) => {
      const told = await termsText(venue, options);
      if (told.ok) return out.line(told.value);
      sayFailure(out, told.failure);
      finish(failureCode(told.failure));
    });
  return new Command("venue")
    .description("what is known of a venue's rules, and whether our figures are the venue's")
    .addCommand(terms)
    .addCommand(testCommand(out, finish));
}

interface TestOptions {
  readonly recording?: string;
  readonly config?: string;
  readonly account?: string;
  readonly record?: string;
}

/** plimsoll venue test: an account read once, our figures beside the venue's own. */
function testCommand(out: Out, finish: Finish): Command {
  return new Command("test")
    .description("read an account once and compare every figure that the venue also gives; changes nothing")
    .addArgument(new Argument("<venue>", "the venue").choices(venues.map(({ id }) => id)))
    .option("--recording <file>", "recorded answers instead of the venue")
    .option("--config <file>", "config that names the account and its read key")
    .option("--account <name>", "which account, where the config has several of the venue")
    .option("--record <file>", "append the venue's answers to this file, without keys, signatures and tokens")
    .action(async (venue: string, { recording, config, account, record }: TestOptions) => {
      const source =
        recording !== undefined
          ? { recording }
          : config !== undefined
            ? { config, ...(account !== undefined && { account }), ...(record !== undefined && { record }) }
            : undefined;
      const tested = source === undefined ? fail(noSource) : await testVenue(venue, source);
      if (!tested.ok) {
        sayFailure(out, tested.failure);
        return finish(failureCode(tested.failure));
      }
      out.line(testedText(tested.value));
      const { rows } = tested.value;
      if (rows.length === 0) return finish(exitCodes.unknown);
      finish(rows.some(({ verdict }) => verdict === "differs") ? exitCodes.error : exitCodes.safe);
    });
}

const noSource = why("usage", {
  detail: "an account to read is missing",
  next: "add --config FILE, or --recording FILE",
});
