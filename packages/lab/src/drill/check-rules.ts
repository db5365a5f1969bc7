import { type BookEvent, type Terms, parameterSet, withParameter } from "@plimsoll/core/book";
import type { TurnPorts } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Drill } from "./drill.ts";

/** Whether every parameter that a scenario changes is one of the venue's, with a value its engine can read; before anything is played. */
export function checkRules({ channels }: Drill, start: readonly BookEvent[], ports: TurnPorts): Result<void, Why> {
  const holdings = start.flatMap((event) => (event.type === "holding" ? [event.holding] : []));
  const documents = start.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
  for (const channel of channels) {
    if (channel.channel !== "haircut") continue;
    for (const holding of holdings.filter(({ venue }) => venue === channel.venue)) {
      let terms: Terms<unknown> | undefined = documents.find((each) => parameterSet(each) === parameterSet(holding));
      for (const { to } of channel.steps) {
        if (terms === undefined) break;
        const body = withParameter(terms.body, channel.parameter, to);
        if (!body.ok)
          return fail(why("drill/parameter", { channel: `haircut ${channel.asset}`, ...body.failure.facts }));
        terms = { ...terms, body: body.value };
        const read = ports.engineOf(holding.venue, holding.rules)?.readable(holding, terms);
        if (read?.ok === false)
          return fail(why("drill/parameter", { channel: `haircut ${channel.asset}`, ...read.failure.facts }));
      }
    }
  }
  return ok(undefined);
}
