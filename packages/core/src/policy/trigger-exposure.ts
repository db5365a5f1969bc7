import { type Exposure, grossOf } from "@plimsoll/core/risk";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type HoldingId,
  ONE,
  type QuoteKey,
  ZERO,
  add,
  larger,
  below,
  brief,
  compare,
  isNegative,
  isZero,
  magnitude,
  ms,
  multiply,
  quotient,
  subtract,
  text,
  known,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import { bandProblems, percent, readLevel } from "./level.ts";
import { unless } from "./problem.ts";
import type { Asked, Leg, Reading } from "./sight.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** Gross exposure over equity above a cap; the band ends at `release`. Nothing here raises leverage again: that is its owner's doing. */
export interface LeverageTrigger {
  readonly when: "leverage";
  readonly above: Exact;
  readonly release: Exact;
  readonly urgent: Exact;
}

/** The share of this account, or of one price in it, in the gross exposure of the whole book. */
export interface ConcentrationTrigger {
  readonly when: "concentration";
  readonly of?: QuoteKey;
  readonly above: Exact;
  readonly release: Exact;
}

/** The other leg of a pair, by the price it stands on, is worth less than a share of our own leg: it was closed, reduced or taken. */
export interface CoupledTrigger {
  readonly when: "coupled";
  readonly own: QuoteKey;
  readonly holding: HoldingId;
  readonly account?: AccountKey;
  readonly other: QuoteKey;
  /** Where else what stands against our leg may lie: it counts with the other leg. A hedge may be opened there, and nowhere else. */
  readonly also?: readonly (Leg & { readonly quote: QuoteKey })[];
  readonly least: Exact;
  readonly release: Exact;
}

const places = 8;

export const leverageRule: TriggerRule<LeverageTrigger> = {
  directions: () => ({ when: "either", above: "higher", release: "lower", urgent: "higher" }),
  problems: ({ above, release, urgent }) => [
    ...unless(below(ZERO, above), "trigger.above", above, "is no leverage", "write 3 for three times the equity"),
    ...bandProblems("release", above, release, "higher"),
    ...unless(below(ZERO, release), "trigger.release", release, "can never be reached", "write a leverage above 0"),
    ...unless(
      below(above, urgent),
      "trigger.urgent",
      urgent,
      `is not over ${text(above)}: every firing would be urgent`,
      `write more than ${text(above)}`,
    ),
  ],
  read: ({ above: at, release, urgent }, sight) =>
    ofExposures(sight.asked.exposures(), (exposures) => {
      const gross = grossOf(exposures);
      if (isZero(gross)) return { is: "released" };
      const equity = sight.assessment?.equity;
      const dollars = exposures[0]!.unitInDollars;
      if (equity?.is !== "known") return unread(equity);
      const own = multiply(equity.value, dollars);
      if (compare(own, ZERO) <= 0)
        return { is: "met", urgent: true, because: `equity ${text(equity.value)} carries ${brief(gross)} of exposure` };
      const value = quotient(gross, own, places, "ceil");
      const because = `leverage ${brief(value)} (${brief(gross)} of exposure on ${brief(own)} of equity) is over ${text(at)}`;
      return readLevel({ value, worse: "higher", at, reached: "beyond", release, urgent, because });
    }),
};

export const concentrationRule: TriggerRule<ConcentrationTrigger> = {
  directions: () => ({ when: "either", of: "either", above: "higher", release: "lower" }),
  problems: ({ above, release }) => [
    ...unless(
      below(ZERO, above) && below(above, ONE),
      "trigger.above",
      above,
      "is not a share of the book",
      "write 0.4 for forty percent",
    ),
    ...bandProblems("release", above, release, "higher"),
  ],
  read: ({ of, above: at, release }, { asked }) =>
    ofExposures(asked.exposures(), (exposures) => {
      const part = of === undefined ? grossOf(exposures) : sizeOn(of, exposures);
      const book = asked.bookGross();
      if (book.is !== "known") return unread(book);
      if (isZero(book.value)) return { is: "released" };
      const value = quotient(part, book.value, places, "ceil");
      const because = `${of ?? "the account"} is ${percent(value)} of the book's exposure of ${brief(book.value)}, over ${percent(at)}`;
      return readLevel({ value, worse: "higher", at, reached: "beyond", release, because });
    }),
};

/** Far finer than any lot, and up: what is cut by it is cut to a lot, and no lot more. */
const sizePlaces = 18;

/** What the other leg is worth beside ours, as a share; unknown where either is, none where we have no leg. */
export function pairShare(trigger: CoupledTrigger, asked: Pick<Asked, "exposures">): Figure<Exact> {
  const ours = asked.exposures();
  if (ours.is !== "known") return ours.is === "stale" ? unknown(ours.why) : ours;
  const theirs = otherLeg(trigger, ours.value, (leg) => asked.exposures(leg));
  if (theirs.is !== "known") return theirs.is === "none" ? known(ZERO, ours.asOf) : unknown(theirs.why);
  const size = sizeOn(trigger.own, ours.value);
  if (isZero(size)) return none(why("no-leg-of-ours", { quote: trigger.own }));
  return known(quotient(theirs.value, size, sizePlaces, "ceil"), ours.asOf);
}

/** What stands against our leg, in dollars: the other leg, and what leans against ours where its owner says that it may. */
function otherLeg(
  { own, holding, account, other, also = [] }: CoupledTrigger,
  ours: readonly Exposure[],
  read: (leg: Leg) => Figure<readonly Exposure[]>,
): Figure<Exact> {
  const first = read({ holding, ...(account && { account }) });
  if (first.is !== "known") return first.is === "none" ? first : unknown(first.why);
  let [sum, asOf] = [sizeOn(other, first.value), first.asOf];
  for (const { quote, ...leg } of also) {
    const more = read(leg);
    if (more.is === "none") continue;
    if (more.is !== "known") return unknown(more.why);
    const against = signedOn(quote, more.value);
    sum = isNegative(signedOn(own, ours)) ? add(sum, against) : subtract(sum, against);
    asOf = ms(Math.min(asOf, more.asOf));
  }
  return known(larger(ZERO, sum), asOf);
}

export const coupledRule: TriggerRule<CoupledTrigger> = {
  directions: () => ({
    ...{ when: "either", own: "either", holding: "either", account: "either", other: "either", also: "either" },
    ...{ least: "lower", release: "higher" },
  }),
  problems: ({ least, release }) => [
    ...unless(
      below(ZERO, least) && below(least, ONE),
      "trigger.least",
      least,
      "is not a share of our own leg",
      "write 0.9: the other leg may be a tenth smaller",
    ),
    ...bandProblems("release", least, release, "lower"),
    ...unless(
      !below(ONE, release),
      "trigger.release",
      release,
      "asks more of the other leg than equals ours",
      "write 1 or less",
    ),
  ],
  read: (trigger, { asked, young }) =>
    ofExposures(asked.exposures(), (ours) => {
      const { own, other, also = [], least: at, release } = trigger;
      const size = sizeOn(own, ours);
      if (isZero(size)) return { is: "released" };
      const theirs = otherLeg(trigger, ours, (leg) => young(asked.exposures(leg)));
      if (theirs.is !== "known") return unread(theirs);
      const value = quotient(theirs.value, size, places, "floor");
      const legs = also.length === 0 ? "" : ` with ${also.map(({ quote }) => quote).join(" and ")}`;
      const because = `the other leg on ${other}${legs} is ${percent(value)} of ours, under ${percent(at)}`;
      return readLevel({ value, worse: "lower", at, reached: "beyond", release, because });
    }),
  holdings: ({ holding, also = [] }) => [holding, ...also.map((leg) => leg.holding)],
};

const sizeOn = (key: QuoteKey, exposures: readonly Exposure[]): Exact => magnitude(signedOn(key, exposures));

/** The largest exposure to a price, with its sign. */
const signedOn = (key: QuoteKey, exposures: readonly Exposure[]): Exact =>
  exposures
    .filter(({ quote }) => quote === key)
    .reduce((most, { dollars }) => (below(magnitude(most), magnitude(dollars)) ? dollars : most), ZERO);

/** What is read of exposures; an account without any has none to act on. */
function ofExposures(figure: Figure<readonly Exposure[]>, read: (exposures: readonly Exposure[]) => Reading): Reading {
  return figure.is === "known" ? read(figure.value) : unread(figure);
}

function unread(figure: Figure<unknown> | undefined): Reading {
  if (figure?.is === "none") return { is: "released" };
  if (figure === undefined || figure.is === "known")
    return { is: "unknown", why: { code: "account-unreadable", facts: {} } };
  return { is: "unknown", why: figure.why };
}
