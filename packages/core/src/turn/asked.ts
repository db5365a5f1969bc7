import type { Holding } from "@plimsoll/core/book";
import type { Ground } from "@plimsoll/core/planner";
import type { Asked, Leg } from "@plimsoll/core/policy";
import {
  ASSUMED_MOVES,
  type Exposure,
  carryOf,
  costOfDay,
  exposuresOf,
  familyOf,
  grossOf,
  maintenanceOf,
} from "@plimsoll/core/risk";
import {
  type Exact,
  type Figure,
  type Ms,
  type QuoteKey,
  ZERO,
  add,
  below,
  fromNumber,
  known,
  ms,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import type { TurnPorts } from "./contract.ts";
import { type Look, groundOf, isGround } from "./look.ts";
import type { NextReport } from "./next-report.ts";
import { distanceOf, outlookOf } from "./outlook.ts";
import type { State } from "./state.ts";

/** What some triggers ask of an account, each computed when it is asked. */
export function askedOf(ports: TurnPorts, state: State, look: Look, next?: NextReport): Asked {
  const { view } = look;
  const onGround = <T>(
    read: (ground: Exclude<ReturnType<typeof groundOf>, { code: string }>) => Figure<T>,
  ): Figure<T> => {
    const held = state.facts.holdings.get(view.holding);
    const ground = held && groundOf(ports, state.facts, held, state.at);
    if (ground === undefined) return unknown(why("holding-unknown", { holding: view.holding }));
    return isGround(ground) ? read(ground) : unknown(ground);
  };
  return {
    distance: () => {
      const present = distanceNow(look, state.at);
      if (next === undefined || present.is !== "known") return present;
      const then = onGround((ground) => known(distanceNext(ground, look, next), state.at));
      if (then.is !== "known" || then.value === undefined || !below(then.value, present.value.share)) return present;
      return known({ ...present.value, share: then.value, isNext: true }, state.at);
    },
    exposures: (leg) => (leg === undefined ? exposuresAt(ports, state, look) : exposuresOfLeg(ports, state, leg)),
    bookGross: () => bookGross(ports, state),
    costOfDay: (rates) =>
      onGround(({ engine, holding, scene }) => costOfDay(engine, holding, view.account, scene, rates)),
    carry: () => {
      const carry = onGround(({ engine, holding, scene }) =>
        known(carryOf(engine, holding, view.account, scene), state.at),
      );
      return carry.is === "known"
        ? carry.value
        : { atPresent: carry as Figure<never>, atWorst: carry as Figure<never> };
    },
  };
}

const HOURS_A_DAY = 24;

/** The smallest move of one price or of several together; 0 where the line is crossed already. */
function distanceNow({ view, quotes, oldest }: Look, now: Ms): ReturnType<Asked["distance"]> {
  const { distance, maintenance, assessment, boundaries } = view;
  if (assessment === undefined) return unknown(view.because);
  if (assessment.equity.is === "unknown") return unknown(assessment.equity.why);
  const multipliers = boundaries.map(({ quote }) => familyOf(quote).multiplier);
  const hourSigma = (ASSUMED_MOVES.daily / Math.sqrt(HOURS_A_DAY)) * Math.max(1, ...multipliers);
  if (maintenance?.crossed === true) return known({ share: ZERO, hourSigma }, now);
  if (distance !== undefined) return known({ share: fromNumber(distance), hourSigma }, oldest);
  if (quotes === "any") return unknown(why("form-unknown", { next: "guard this account by health" }));
  return none(why("no-price-reaches-the-line"));
}

/** The same from the prices of the next report; undefined where no price reaches the line from there. */
function distanceNext({ engine, holding, scene }: Ground, { view }: Look, next: NextReport): Exact | undefined {
  if (maintenanceOf(next.assessment)?.crossed === true) return ZERO;
  const then = { ...scene, quotes: new Map([...scene.quotes, ...next.quotes]) };
  const compiled = engine.compile(holding, view.account, then, "maintenance");
  const distance = distanceOf(outlookOf("form" in compiled ? compiled.form : undefined, then));
  return distance === undefined ? undefined : fromNumber(distance);
}

/** Kept as long as the look is: it is made anew whenever what it rests on changes. */
const kept = new WeakMap<Look, Figure<readonly Exposure[]>>();

function exposuresAt(ports: TurnPorts, state: State, look: Look): Figure<readonly Exposure[]> {
  const before = kept.get(look);
  if (before !== undefined) return before;
  const figure = computed(ports, state, look);
  kept.set(look, figure);
  return figure;
}

function computed(ports: TurnPorts, { facts, at }: State, { view, quotes, oldest }: Look): Figure<readonly Exposure[]> {
  const held = facts.holdings.get(view.holding);
  const ground = held && groundOf(ports, facts, held, at);
  if (held === undefined || ground === undefined) return unknown(why("holding-unknown", { holding: view.holding }));
  if (!isGround(ground)) return unknown(ground);
  const keys = quotes === "any" || quotes.length === 0 ? quotesOf(held, facts.quotes) : quotes;
  const read = exposuresOf(ground.engine, ground.holding, view.account, ground.scene, keys);
  return read.ok ? known(read.value, oldest) : unknown(read.failure);
}

/** Without a form nobody says which prices an account depends on: all of its venue. */
const quotesOf = ({ venue }: Holding, quotes: State["facts"]["quotes"]): readonly QuoteKey[] =>
  [...quotes.keys()].filter((key) => key.startsWith(`${venue}:`));

/** The exposures of all accounts of a leg; none of an account that is gone from a holding that is there. */
function exposuresOfLeg(ports: TurnPorts, state: State, { holding, account }: Leg): Figure<readonly Exposure[]> {
  const held = state.facts.holdings.get(holding);
  if (held === undefined) return unknown(why("leg-unknown", { holding, next: "check the name of the other leg" }));
  const lost = state.facts.lost.get(holding);
  if (lost !== undefined) return unknown(lost);
  const looks = state.looks.ofHolding(holding).map((id) => state.looks.get(id)!);
  const figures = looks
    .filter(({ view }) => account === undefined || view.account === account)
    .map((look) => exposuresAt(ports, state, look));
  const all: Exposure[] = [];
  for (const figure of figures) {
    if (figure.is !== "known") return figure;
    all.push(...figure.value);
  }
  return known(all, ms(Math.min(held.asOf, ...looks.map(({ oldest }) => oldest))));
}

/** Gross exposure of the book; an account that cannot be read makes it unknown, and one that guards or reserves name and nobody read yet. */
function bookGross(ports: TurnPorts, state: State): Figure<Exact> {
  const named = [...state.guards.map(({ scope }) => scope.holding), ...state.reserves.map(({ holding }) => holding)];
  const unread = named.find((holding) => !state.facts.holdings.has(holding));
  if (unread !== undefined) return unknown(why("holding-unknown", { holding: unread }));
  let sum = ZERO;
  for (const id of [...state.looks.all().values()].flat()) {
    const exposures = exposuresAt(ports, state, state.looks.get(id)!);
    if (exposures.is !== "known") return exposures as Figure<never>;
    sum = add(sum, grossOf(exposures.value));
  }
  return known(sum, state.at);
}
