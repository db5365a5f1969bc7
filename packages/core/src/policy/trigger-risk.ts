import {
  type Exact,
  type Ms,
  ONE,
  ZERO,
  add,
  below,
  fromNumber,
  larger,
  multiply,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { bandProblems, percent, readLevel } from "./level.ts";
import { isWhole, unless } from "./problem.ts";
import type { TriggerRule } from "./trigger-rule.ts";

/** How likely the account is liquidated within a time; without a forecast it is unknown, never met. */
export interface ProbabilityTrigger {
  readonly when: "probability";
  readonly withinMs: Ms;
  readonly above: Exact;
  readonly release: Exact;
}

/**
 * The smallest move that takes the account, as a share: under `below`, or under so many sigmas of an hour, whichever is more.
 * Release lies as far from that level as it is written from `below`; what is urgent stays where it is written.
 */
export interface DistanceTrigger {
  readonly when: "distance";
  readonly below: Exact;
  readonly release: Exact;
  readonly urgent: Exact;
  readonly sigmas?: Exact;
}

const isShare = (value: Exact): boolean => below(ZERO, value) && below(value, ONE);

export const probabilityRule: TriggerRule<ProbabilityTrigger> = {
  directions: () => ({ when: "either", withinMs: "lower", above: "higher", release: "lower" }),
  problems: ({ withinMs, above, release }) => [
    ...unless(isShare(above), "trigger.above", above, "is not a probability", "write 0.05 for five percent"),
    ...bandProblems("release", above, release, "higher"),
    ...unless(isWhole(withinMs, 1), "trigger.withinMs", withinMs, "is not a time", "write milliseconds above 0"),
  ],
  read: ({ withinMs, above: at, release }, { forecast, young }) => {
    const seen = forecast?.within.find(({ horizonMs }) => horizonMs === withinMs);
    if (forecast === undefined || seen === undefined)
      return { is: "unknown", why: why("forecast-missing", { withinMs: `${withinMs}`, next: "ask for a forecast" }) };
    const figure = young({ is: "known", value: seen.probability, from: "derived", asOf: forecast.asOf });
    if (figure.is !== "known") return { is: "unknown", why: figure.why };
    if (!(figure.value >= 0 && figure.value <= 1))
      return { is: "unknown", why: why("forecast-unreadable", { probability: `${figure.value}` }) };
    const value = fromNumber(figure.value);
    const because = `probability ${percent(value)} of liquidation within ${withinMs / 3_600_000} h is over ${percent(at)}`;
    return readLevel({ value, worse: "higher", at, reached: "beyond", release, because });
  },
};

export const distanceRule: TriggerRule<DistanceTrigger> = {
  directions: () => ({ when: "either", below: "lower", release: "higher", urgent: "lower", sigmas: "lower" }),
  problems: ({ below: edge, release, urgent, sigmas }) => [
    ...unless(isShare(edge), "trigger.below", edge, "is not a share of the price", "write 0.1 for ten percent"),
    ...bandProblems("release", edge, release, "lower"),
    ...unless(
      below(urgent, edge) && !below(urgent, ZERO),
      "trigger.urgent",
      urgent,
      `is not from 0 to under ${text(edge)}: every firing would be urgent, or none`,
      `write less than ${text(edge)}`,
    ),
    ...unless(
      sigmas === undefined || !below(sigmas, ZERO),
      "trigger.sigmas",
      sigmas,
      "is not a number of sigmas",
      "write 3, or leave it out",
    ),
  ],
  read: (trigger, { asked, forecast }) => {
    const distance = asked.distance();
    if (distance.is === "none") return { is: "released" };
    if (distance.is !== "known") return { is: "unknown", why: distance.why };
    const { share: value, hourSigma, isNext } = distance.value;
    const bySigma = multiply(trigger.sigmas ?? ZERO, fromNumber(forecast?.hourSigma ?? hourSigma));
    const at = larger(trigger.below, bySigma);
    const sigma = below(trigger.below, bySigma) ? `, ${text(trigger.sigmas!)} sigmas of an hour` : "";
    return readLevel({
      ...{ value, worse: "lower", at, reached: "beyond" },
      ...{ release: add(at, subtract(trigger.release, trigger.below)), urgent: trigger.urgent },
      because: `distance ${percent(value)} to liquidation${isNext ? ", at the price that is reported next," : ""} is under ${percent(at)}${sigma}`,
    });
  },
};
