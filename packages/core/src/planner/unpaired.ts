import { type Asked, type Guard, type Leg, pairShare } from "@plimsoll/core/policy";
import { type Exposure, exposuresOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type Figure,
  ONE,
  type QuoteKey,
  ZERO,
  known,
  larger,
  subtract,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { Want } from "./draft.ts";
import type { Field } from "./ground.ts";

/**
 * The share of our leg of a pair against which nothing stands.
 * @returns undefined of a guard that wants no pair matched; 0 where a leg is not known: then nothing is done about it.
 */
export function unpairedShare({ trigger, target }: Guard, asked: Pick<Asked, "exposures">): Exact | undefined {
  if (target.want !== "match" || trigger.when !== "coupled") return undefined;
  const pair = pairShare(trigger, asked);
  return pair.is === "known" ? larger(ZERO, subtract(ONE, pair.value)) : ZERO;
}

/** Exposures of the legs of a guard's pair, on the grounds of a field. */
export function legsIn(field: Field, { scope, trigger }: Guard, account: Want["account"]): Pick<Asked, "exposures"> {
  if (trigger.when !== "coupled") throw new Error("invariant broken: only a pair has legs");
  const quotes = [trigger.own, trigger.other, ...(trigger.also ?? []).map(({ quote }) => quote)];
  return { exposures: (leg = { holding: scope.holding, account }) => exposuresIn(field, leg, quotes) };
}

function exposuresIn(field: Field, leg: Leg, quotes: readonly QuoteKey[]): Figure<readonly Exposure[]> {
  const ground = field.grounds.get(leg.holding);
  if (ground === undefined) return unknown(why("leg-unknown", { holding: leg.holding, next: "connect the other leg" }));
  const { engine, holding, scene } = ground;
  const own = quotes.filter((quote) => quote.startsWith(`${holding.venue}:`));
  const found: Exposure[] = [];
  for (const account of engine.accounts(holding)) {
    if (leg.account !== undefined && leg.account !== account) continue;
    const read = exposuresOf(engine, holding, account, scene, own);
    if (!read.ok) return unknown(read.failure);
    found.push(...read.value);
  }
  return known(found, holding.asOf);
}
