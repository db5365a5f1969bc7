import type { Trigger } from "@plimsoll/core/policy";
import { amount, percent } from "./sentences.ts";

/** When a guard wants something done, in a sentence with its numbers. */
export function sayTrigger(trigger: Trigger): string {
  switch (trigger.when) {
    case "health":
      return `health of ${trigger.line} below ${amount(trigger.below)}; again after ${amount(trigger.release)}; urgent below ${amount(trigger.urgent)}`;
    case "price": {
      const again = trigger.release === undefined ? "" : `; again after ${amount(trigger.release)}`;
      const others = trigger.others === undefined ? "" : `, or two of three with ${trigger.others.join(" and ")}`;
      return `${trigger.kind} price of ${trigger.quote}${others} ${trigger.side.replaceAll("-", " ")} ${amount(trigger.at)}${again}`;
    }
    case "trailing": {
      const what = trigger.of === "price" ? `${trigger.kind} price of ${trigger.quote}` : trigger.of;
      const way = trigger.way === "falls" ? "falls from its highest" : "rises from its lowest";
      return `${what} ${way} by ${percent(trigger.by)}; again when a fifth of that is made good`;
    }
    case "probability":
      return `probability of liquidation within ${lasting(trigger.withinMs)} above ${percent(trigger.above)}; again under ${percent(trigger.release)}`;
    case "distance": {
      const sigmas = trigger.sigmas === undefined ? "" : ` or ${amount(trigger.sigmas)} sigmas of an hour, the larger`;
      return `distance to liquidation below ${percent(trigger.below)}${sigmas}; again after ${percent(trigger.release)}; urgent below ${percent(trigger.urgent)}`;
    }
    case "leverage":
      return `exposure above ${amount(trigger.above)} times the equity; again under ${amount(trigger.release)}; urgent above ${amount(trigger.urgent)}; never raised again`;
    case "concentration":
      return `${trigger.of ?? "the account"} above ${percent(trigger.above)} of the book's exposure; again under ${percent(trigger.release)}`;
    case "drawdown":
      return `equity ${percent(trigger.by)} under its highest; then locked out for ${lasting(trigger.lockMs)}`;
    case "streak":
      return `${trigger.losses} losses within ${lasting(trigger.withinMs)}; then locked out for ${lasting(trigger.lockMs)}`;
    case "rates":
      return `funding and interest at ${trigger.rates} rates above ${percent(trigger.above)} of equity a day; again under ${percent(trigger.release)}`;
    case "peg": {
      const peg = trigger.against ?? amount(trigger.at!);
      return `${trigger.quote} ${percent(trigger.by)} or more off ${peg}; again within ${percent(trigger.release)}`;
    }
    case "carry":
      return `funding and interest alone, at ${trigger.rates} rates, take it within ${lasting(trigger.withinMs)}; again beyond ${lasting(trigger.releaseMs)}`;
    case "time":
      return trigger.beforeMs === 0
        ? `from ${moment(trigger.at)} on`
        : `from ${lasting(trigger.beforeMs)} before ${moment(trigger.at)} on`;
    case "coupled": {
      const leg = trigger.account === undefined ? trigger.holding : `${trigger.holding} ${trigger.account}`;
      const also = (trigger.also ?? []).map(
        ({ holding, quote }) => ` and what stands against ours on ${quote} of ${holding}`,
      );
      return `the leg on ${trigger.other} of ${leg}${also.join("")} under ${percent(trigger.least)} of ours on ${trigger.own}; again from ${percent(trigger.release)}`;
    }
  }
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** A duration in the largest unit that leaves nothing over. */
function lasting(value: number): string {
  const [unit, size] = units.find(([, one]) => value >= one && value % one === 0) ?? (["ms", 1] as const);
  return `${value / size} ${unit}`;
}

const moment = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");
