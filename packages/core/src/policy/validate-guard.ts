import { type Exact, ONE, ZERO, atLeast, below, compare, text } from "@plimsoll/core/units";
import type { Guard, Remedy, StandingStop, Trigger } from "./guard.ts";

/** One thing wrong in a guard: where, the value, what is wrong with it, and what to write instead. */
export interface Problem {
  readonly field: string;
  readonly value: string;
  readonly wrong: string;
  readonly next: string;
}

/** Longest wait for confirmation that a default allows: the worst minute of BTC was 6.5 %. */
const LONGEST_CONFIRM_MS = 60_000;

/** Everything wrong in one guard; none where it can do what it says. */
export function validateGuard(guard: Guard): readonly Problem[] {
  return [
    ...unless(/^\S+$/.test(guard.id), "id", guard.id, "is empty or has blanks", "write one word"),
    ...(guard.trigger.when === "health" ? bandProblems(guard.trigger) : priceProblems(guard.trigger)),
    ...targetProblems(guard),
    ...unless(
      guard.ladder.length > 0 || (guard.stops?.length ?? 0) > 0,
      "ladder",
      "[]",
      "allows nothing",
      "add a remedy: supply, repay, reduce, add-margin",
    ),
    ...guard.ladder.flatMap((remedy, place) => remedyProblems(remedy, `ladder.${place}`)),
    ...(guard.stops ?? []).flatMap((stop, place) => stopProblems(stop, `stops.${place}`)),
    ...boundsProblems(guard.bounds),
  ];
}

/** Everything wrong between guards: names used twice, a stop and a take-profit of which one is always met. */
export function validateGuards(guards: readonly Guard[]): readonly Problem[] {
  return guards.flatMap((guard, index) => {
    const earlier = guards.slice(0, index);
    const own = validateGuard(guard).map((problem) => ({ ...problem, field: `${guard.id}.${problem.field}` }));
    const isTwice = earlier.some(({ id }) => id === guard.id);
    return [
      ...own,
      ...unless(!isTwice, `${guard.id}.id`, guard.id, "is used twice", "give each guard its own id"),
      ...earlier.flatMap((other) => crossedPrices(other, guard)),
    ];
  });
}

const unless = (
  right: boolean,
  field: string,
  value: string | Exact,
  wrong: string,
  next: string,
): readonly Problem[] =>
  right ? [] : [{ field, value: typeof value === "string" ? value : text(value), wrong, next }];

type Band = Extract<Trigger, { when: "health" }>;
function bandProblems({ line, below: edge, release, urgent }: Band): readonly Problem[] {
  const fires = text(edge);
  const isLast = line === "maintenance" && !below(ONE, edge);
  return [
    ...unless(!isLast, "trigger.below", edge, "is where the venue itself acts, or later", "write a health above 1"),
    ...unless(
      below(edge, release),
      "trigger.release",
      release,
      `is not above ${fires}: leaving the band would at once be entering it`,
      `write more than ${fires}`,
    ),
    ...unless(
      below(urgent, edge),
      "trigger.urgent",
      urgent,
      `is not under ${fires}: every firing would be urgent`,
      `write less than ${fires}`,
    ),
    ...unless(
      atLeast(urgent, ONE) || line !== "maintenance",
      "trigger.urgent",
      urgent,
      "is under 1: the venue acts first",
      "write 1 or more",
    ),
  ];
}

const priceProblems = ({ at }: Extract<Trigger, { when: "price" }>): readonly Problem[] =>
  unless(below(ZERO, at), "trigger.at", at, "is not a price", "write a price above 0");

function targetProblems({ trigger, target, ladder }: Guard): readonly Problem[] {
  if (target.want === "reduce") {
    const isShare = below(ZERO, target.share) && !below(ONE, target.share);
    const other = ladder.findIndex((remedy) => !("instrument" in remedy));
    return [
      ...unless(
        isShare,
        "target.share",
        target.share,
        "is not a share above 0 and up to 1",
        "write 1 to close all, 0.5 for half",
      ),
      ...unless(
        other < 0,
        `ladder.${other}.use`,
        ladder[other]?.use ?? "",
        "cannot reduce a position",
        "leave only reduce in the ladder, or want a health",
      ),
    ];
  }
  if (trigger.when === "price")
    return unless(below(ONE, target.at), "target.at", target.at, "is not above the line", "write a health above 1");
  const isAbove = below(trigger.below, target.at);
  const wrong = isAbove
    ? `is under release ${text(trigger.release)}: a full rescue would not end the episode`
    : `is not above the trigger ${text(trigger.below)}: a rescue would fire again at once`;
  return unless(
    isAbove && atLeast(target.at, trigger.release),
    "target.at",
    target.at,
    wrong,
    `write ${text(trigger.release)} or more`,
  );
}

function remedyProblems(remedy: Remedy, path: string): readonly Problem[] {
  if ("instrument" in remedy) {
    const isShare = !below(remedy.slippage, ZERO) && below(remedy.slippage, ONE);
    return [
      ...unless(remedy.instrument !== "", `${path}.instrument`, '""', "names nothing", "write the venue's symbol"),
      ...unless(
        isShare,
        `${path}.slippage`,
        remedy.slippage,
        "is not a share of the price",
        "write 0.005 for half a percent",
      ),
      ...(remedy.use === "hedge" ? mostProblems(remedy.most, path) : []),
    ];
  }
  return [
    ...unless(remedy.asset !== "", `${path}.asset`, '""', "names nothing", "write the asset"),
    ...mostProblems(remedy.most, path),
  ];
}

const mostProblems = (most: Exact, path: string): readonly Problem[] =>
  unless(below(ZERO, most), `${path}.most`, most, "allows nothing", "write an amount above 0, or leave the remedy out");

function stopProblems({ instrument, place, through }: StandingStop, path: string): readonly Problem[] {
  const isShare = (share: Exact) => below(ZERO, share) && below(share, ONE);
  return [
    ...unless(instrument !== "", `${path}.instrument`, '""', "names nothing", "write the venue's symbol"),
    ...("at" in place
      ? unless(below(ZERO, place.at), `${path}.place`, place.at, "is not a price", "write a price above 0")
      : unless(
          isShare(place.before),
          `${path}.place`,
          place.before,
          "is not a share of the liquidation price above 0 and under 1",
          "write 0.05 for a stop that comes 5 % before it",
        )),
    ...(through === undefined
      ? []
      : unless(
          isShare(through),
          `${path}.through`,
          through,
          "is not a share of the trigger above 0 and under 1",
          "write 0.1 for a fill at most 10 % beyond the trigger, or leave it out",
        )),
  ];
}

function boundsProblems({ confirmMs, coolDownMs, maxAgeMs, perDay, expires }: Guard["bounds"]): readonly Problem[] {
  const isWait = Number.isSafeInteger(confirmMs) && confirmMs >= 0 && confirmMs <= LONGEST_CONFIRM_MS;
  const isLong = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  return [
    ...unless(isWait, "bounds.confirmMs", `${confirmMs}`, `is not between 0 and ${LONGEST_CONFIRM_MS}`, "write 5000"),
    ...unless(
      isLong(coolDownMs, 0),
      "bounds.coolDownMs",
      `${coolDownMs}`,
      "is not a duration",
      "write milliseconds, 0 or more",
    ),
    ...unless(
      isLong(maxAgeMs, 1),
      "bounds.maxAgeMs",
      `${maxAgeMs}`,
      "lets it act on nothing",
      "write the oldest price you would act on, for example 30000",
    ),
    ...unless(isLong(perDay, 1), "bounds.perDay", `${perDay}`, "lets it never act", "write 1 or more"),
    ...unless(
      expires === undefined || isLong(expires, 1),
      "bounds.expires",
      `${expires}`,
      "is not a moment",
      "write milliseconds since 1970, or leave it out",
    ),
  ];
}

/** Two price guards on the same position, one acting at or below, the other at or above: between them must be room. */
function crossedPrices(a: Guard, b: Guard): readonly Problem[] {
  if (a.trigger.when !== "price" || b.trigger.when !== "price") return [];
  if (a.trigger.quote !== b.trigger.quote || a.trigger.kind !== b.trigger.kind || a.trigger.side === b.trigger.side)
    return [];
  if (a.scope.holding !== b.scope.holding || a.scope.account !== b.scope.account) return [];
  const [low, high] = a.trigger.side === "at-or-below" ? [a.trigger.at, b.trigger.at] : [b.trigger.at, a.trigger.at];
  const wrong = `crosses ${a.id} at ${text(a.trigger.at)}: at every price one of the two is met`;
  return unless(
    compare(low, high) < 0,
    `${b.id}.trigger.at`,
    b.trigger.at,
    wrong,
    "put the lower price under the upper one",
  );
}
