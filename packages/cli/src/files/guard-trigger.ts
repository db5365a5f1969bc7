import type { Guard } from "@plimsoll/core/policy";
import { coinOf, familyOf } from "@plimsoll/core/risk";
import {
  type Exact,
  ONE,
  type QuoteKey,
  accountKey,
  add,
  below,
  dec,
  holdingId,
  ms,
  multiply,
  quotient,
  quoteKey,
  subtract,
} from "@plimsoll/core/units";
import * as z from "zod";
import { inputSchema } from "./json-schema.ts";
import { duration, moment, positive, share, whole } from "./units.ts";

type Trigger = Guard["trigger"];

export const quote = z
  .string()
  .regex(
    /^[a-z0-9-]+:.+:(mark|index|oracle|next-oracle)$/,
    "not a price: write venue:symbol:kind with kind mark, index or oracle, for example binance:BTCUSDT:mark",
  );
const kindOf = (key: string) => key.split(":").at(-1) as "mark" | "index" | "oracle"; // the schema lets no other pass

/** A band ends a fifth of itself beyond its trigger, where the file does not say. */
const FIFTH = dec("0.2");
const tenths = (text: string) => (value: Exact) => multiply(value, dec(text));
const [fourFifths, sixFifths, half, fiveQuarters] = [tenths("0.8"), tenths("1.2"), tenths("0.5"), tenths("1.25")];
export const between = (low: Exact, high: Exact, part: Exact): Exact => add(low, multiply(subtract(high, low), part));

const rates = z.enum(["present", "worst"]).default("present");

/** One way to write a trigger: its fields, how it is written, and what it becomes. */
const form = <T extends z.ZodType>(
  fields: T,
  example: string,
  read: (from: z.output<T>, target?: Exact) => Trigger,
) => ({
  fields,
  example,
  read: read as (from: unknown, target?: Exact) => Trigger,
});

const health = form(
  z.strictObject({
    healthBelow: positive.describe("acts when health of the maintenance line falls below this"),
    urgentBelow: positive
      .optional()
      .describe("no cool-down and no confirmation below this; default: two fifths of the way from 1 to healthBelow"),
    releaseAt: positive
      .optional()
      .describe("fires again only after health was here; default: 20 % of the band above healthBelow"),
  }),
  "{ healthBelow: 1.20 }",
  ({ healthBelow: low, urgentBelow, releaseAt }, target) => {
    const top = target !== undefined && below(low, target) ? target : multiply(low, dec("1.1"));
    const urgent = urgentBelow ?? between(ONE, low, dec("0.4"));
    return { when: "health", line: "maintenance", below: low, urgent, release: releaseAt ?? between(low, top, FIFTH) };
  },
);
const ratio = form(
  z.strictObject({
    marginRatioAbove: share.describe("acts when the part of the margin that is used up exceeds this"),
    urgentAbove: share.optional().describe("no cool-down and no confirmation above this; default: half way to 100 %"),
    releaseUnder: share.optional().describe("fires again only after the ratio was here; default: four fifths"),
  }),
  "{ marginRatioAbove: 50% }",
  ({ marginRatioAbove: at, urgentAbove = between(at, ONE, dec("0.5")), releaseUnder = fourFifths(at) }) => {
    // a ratio is one over a health, rounded so that it acts no later
    const healthAt = (used: Exact) => quotient(ONE, used, 6, "ceil");
    const [low, urgent, release] = [healthAt(at), healthAt(urgentAbove), healthAt(releaseUnder)];
    return { when: "health", line: "maintenance", below: low, urgent, release };
  },
);

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

const priced = {
  quote,
  releaseAt: positive.optional().describe("over only when the price was here; default: as soon as it is not met"),
  others: z
    .tuple([quote, quote])
    .optional()
    .describe("the same price elsewhere: two of the three must be there and agree"),
};
const priceOf = (
  {
    quote: key,
    releaseAt,
    others,
  }: { quote: string; releaseAt?: Exact | undefined; others?: [string, string] | undefined },
  side: "at-or-below" | "at-or-above",
  at: Exact,
): Trigger => ({
  ...{ when: "price", quote: quoteKey(key), kind: kindOf(key), side, at },
  ...(releaseAt && { release: releaseAt }),
  ...(others && { others: others.map(quoteKey) }),
});
const stop = form(
  z.strictObject({ ...priced, atOrBelow: positive }),
  '{ quote: "binance:BTCUSDT:mark", atOrBelow: 80000 }',
  (written) => priceOf(written, "at-or-below", written.atOrBelow),
);
const profit = form(
  z.strictObject({ ...priced, atOrAbove: positive }),
  '{ quote: "binance:BTCUSDT:mark", atOrAbove: 120000 }',
  (written) => priceOf(written, "at-or-above", written.atOrAbove),
);
const trailing = form(
  z
    .strictObject({
      trailing: z.union([z.enum(["equity", "health"]), quote]).describe("what is followed: a price, equity or health"),
      falls: share.optional().describe("acts when it fell so far from its highest"),
      rises: share.optional().describe("acts when it rose so far from its lowest: for a short"),
    })
    .refine(({ falls, rises }) => (falls === undefined) !== (rises === undefined), "write one of falls and rises"),
  '{ trailing: "binance:BTCUSDT:mark", falls: 10% }',
  ({ trailing: of, falls, rises }) => ({
    ...(of === "equity" || of === "health"
      ? { when: "trailing", of }
      : { when: "trailing", of: "price", quote: quoteKey(of), kind: kindOf(of) }),
    ...{ way: falls === undefined ? "rises" : "falls", by: (falls ?? rises)! },
  }),
);

const probability = form(
  z.strictObject({
    probabilityAbove: share,
    within: duration.describe("of liquidation within this time"),
    releaseUnder: share.optional(),
  }),
  "{ probabilityAbove: 5%, within: 24h }",
  ({ probabilityAbove: above, within, releaseUnder }) => ({
    ...{ when: "probability", withinMs: within, above, release: releaseUnder ?? fourFifths(above) },
  }),
);
const distance = form(
  z.strictObject({
    distanceBelow: share.describe("the smallest move of prices that takes the account, as a share"),
    sigmas: positive.optional().describe("or so many sigmas of an hour, the larger; default: 3"),
    urgentBelow: share.optional().describe("default: half"),
    releaseAt: share.optional().describe("default: a fifth more"),
  }),
  "{ distanceBelow: 10% }",
  ({ distanceBelow: at, sigmas = dec("3"), urgentBelow, releaseAt }) => ({
    ...{ when: "distance", below: at, sigmas },
    ...{ urgent: urgentBelow ?? half(at), release: releaseAt ?? sixFifths(at) },
  }),
);
const leverage = form(
  z.strictObject({
    leverageAbove: positive.describe("gross exposure over equity"),
    releaseUnder: positive.optional().describe("lower end of the band; default: four fifths"),
    urgentAbove: positive.optional().describe("default: a quarter more"),
    relever: z
      .literal("off", "no guard raises exposure: write off, or leave it out")
      .optional()
      .describe("whether leverage is raised again when it is low; only off"),
  }),
  "{ leverageAbove: 5 }",
  ({ leverageAbove: above, releaseUnder, urgentAbove }) => ({
    ...{ when: "leverage", above, release: releaseUnder ?? fourFifths(above) },
    urgent: urgentAbove ?? fiveQuarters(above),
  }),
);
const concentration = form(
  z.strictObject({
    shareOfBookAbove: share.describe("of the gross exposure of all accounts"),
    of: quote.optional().describe("one price; default: the whole account"),
    releaseUnder: share.optional(),
  }),
  "{ shareOfBookAbove: 40% }",
  ({ shareOfBookAbove: above, of, releaseUnder }) => ({
    ...{ when: "concentration", above, release: releaseUnder ?? fourFifths(above) },
    ...(of !== undefined && { of: quoteKey(of) }),
  }),
);
const drawdown = form(
  z.strictObject({
    drawdown: share.describe("how far equity fell from its highest"),
    lockout: duration.describe("how long afterwards what is opened is closed again"),
  }),
  "{ drawdown: 20%, lockout: 24h }",
  ({ drawdown: by, lockout }) => ({ when: "drawdown", by, lockMs: lockout }),
);
const streak = form(
  z.strictObject({ losses: whole.describe("losses that the venue reported"), within: duration, lockout: duration }),
  "{ losses: 3, within: 24h, lockout: 12h }",
  ({ losses, within, lockout }) => ({ when: "streak", losses, withinMs: within, lockMs: lockout }),
);
const cost = form(
  z.strictObject({
    costOfDayAbove: share.describe("funding and interest of a day as a share of equity"),
    rates,
    releaseUnder: share.optional(),
  }),
  "{ costOfDayAbove: 0.5% }",
  ({ costOfDayAbove: above, rates: at, releaseUnder }) => ({
    ...{ when: "rates", rates: at, above, release: releaseUnder ?? fourFifths(above) },
  }),
);

/** How far two prices may part: dollars, and two coins of one family, 1 %; what is volatile 3 %. */
function apart(a: string, b: string): Exact {
  const [one, other] = [quoteKey(a), quoteKey(b)];
  const isFamily = familyOf(one).name === familyOf(other).name;
  const nameOf = (key: QuoteKey) => coinOf(key) ?? key.split(":").at(-2);
  const isCorrelated = isFamily && (familyOf(one).name === "usd" || nameOf(one) !== nameOf(other));
  return dec(isCorrelated ? "0.01" : "0.03");
}
const peg = form(
  z
    .strictObject({
      quote,
      against: quote.optional().describe("another price of the same thing"),
      pegged: positive.optional().describe("or the value it is pegged to"),
      off: share
        .optional()
        .describe("acts when they part by this; default: 1 % from a peg and between coins of one family, else 3 %"),
      releaseWithin: share.optional(),
    })
    .refine(
      ({ against, pegged }) => (against === undefined) !== (pegged === undefined),
      "write one of against, pegged",
    ),
  '{ quote: "aave-v3:USDC:oracle", pegged: 1 }',
  ({
    quote: key,
    against,
    pegged,
    off = against === undefined ? dec("0.01") : apart(key, against),
    releaseWithin,
  }) => ({
    ...{ when: "peg", quote: quoteKey(key), by: off, release: releaseWithin ?? fourFifths(off) },
    ...(against !== undefined && { against: quoteKey(against) }),
    ...(pegged !== undefined && { at: pegged }),
  }),
);
const carry = form(
  z.strictObject({
    liquidatedWithin: duration.describe("by funding and interest alone, at frozen prices"),
    rates,
    releaseBeyond: duration.optional(),
  }),
  "{ liquidatedWithin: 30d }",
  ({ liquidatedWithin: within, rates: at, releaseBeyond }) => ({
    ...{ when: "carry", rates: at, withinMs: within },
    releaseMs: releaseBeyond ?? ms(Math.ceil(within * 1.2)),
  }),
);
const time = form(
  z.strictObject({
    from: moment.describe("an expiry or another date"),
    before: duration.optional().describe("so long before it; default: at it"),
  }),
  "{ from: 2026-12-25T08:00:00Z, before: 24h }",
  ({ from, before = ms(0) }) => ({ when: "time", at: from, beforeMs: before }),
);
const coupled = form(
  z.strictObject({
    otherLeg: z.string().min(1).describe("name of the account of this file that holds the other leg"),
    unit: z.string().min(1).optional().describe("one liquidation unit of it"),
    on: quote.describe("the price that the other leg stands on"),
    ours: quote.describe("the price that our leg stands on"),
    under: share.describe("acts when the other leg is worth less than this share of ours"),
    releaseAt: share.optional(),
  }),
  '{ otherLeg: hedge, on: "okx:BTC-USDT-SWAP:mark", ours: "binance:BTCUSDT:mark", under: 90% }',
  ({ otherLeg, unit, on, ours, under, releaseAt }) => ({
    ...{ when: "coupled", own: quoteKey(ours), holding: holdingId(otherLeg), other: quoteKey(on) },
    ...(unit !== undefined && { account: accountKey(unit) }),
    ...{ least: under, release: releaseAt ?? between(under, ONE, FIFTH) },
  }),
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
  /** The account that it names beside the one protected. */
  readonly otherLeg?: string;
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
    const { otherLeg, usual: name } = read.data as { otherLeg?: string; usual?: keyof typeof usual };
    const usualTarget = name && usual[name]?.target;
    return {
      of: (target) => meant.read(read.data, target),
      ...(usualTarget !== undefined && { usualTarget }),
      ...(otherLeg !== undefined && { otherLeg }),
    };
  })
  .meta(anyForm);
