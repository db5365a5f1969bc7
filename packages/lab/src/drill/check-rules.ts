import { type BookEvent, type Holding, type Terms, parameterSet, withParameter } from "@plimsoll/core/book";
import type { TurnPorts } from "@plimsoll/core/turn";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type Channel, type Drill, channelName } from "./drill.ts";

/** Parameters of a venue's terms that a channel changes, in turn. */
interface Change {
  readonly of: string;
  readonly venue: string;
  readonly market?: string;
  readonly parameter: string;
  readonly values: readonly string[];
}

/** Whether every parameter that a scenario changes is one of the venue's, with a value its engine can read; before anything is played. */
export function checkRules({ channels }: Drill, start: readonly BookEvent[], ports: TurnPorts): Result<void, Why> {
  const holdings = start.flatMap((event) => (event.type === "holding" ? [event.holding] : []));
  const documents = start.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
  for (const change of channels.flatMap(changesOf)) {
    const { venue, market = "" } = change;
    const concerned = holdings.filter((each) => each.venue === venue && (market === "" || each.market === market));
    for (const holding of concerned) {
      const terms = documents.find((each) => parameterSet(each) === parameterSet(holding));
      const checked = terms === undefined ? ok(undefined) : checkChange(change, holding, terms, ports);
      if (!checked.ok) return checked;
    }
  }
  return ok(undefined);
}

function changesOf(channel: Channel): readonly Change[] {
  const of = channelName(channel);
  if (channel.channel === "haircut") {
    const { venue, parameter, steps } = channel;
    return [{ of, venue, parameter, values: steps.map(({ to }) => to) }];
  }
  if (channel.channel !== "reserve") return [];
  const { venue, market, asset } = channel;
  return [{ of, venue, market, parameter: `reserves/${asset}/frozen`, values: ["true"] }];
}

function checkChange(
  { of, parameter, values }: Change,
  holding: Holding,
  terms: Terms<unknown>,
  ports: TurnPorts,
): Result<void, Why> {
  let now = terms;
  for (const to of values) {
    const body = withParameter(now.body, parameter, to);
    if (!body.ok) return fail(why("drill/parameter", { channel: of, ...body.failure.facts }));
    now = { ...now, body: body.value };
    const read = ports.engineOf(holding.venue, holding.rules)?.readable(holding, now);
    if (read?.ok === false) return fail(why("drill/parameter", { channel: of, ...read.failure.facts }));
  }
  return ok(undefined);
}
