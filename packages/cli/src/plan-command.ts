import { fileURLToPath } from "node:url";
import { type Result, type Why, canonical, fail, ok, why } from "@plimsoll/core/units";
import { Command } from "commander";
import { type BookSource, readBookSource } from "./book-source.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureCode } from "./failure-code.ts";
import { positive } from "./files/units.ts";
import { type AccountPlan, type Wish, plansFor } from "./make-plans.ts";
import { type Finish, type Out, sayFailure } from "./out.ts";
import { keepPlan } from "./plan-file.ts";
import { planText } from "./plan-text.ts";

interface Options {
  readonly demo?: true;
  readonly account?: string;
  readonly health?: string;
  readonly guard?: string;
  readonly json?: true;
}

export const demoBook = fileURLToPath(new URL("../books/demo.yaml", import.meta.url));

/** plimsoll plan: the cheapest way to be safe, with what it costs and what else there is; nothing is sent. */
export function planCommand(out: Out, finish: Finish): Command {
  return new Command("plan")
    .description("the cheapest way back to safety for each guard, or for one account to a health; nothing is sent")
    .argument("[file]", "a book file, or a config file: then its accounts are read now, and plans are kept for act")
    .option("--demo", "use the book that comes with the program")
    .option("--account <name>", "plan for this account, as check prints it")
    .option("--health <number>", "with --account: the health to reach")
    .option("--guard <name>", "only what this guard would do")
    .option("--json", "as JSON")
    .action(async (file: string | undefined, options: Options) => {
      const planned = await makePlans(file, options);
      if (!planned.ok) {
        sayFailure(out, planned.failure);
        return finish(failureCode(planned.failure));
      }
      const { plans, folder } = planned.value;
      for (const { plan } of plans) if (plan !== undefined && folder !== undefined) keepPlan(folder, plan);
      if (options.json) out.line(canonical(plans));
      else out.line(plans.map(planText).join("\n\n"));
      if (folder !== undefined && !options.json && plans.some(({ plan }) => plan !== undefined))
        out.line("\nNext: plimsoll act --config FILE --plan HASH carries one of them out");
      finish(plans.some(({ shortfalls }) => shortfalls.length > 0) ? exitCodes.error : exitCodes.safe);
    });
}

interface Made extends Pick<BookSource, "folder"> {
  readonly plans: readonly AccountPlan[];
}

async function makePlans(file: string | undefined, options: Options): Promise<Result<Made, Why>> {
  const path = options.demo === true ? demoBook : file;
  if (path === undefined)
    return fail(why("usage", { detail: "missing a book or a config file", next: "plimsoll plan --demo" }));
  const wish = wishOf(options);
  if (!wish.ok) return wish;
  const source = await readBookSource(path);
  if (!source.ok) return source;
  const plans = plansFor(source.value, wish.value);
  const { folder } = source.value;
  return plans.ok ? ok({ plans: plans.value, ...(folder !== undefined && { folder }) }) : plans;
}

function wishOf({ account, health, guard }: Options): Result<Wish, Why> {
  if (account === undefined && health === undefined) return ok(guard === undefined ? {} : { guard });
  const wanted = positive.safeParse(health);
  if (account === undefined || !wanted.success || guard !== undefined)
    return fail(
      why("usage", {
        detail: `--account ${account ?? "(missing)"} and --health ${health ?? "(missing)"} belong together, without --guard`,
        next: "plimsoll plan FILE --account NAME --health 1.5",
      }),
    );
  return ok({ account, health: wanted.data });
}
