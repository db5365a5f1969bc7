import { type Exact, brief, text, trim } from "@plimsoll/core/units";
import type { Acted, Ran, Rehearsal, Relived } from "@plimsoll/lab";
import { countText, grouped, momentText, reasonText } from "@plimsoll/server/display";
import { sayAction } from "@plimsoll/server/view";
import type { Foreseen } from "./foresee.ts";
import { planText } from "./plan-text.ts";
import type { Placing } from "./standing-stops.ts";

/** What arming would mean, as a person decides on it. */
export function foreseenText({ relived, rehearsals, placing, now }: Foreseen): string {
  return [
    ...(relived === undefined
      ? [
          "No history of this book: over the built-in path, from today's prices down, up and back:",
          ...rehearsals.map(rehearsalText),
        ]
      : relivedLines(relived)),
    ...placingLines(placing),
    "If it fired now:",
    ...now.map(planText),
  ].join("\n");
}

/** The moments of a rehearsal that a person decides by. */
export function rehearsalText({ guard, steps, moments }: Rehearsal): string {
  const told = moments.filter(({ what }) => what !== "blind");
  const lines = told.map(({ note, what, because, proposes }) => {
    const acts = proposes.length === 0 ? "" : `\n      ${proposes.map(sayAction).join("; ")}`;
    return `  ${note}: ${what}, ${because}${acts}`;
  });
  const fired = moments.filter(({ what }) => what === "fires").length;
  return [`${guard}: ${steps} steps, fires ${fired} times`, ...lines].join("\n");
}

const at = (ms: number): string => momentText({ iso: new Date(ms).toISOString() });

function relivedLines({ history, without, withGuards }: Relived): readonly string[] {
  const { of, from, to, isScaled, still } = history;
  const prices = isScaled ? "its moves from today's prices" : "prices as they were";
  return [
    `Over ${of}, ${at(from)} to ${at(to)}, ${prices}:`,
    `  without it: ${ranText(without)}`,
    `  armed: ${ranText(withGuards)}`,
    ...actionLines(withGuards.actions),
    ...(still.length === 0 ? [] : [`  these prices stood still: ${still.join(", ")}`]),
    "  stops that lie at a venue do not fire in this",
  ];
}

function ranText({ liquidations, actions, lowestHealth, equityBefore, equityAfter }: Ran): string {
  const [first] = liquidations;
  return [
    first === undefined
      ? "not liquidated"
      : `liquidated ${times(liquidations.length)}, first ${at(first.at)}: ${first.what}`,
    `acts ${times(actions.length)}`,
    ...(lowestHealth === undefined ? [] : [`lowest health ${brief(lowestHealth)}`]),
    ...equities(equityBefore, equityAfter),
  ].join("; ");
}

const times = (count: number): string => countText(count, "time");
const amount = (value: Exact): string => grouped(text(trim(value)));

const equities = (before: Ran["equityBefore"], after: Ran["equityAfter"]): readonly string[] =>
  before === undefined || after === undefined
    ? ["equity unknown"]
    : [...before].map(([unit, was]) => `equity ${amount(was)} to ${amount(after.get(unit) ?? was)} ${unit}`);

/** Actions that are named; the rest are counted. */
const MOST_ACTIONS = 8;

const actionLines = (actions: readonly Acted[]): readonly string[] => [
  ...actions.slice(0, MOST_ACTIONS).map(({ at: when, intent, because, refused }) => {
    const end = refused === undefined ? "" : `; refused: ${reasonText(refused)}`;
    return `    ${at(when)}: ${sayAction(intent.step.action)}, ${because}${end}`;
  }),
  ...(actions.length > MOST_ACTIONS ? [`    and ${actions.length - MOST_ACTIONS} more`] : []),
];

const placingLines = ({ places, cannot }: Placing): readonly string[] => [
  ...(places.length === 0 ? ["Places nothing at a venue."] : ["Once it is armed, at the venue:"]),
  ...places.map(({ holding, venue, action, because }) => `  ${holding} at ${venue}: ${sayAction(action)}; ${because}`),
  ...cannot.map((why) => `  cannot: ${reasonText(why)}`),
];
