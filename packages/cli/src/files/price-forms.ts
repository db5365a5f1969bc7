import { type Exact, ONE, below, dec, multiply, quotient, quoteKey } from "@plimsoll/core/units";
import * as z from "zod";
import { type Trigger, quote, kindOf, FIFTH, fourFifths, between, form } from "./trigger-form.ts";
import { positive, share } from "./units.ts";

export const health = form(
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
export const ratio = form(
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
export const stop = form(
  z.strictObject({ ...priced, atOrBelow: positive }),
  '{ quote: "binance:BTCUSDT:mark", atOrBelow: 80000 }',
  (written) => priceOf(written, "at-or-below", written.atOrBelow),
);
export const profit = form(
  z.strictObject({ ...priced, atOrAbove: positive }),
  '{ quote: "binance:BTCUSDT:mark", atOrAbove: 120000 }',
  (written) => priceOf(written, "at-or-above", written.atOrAbove),
);
export const trailing = form(
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
