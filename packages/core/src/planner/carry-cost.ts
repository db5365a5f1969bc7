import type { Action, Holding } from "@plimsoll/core/book";
import type { Bounds } from "@plimsoll/core/policy";
import {
  type AssetId,
  type Exact,
  type Ms,
  DAY_MS,
  ZERO,
  dec,
  exact,
  isNegative,
  isZero,
  larger,
  magnitude,
  ms,
  multiply,
  quotient,
  rescale,
  subtract,
} from "@plimsoll/core/units";
import { type CostPart, uncounted } from "./cost.ts";
import { exposureOf, familyOfInstrument } from "./exposure.ts";
import { type Ground, worthIn } from "./ground.ts";
import type { Reserve } from "./plan.ts";
import { priceIn } from "./price-in.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365n * BigInt(DAY_MS);
const MONTH_MS = ms(30 * DAY_MS);

/** For how long what a rescue puts somewhere, or opens, is thought to stay. */
export const horizonOf = ({ horizonMs = MONTH_MS }: Bounds): Ms => horizonMs;

const overDays = (horizonMs: Ms): string => `over ${Number((horizonMs / DAY_MS).toFixed(2))} days`;

/** What money set aside would have earned where it lay. */
export function carryParts(
  reserves: readonly Reserve[],
  { holding, scene }: Ground,
  action: Action,
  { unit, horizonMs }: { readonly unit: string; readonly horizonMs: Ms },
): readonly CostPart[] {
  if (!("asset" in action) || action.amount === "all") return [];
  const from = reserves.find((each) => each.holding === holding.id && each.asset === action.asset);
  if (from === undefined || (from.yearly !== undefined && isNegative(from.yearly))) return [];
  if (from.yearly === undefined) return [uncounted("lost carry", "what the reserve earns where it lies is not said")];
  const price = priceIn(action.asset, unit, scene.quotes);
  if (price === undefined) return [uncounted("lost carry", `no price says what ${action.asset} is in ${unit}`)];
  const yearly = multiply(multiply(action.amount, from.yearly), price);
  const lost = quotient(multiply(yearly, exact(BigInt(horizonMs))), exact(YEAR_MS), 8, "up");
  return [
    { of: "lost carry", amount: lost, is: "estimate", because: `${overDays(horizonMs)} at the reserve's own rate` },
  ];
}

/**
 * What stands in for a cap of funding that nobody told, an hour.
 * @source Binance announcements: the cap of BTCUSDT, charged hourly from the settlement on that reaches it
 */
const ASSUMED_CAP = dec("0.003");

/**
 * What a hedge pays for time, at frozen prices by the rules of its own venue: at the rate last quoted, or where none is known at the
 * cap, hour by hour. What it would be paid is no gain: rates turn.
 */
export function fundingParts(
  before: Ground,
  after: Ground,
  instrument: string,
  { unit, horizonMs, toUnit }: { readonly unit: AssetId; readonly horizonMs: Ms; readonly toUnit: Exact },
): readonly CostPart[] {
  const until = ms(before.scene.now + horizonMs);
  const [opened, alone] = [paidFor(after, after.holding, unit, until), paidFor(before, before.holding, unit, until)];
  if (opened === undefined || alone === undefined) return [uncounted("funding", "the hedge's equity is not known")];
  const paid = multiply(subtract(opened, alone), toUnit);
  const over = overDays(horizonMs);
  if (!isZero(paid)) {
    const because = isNegative(paid)
      ? `it is paid ${over} at the rate last quoted: no gain`
      : `${over} at the rate last quoted`;
    return [{ of: "funding", amount: rescale(larger(ZERO, paid), 8, "ceil"), is: "estimate", because }];
  }
  const capped = atCap(before, after, unit, until);
  if (capped !== undefined && !isZero(capped))
    return [atMost(multiply(capped, toUnit), `its rate is not known: at its cap ${over}`)];
  const family = familyOfInstrument(instrument);
  const [then, now] = [before, after].map((ground) => exposureOf(ground, family, unit));
  if (then === undefined || now === undefined)
    return [uncounted("funding", "neither its rate nor what it is charged on is known")];
  const hours = quotient(exact(BigInt(horizonMs)), exact(BigInt(HOUR_MS)), 0, "ceil");
  const assumed = multiply(multiply(magnitude(subtract(now, then)), multiply(ASSUMED_CAP, hours)), toUnit);
  return [atMost(assumed, `neither its rate nor its cap is known: at 0.3 % an hour ${over}, assumed`)];
}

const atMost = (amount: Exact, because: string): CostPart => ({
  ...{ of: "funding", is: "at-most", because },
  amount: rescale(larger(ZERO, amount), 8, "ceil"),
});

/** What a holding loses by time alone; below 0 where it is paid. */
function paidFor({ engine, scene }: Ground, holding: Holding, unit: AssetId, until: Ms): Exact | undefined {
  const then = { ...scene, now: until };
  const later = { engine, holding: engine.advance(holding, until, then), scene: then };
  const [start, end] = [worthIn({ engine, holding, scene }, unit), worthIn(later, unit)];
  return start === undefined || end === undefined ? undefined : subtract(start, end);
}

/** What the hedge adds where every rate stands at its cap; undefined where the venue bounds none. */
function atCap(before: Ground, after: Ground, unit: AssetId, until: Ms): Exact | undefined {
  const [opened, alone] = [after, before].map((ground) => {
    const worst = ground.engine.atWorstRates(ground.holding, ground.scene);
    return worst.ok ? paidFor(ground, worst.value, unit, until) : undefined;
  });
  return opened === undefined || alone === undefined ? undefined : subtract(opened, alone);
}
