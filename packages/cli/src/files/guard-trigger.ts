import { type Exact, dec } from "@plimsoll/core/units";
import * as z from "zod";
import { carry, cost, coupled, peg, time } from "./carry-forms.ts";
import { inputSchema } from "./json-schema.ts";
import { health, profit, ratio, stop, trailing } from "./price-forms.ts";
import { concentration, distance, drawdown, leverage, probability, streak } from "./risk-forms.ts";
import { type Trigger, form } from "./trigger-form.ts";

/**
 * What is usual, with the health wanted where it is one: 1.20 is a fall of 16.7 %, about the worst five minutes of ether in two crashes;
 * 1.045 is the largest step of an oracle seen, and a month of carry; 10 % leaves room for a venue that liquidates in steps.
 */
const usual = {
  "volatile-loan": { healthBelow: dec("1.20"), urgentBelow: dec("1.08"), target: dec("1.45") },
  "correlated-loan": { healthBelow: dec("1.045"), urgentBelow: dec("1.03"), target: dec("1.08") },
} as const;
const preset = form(
  z.strictObject({
    usual: z
      .enum(["volatile-loan", "correlated-loan", "perpetual"])
      .describe("health 1.20 to 1.45; health 1.045 to 1.08; distance under 10 % or three sigmas of an hour"),
  }),
  "{ usual: volatile-loan }",
  ({ usual: name }, target) => {
    if (name === "perpetual") return distance.read({ distanceBelow: dec("0.1") });
    const { target: wanted, ...written } = usual[name];
    return health.read(written, target ?? wanted);
  },
);

const forms = {
  usual: preset,
  healthBelow: health,
  marginRatioAbove: ratio,
  atOrBelow: stop,
  atOrAbove: profit,
  trailing,
  probabilityAbove: probability,
  distanceBelow: distance,
  leverageAbove: leverage,
  shareOfBookAbove: concentration,
  drawdown,
  losses: streak,
  costOfDayAbove: cost,
  liquidatedWithin: carry,
  otherLeg: coupled,
  from: time,
  pegged: peg,
  against: peg,
};

/** The form whose own word a trigger has; undefined where it has none. */
function formOf(written: unknown): (typeof forms)[keyof typeof forms] | undefined {
  if (typeof written !== "object" || written === null) return undefined;
  const word = (Object.keys(forms) as (keyof typeof forms)[]).find((key) => key in written);
  return word && forms[word];
}

/** What editors are told: any of the forms. */
const anyForm = inputSchema(z.union([...new Set(Object.values(forms))].map(({ fields }) => fields as z.ZodType)));

/** A trigger as read: what becomes of it depends on the health wanted, from which the end of a band follows. */
export interface ReadTrigger {
  readonly of: (target?: Exact) => Trigger;
  /** The health that is usually wanted with it. */
  readonly usualTarget?: Exact;
  /** The accounts that it names beside the one protected, and where. */
  readonly legs: readonly { readonly path: readonly PropertyKey[]; readonly name: string }[];
}

/** When a guard acts, as a person writes it: the word that it has says which type it is. */
export const writtenTrigger = z
  .unknown()
  .transform((input, context): ReadTrigger => {
    const refuse = (message: string, path: PropertyKey[] = []) =>
      context.addIssue({ code: "custom", message, path, input });
    const meant = formOf(input);
    if (meant === undefined) {
      refuse(`write ${health.example}, ${stop.example}, or one with ${Object.keys(forms).slice(5).join(", ")}`);
      return z.NEVER;
    }
    const read = meant.fields.safeParse(input);
    for (const { message, path } of read.error?.issues ?? [])
      refuse(path.length === 0 ? `write for example ${meant.example}: ${message}` : message, path);
    if (!read.success) return z.NEVER;
    const { usual: name } = read.data as { usual?: keyof typeof usual };
    const usualTarget = name && usual[name]?.target;
    return {
      of: (target) => meant.read(read.data, target),
      ...(usualTarget !== undefined && { usualTarget }),
      legs: legsOf(read.data as Legs),
    };
  })
  .meta(anyForm);

interface Legs {
  readonly otherLeg?: string;
  readonly also?: readonly { readonly leg: string }[];
}
const legsOf = ({ otherLeg, also = [] }: Legs): ReadTrigger["legs"] => [
  ...(otherLeg === undefined ? [] : [{ path: ["otherLeg"], name: otherLeg }]),
  ...also.map(({ leg }, place) => ({ path: ["also", place, "leg"], name: leg })),
];
