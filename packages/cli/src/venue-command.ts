import { Argument, Command } from "commander";
import { venues } from "@plimsoll/venues";
import type { Ms } from "@plimsoll/core/units";
import { dateText } from "./arguments.ts";
import { failureCode } from "./exit-codes.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { type TermsOptions, termsText } from "./venue-terms.ts";

/** plimsoll venue: what is known of the venues' rules. */
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
  return new Command("venue").description("what is known of a venue's rules").addCommand(terms);
}
