import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  ZERO,
  dec,
  fail,
  negate,
  ok,
  quotient,
  venueId,
  why,
} from "@plimsoll/core/units";
import {
  aboveZero,
  moment,
  name,
  priceEvent,
  restingWritten,
  share,
  signedAmount,
  sizeAboveZero,
  termsDocument,
  writtenResting,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body } from "./holding.ts";
import { basisKey, deliveryKey, indexKey, readInstrument, volKey } from "./instrument.ts";
import { tradingRules } from "./order.ts";
import type { DeribitTerms } from "./terms.ts";

export const DERIBIT = venueId("deribit");
/** Futures rules since January 2022; options and matrix as the terms say. */
export const RULES = "deribit-2022-01";
/** A basis is a ratio of two prices; kept far beyond their digits. */
const BASIS_SCALE = 18;

/** How a person writes a Deribit account: sizes as the venue shows them (dollars of an inverse future, contracts of an option). */
export const Written = z.strictObject({
  venue: z.literal("deribit"),
  name: name.optional(),
  margin: z.enum(["segregated_sm", "cross_sm", "segregated_pm", "cross_pm"]).default("segregated_sm"),
  /** Balance by currency, without unrealised profit and option values. */
  wallet: z.record(name, signedAmount),
  /** Haircuts of the cross pool by currency; the venue shows them in the account's margin parameters. */
  haircuts: z.record(name, share).default({}),
  positions: z
    .array(
      z.strictObject({
        instrument: name,
        side: z.enum(["long", "short"]),
        size: sizeAboveZero,
        entry: aboveZero(),
      }),
    )
    .default([]),
  /** Index price by pair, "btc_usd". */
  index: z.record(name, z.strictObject({ price: aboveZero(), at: moment })).default({}),
  /** Mark price by future; what an option follows is the future that expires with it. */
  marks: z.record(name, z.strictObject({ price: aboveZero(), at: moment })).default({}),
  /** Mean of the index readings so far by pair, in the half hour before something expires. */
  delivery: z.record(name, z.strictObject({ price: aboveZero(), at: moment })).default({}),
  /** Funding rate for 8 hours by perpetual, as a share; longs pay when it is above 0. */
  funding: z.record(name, signedAmount).default({}),
  /** Mark vol by option, as a share: 0.6 is 60 %. */
  vols: z.record(name, z.strictObject({ vol: aboveZero(), at: moment })).default({}),
  resting: writtenResting,
});
type Written = z.infer<typeof Written>;

/** Events of a written account: the terms it is judged by, its prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  document: Terms<unknown>,
  terms: DeribitTerms,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const wrong = [...problems(written, terms)][0];
  if (wrong !== undefined) return fail(wrong);
  const own = ownTerms(written, document, id);
  const market = own.market === undefined ? {} : { market: own.market };
  const holding = { id, venue: DERIBIT, rules: RULES, ...market, asOf: at, body: bodyOf(written, at) };
  return ok([{ type: "terms", terms: own }, ...pricesOf(written, at), { type: "holding", holding }]);
}

/** The shipped terms, or with the haircuts that the account wrote: then a document of this account alone. */
function ownTerms({ haircuts }: Written, document: Terms<unknown>, id: HoldingId): Terms<unknown> {
  if (Object.keys(haircuts).length === 0) return document;
  const validFrom = new Date(document.validFrom).toISOString().slice(0, 10);
  const body = { ...(document.body as object), haircuts };
  return termsDocument({
    ...document,
    market: id,
    validFrom,
    source: `${document.source}; haircuts as the owner wrote them`,
    body,
  });
}

const problem = (path: string, value: string, next: string): Why => why("deribit/written", { path, value, next });

function* problems(written: Written, terms: DeribitTerms): Generator<Why> {
  const { positions, wallet, marks, index, vols, funding, resting = [] } = written;
  const seen = new Set<string>();
  for (const [i, { instrument: name }] of positions.entries()) {
    const path = `positions.${i}.instrument`;
    const instrument = readInstrument(name);
    if (instrument === undefined)
      yield problem(path, name, "write the venue's own name, for example BTC-PERPETUAL or BTC-25DEC26-100000-C");
    else if (tradingRules(instrument, terms) === undefined)
      yield problem(path, name, "no margin rules for it are shipped; connect the account or write it elsewhere");
    else if (!Object.hasOwn(wallet, instrument.currency))
      yield problem(
        "wallet",
        instrument.currency,
        `write the ${instrument.currency} balance that ${name} is margined with`,
      );
    if (seen.has(name)) yield problem(`positions.${i}`, name, "write each position once");
    seen.add(name);
  }
  for (const name of Object.keys(marks)) {
    const pair = readInstrument(name)?.pair;
    if (pair === undefined || !Object.hasOwn(index, pair))
      yield problem(`marks.${name}`, name, "write the index of its pair too: a mark is read against it");
  }
  for (const name of Object.keys(funding)) {
    if (positions.every(({ instrument }) => instrument !== name) || readInstrument(name)?.expiry !== undefined)
      yield problem(`funding.${name}`, name, "write funding for a perpetual that is held");
  }
  for (const [i, { instrument: name }] of resting.entries()) {
    const instrument = readInstrument(name);
    if (instrument === undefined || tradingRules(instrument, terms) === undefined)
      yield problem(
        `resting.${i}.instrument`,
        name,
        "write the venue's own name of a contract whose rules are shipped",
      );
  }
  for (const name of Object.keys(vols)) {
    if (readInstrument(name)?.option === undefined) yield problem(`vols.${name}`, name, "vols are written for options");
  }
}

function pricesOf({ index, marks, delivery, vols }: Written, at: Ms): readonly BookEvent[] {
  const price = (key: QuoteKey, value: Exact, kind: "mark" | "index", when?: string) =>
    priceEvent(key, kind, value, when, at);
  return [
    ...Object.entries(index).map(([pair, each]) => price(indexKey(pair), dec(each.price), "index", each.at)),
    ...Object.entries(delivery).map(([pair, each]) => price(deliveryKey(pair), dec(each.price), "index", each.at)),
    ...Object.entries(marks).map(([name, mark]) => {
      const under = dec(index[readInstrument(name)!.pair]!.price);
      return price(basisKey(name), quotient(dec(mark.price), under, BASIS_SCALE, "half-even"), "mark", mark.at);
    }),
    ...Object.entries(vols).map(([name, each]) => price(volKey(name), dec(each.vol), "mark", each.at)),
  ];
}

const bodyOf = ({ margin, wallet, positions, funding, ...written }: Written, at: Ms): Body => {
  const resting = restingWritten(written.resting);
  return {
    wallets: Object.entries(wallet).map(([currency, balance]) => ({
      currency,
      model: margin,
      balance: dec(balance),
      orderMargin: ZERO,
    })),
    positions: positions.map(({ instrument, side, size, entry }) => ({
      instrument,
      size: side === "long" ? dec(size) : negate(dec(size)),
      entry: dec(entry),
    })),
    orders: [],
    ...(resting !== undefined && { resting }),
    funding: Object.entries(funding).map(([instrument, rate]) => ({ instrument, rate: dec(rate), from: at })),
  };
};
