import type { Guard } from "@plimsoll/core/policy";
import { isStop } from "@plimsoll/core/protection";
import { type HoldingId, type Result, type Why, fail, ms, ok, text, trim } from "@plimsoll/core/units";
import { stageOf } from "./book-stage.ts";
import type { ExchangeKey } from "./exchange-key.ts";

/** What relies on stops that lie at a venue: those that lie there now, read with this key, and guards that keep one there. */
export async function relyingOn(
  holding: HoldingId,
  key: Pick<ExchangeKey, "feed">,
  guards: readonly Guard[],
): Promise<Result<readonly string[], Why>> {
  const events = await key.feed({ holding }).snapshot();
  if (!events.ok) return events;
  const stage = stageOf({ events: events.value, at: ms(Date.now()), reserves: [] });
  if (!stage.ok) return stage;
  const found: string[] = [];
  for (const { account } of stage.value.accounts) {
    const { engine, holding: held, scene } = stage.value.start.field.grounds.get(holding)!;
    const lying = engine.resting(held, account, scene);
    if (lying.is !== "known") return fail(lying.why);
    for (const { order, side, size, instrument, trigger } of lying.value.filter(isStop)) {
      const amount = size === "all" ? "all" : text(trim(size));
      found.push(`${instrument} relies on the stop ${order}: ${side} ${amount} at ${text(trim(trigger.at))}`);
    }
  }
  const kept = guards.flatMap(({ name, stops = [] }) =>
    stops.map(({ instrument }) => `guard ${name} keeps a stop of ${instrument} there`),
  );
  return ok([...found, ...kept]);
}
