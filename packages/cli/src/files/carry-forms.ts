import { coinOf, familyOf } from "@plimsoll/core/risk";
import { type Exact, ONE, type QuoteKey, accountKey, dec, holdingId, ms, quoteKey } from "@plimsoll/core/units";
import * as z from "zod";
import { quote, FIFTH, fourFifths, between, rates, form } from "./trigger-form.ts";
import { duration, moment, positive, share } from "./units.ts";

export const cost = form(
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
export const peg = form(
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
export const carry = form(
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
export const time = form(
  z.strictObject({
    from: moment.describe("an expiry or another date"),
    before: duration.optional().describe("so long before it; default: at it"),
  }),
  "{ from: 2026-12-25T08:00:00Z, before: 24h }",
  ({ from, before = ms(0) }) => ({ when: "time", at: from, beforeMs: before }),
);
export const coupled = form(
  z.strictObject({
    otherLeg: z.string().min(1).describe("name of the account of this file that holds the other leg"),
    unit: z.string().min(1).optional().describe("one liquidation unit of it"),
    on: quote.describe("the price that the other leg stands on"),
    ours: quote.describe("the price that our leg stands on"),
    also: z
      .array(
        z.strictObject({
          leg: z.string().min(1).describe("name of an account of this file"),
          unit: z.string().min(1).optional().describe("one liquidation unit of it"),
          on: quote.describe("the price there"),
        }),
      )
      .optional()
      .describe("where else a hedge may stand in for the other leg: what leans against ours there counts with it"),
    under: share.describe("acts when the other leg is worth less than this share of ours"),
    releaseAt: share.optional(),
  }),
  '{ otherLeg: hedge, on: "okx:BTC-USDT-SWAP:mark", ours: "binance:BTCUSDT:mark", under: 90% }',
  ({ otherLeg, unit, on, ours, also, under, releaseAt }) => ({
    ...{ when: "coupled", own: quoteKey(ours), other: quoteKey(on), ...legOf(otherLeg, unit) },
    ...(also && { also: also.map((each) => ({ ...legOf(each.leg, each.unit), quote: quoteKey(each.on) })) }),
    ...{ least: under, release: releaseAt ?? between(under, ONE, FIFTH) },
  }),
);

const legOf = (name: string, unit: string | undefined) => ({
  holding: holdingId(name),
  ...(unit !== undefined && { account: accountKey(unit) }),
});
