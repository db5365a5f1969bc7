import { liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import type { Remedy } from "@plimsoll/core/policy";
import { byDistance, familyOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  brief,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  ok,
  quotient,
  smaller,
  subtract,
  why,
} from "@plimsoll/core/units";
import { worksNow } from "./asked-of.ts";
import { type Draft, type Need, type Option, type Want, groundIn, withAction } from "./draft.ts";
import { exposureOf, familyOfInstrument } from "./exposure.ts";
import type { Field, Ground } from "./ground.ts";
import { stepsIn, stepsOf } from "./least-amount.ts";

export type Hedge = Extract<Remedy, { use: "hedge" }>;

/** The levers that would open a hedge, each declaring what it protects. */
export function hedgeOptions(
  { field }: Pick<Draft, "field">,
  { want }: Pick<Need, "want">,
  remedy: Hedge,
  place: number,
): readonly Option[] {
  const { engine, holding, scene } = groundIn(field, remedy.holding);
  const hedges = `${want.guard.scope.holding}/${want.account}`;
  return engine.hedges(holding, remedy.instrument, scene).map((lever) => ({
    ...{ remedy, place, holding: remedy.holding, slippage: remedy.slippage },
    offer: { step: lever.step, most: smaller(lever.most, remedy.most) },
    lever: {
      ...lever,
      act: (amount, slippage) => {
        const action = lever.act(amount, slippage);
        return action.do === "order" ? { ...action, hedges } : action;
      },
    },
  }));
}

/** What the account has at risk of a family's prices, and what it has together with the hedge, in the account's unit. */
function exposures(field: Field, { want, unit }: Pick<Need, "want" | "unit">, remedy: Hedge) {
  const family = familyOfInstrument(remedy.instrument);
  const { holding } = want.guard.scope;
  const own = exposureOf(groundIn(field, holding), family, unit, want.account);
  const elsewhere = remedy.holding === holding ? ZERO : exposureOf(groundIn(field, remedy.holding), family, unit);
  return own === undefined || elsewhere === undefined ? undefined : { own, net: add(own, elsewhere) };
}

const leftName = (remedy: Hedge): string => `hedge:${remedy.holding}:${familyOfInstrument(remedy.instrument)}`;

/** A want with what its hedges shall leave at risk, fixed once an episode, so that a second attempt does not hedge again. */
export function withNetLeft(field: Field, want: Want): Want {
  const left = want.guard.ladder.flatMap((remedy): (readonly [string, Exact])[] => {
    if (remedy.use !== "hedge" || want.left[leftName(remedy)] !== undefined || !isKnown(field, remedy)) return [];
    const found = exposures(field, { want, unit: unitOf(field, want) }, remedy);
    const taken = found && takenBy(want, found);
    return taken === undefined ? [] : [[leftName(remedy), subtract(found!.net, taken)]];
  });
  return left.length === 0 ? want : { ...want, left: { ...want.left, ...Object.fromEntries(left) } };
}

/** What of the exposures a want takes away: a share of all; of a pair what of our own leg has lost its other side, and no more. */
function takenBy(
  { guard: { target }, unpaired }: Want,
  { own, net }: { readonly own: Exact; readonly net: Exact },
): Exact | undefined {
  if (target.want === "reduce") return multiply(net, target.share);
  return target.want === "match" && unpaired !== undefined ? multiply(own, unpaired) : undefined;
}

const isKnown = ({ grounds }: Field, { holding }: Hedge): boolean => grounds.has(holding);

function unitOf(field: Field, { guard, account }: Want): string {
  const { engine, holding, scene } = groundIn(field, guard.scope.holding);
  return engine.assess(holding, account, scene).unit;
}

/** The draft with a hedge of what is at risk beyond what the want leaves; or why that cannot be, or not wholly. */
export function addHedge(draft: Draft, need: Need, remedy: Hedge, place: number): Result<Draft, Why> {
  const refuse = (code: string, facts: Record<string, string>) =>
    fail(why(code, { instrument: remedy.instrument, holding: remedy.holding, ...facts }));
  if (!isKnown(draft.field, remedy))
    return refuse("hedge-venue-unknown", { next: "connect the holding, or wait for its feed" });
  const net = exposures(draft.field, need, remedy)?.net;
  const keep = need.want.left[leftName(remedy)];
  const age = ageOfPrices(groundIn(draft.field, remedy.holding), remedy);
  if (age > need.want.guard.bounds.maxAgeMs)
    return refuse("too-old-to-act", {
      ageMs: `${age}`,
      maxAgeMs: `${need.want.guard.bounds.maxAgeMs}`,
      next: "restore the feed",
    });
  if (net === undefined || keep === undefined)
    return refuse("exposure-unknown", { next: "wait for the prices of both legs" });
  const missing = subtract(net, keep);
  if (isZero(missing)) return ok(draft);
  for (const option of hedgeOptions(draft, need, remedy, place)) {
    const each = perStep(draft, need, option);
    if (each === undefined || isZero(each) || isNegative(each) === isNegative(missing)) continue;
    const works = worksNow(
      draft.field.conditions,
      groundIn(draft.field, remedy.holding).holding.venue,
      option.lever.act(option.offer.step, ZERO),
    );
    if (!works.ok) return works;
    const wanted = quotient(magnitude(missing), magnitude(each), 0, "floor").digits;
    const most = stepsIn(option.offer);
    if (wanted === 0n) return ok(draft);
    if (wanted > most)
      return refuse("hedge-too-small", {
        ...{ wanted: brief(stepsOf(wanted, option.offer)), most: brief(stepsOf(most, option.offer)) },
        next: "bring margin to the hedge's venue, or allow more",
      });
    const added = withAction(draft, need, option, stepsOf(wanted, option.offer));
    if (!added.ok) return added;
    const frail = frailty(groundIn(added.value.field, remedy.holding));
    return frail === undefined ? added : fail(frail);
  }
  return refuse("no-hedge-on-offer", {
    next: "the venue opens none on the side that is needed: look at its margin and marks",
  });
}

/** How old the newest price is that the hedge's venue tells of the instrument's family. */
function ageOfPrices({ holding, scene }: Ground, { instrument }: Hedge): number {
  const family = familyOfInstrument(instrument);
  const own = [...scene.quotes].filter(([key]) => key.startsWith(`${holding.venue}:`) && familyOf(key).name === family);
  return scene.now - Math.max(-Infinity, ...own.map(([, { asOf }]) => asOf));
}

/** What one step of a hedge adds to the exposure, with its sign; measured on the whole offer, since the least order may be more. */
function perStep(draft: Draft, { unit }: Need, option: Option): Exact | undefined {
  const ground = groundIn(draft.field, option.holding);
  const count = stepsIn(option.offer);
  if (count <= 0n || option.remedy.use !== "hedge") return undefined;
  const opened = ground.engine.apply(
    ground.holding,
    option.lever.act(stepsOf(count, option.offer), ZERO),
    ground.scene,
  );
  if (!opened.ok) return undefined;
  const family = familyOfInstrument(option.remedy.instrument);
  const before = exposureOf(ground, family, unit);
  const after = exposureOf({ ...ground, holding: opened.value }, family, unit);
  if (before === undefined || after === undefined) return undefined;
  return quotient(subtract(after, before), { digits: count, scale: 0 }, 18, "half-even");
}

/** Why the hedge's own accounts would not outlive the move they are there for: each must stand as far from its line as "act" asks. */
function frailty({ engine, holding, scene }: Ground): Why | undefined {
  for (const account of engine.accounts(holding)) {
    const compiled = engine.compile(holding, account, scene, "maintenance");
    if ("unknown" in compiled)
      return why("hedge-account-unknown", {
        account,
        detail: compiled.unknown,
        next: "hedge where the account can be read",
      });
    if (!("form" in compiled)) continue;
    const values = readQuotes(compiled.form, scene);
    if (!values.ok) return values.failure;
    for (const [index, quote] of compiled.form.quotes.entries()) {
      const { down, up } = liquidationPrices(compiled.form, values.value, index);
      const distance = Math.min(
        ...[down, up].flatMap((to) => (to === undefined ? [] : [Math.abs(to / values.value[index]! - 1)])),
      );
      const asked = byDistance.act * familyOf(quote).multiplier;
      if (distance >= asked) continue;
      const facts = { account, quote, distance: distance.toFixed(4), asked: asked.toFixed(4) };
      return why("hedge-would-not-survive", { ...facts, next: "bring margin to the hedge's account first" });
    }
  }
  return undefined;
}
