import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  add,
  dec,
  fail,
  multiply,
  negate,
  ok,
  subtract,
  why,
} from "@plimsoll/core/units";
import {
  aboveZero,
  amount,
  name,
  priceEvent,
  restingWritten,
  signedAmount,
  sizeAboveZero,
  statingMargin,
  writtenPrice,
  writtenResting,
} from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, Position } from "./holding.ts";
import { HYPERLIQUID, RULES, dexOf, markKey } from "./names.ts";
import { kept, sumOf } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";

/** How a person calls the pool of the first dex, which has no name in the protocol. */
const FIRST_DEX = "main";

const WrittenPosition = statingMargin(
  "isolatedMargin",
  z.strictObject({
    coin: name,
    side: z.enum(["long", "short"]),
    size: sizeAboveZero,
    entry: aboveZero(),
    margin: z.enum(["cross", "isolated"]).default("cross"),
    /** Margin of an isolated position without its unrealised profit. */
    isolatedMargin: amount.optional(),
    leverage: aboveZero(),
  }),
);
type WrittenPosition = z.infer<typeof WrittenPosition>;

/** How a person writes a Hyperliquid account: amounts as decimal text, marks with their unit. */
export const Written = z.strictObject({
  venue: z.literal("hyperliquid"),
  name: name.optional(),
  /** Cross balance of each dex ("main" is the first), without isolated margin and unrealised profit. */
  balance: z.record(name, signedAmount),
  positions: z.array(WrittenPosition).default([]),
  marks: z.record(name, writtenPrice).default({}),
  resting: writtenResting,
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string): Why => why("hyperliquid/written", { path, value, next });

/** Events of a written account: the terms it is judged by, its marks, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  document: Terms<unknown>,
  terms: HyperliquidTerms,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const wrong = [
    ...balanceProblems(written, terms),
    ...positionProblems(written, terms),
    ...markProblems(written, terms),
  ][0];
  if (wrong !== undefined) return fail(wrong);
  const prices = Object.entries(written.marks).map(([coin, mark]) =>
    priceEvent(markKey(coin), "mark", mark.price, mark.at, at),
  );
  const holding = { id, venue: HYPERLIQUID, rules: RULES[0], asOf: at, body: bodyOf(written, terms) };
  return ok([{ type: "terms", terms: document }, ...prices, { type: "holding", holding }]);
}

const known = (coins: object): string => Object.keys(coins).join(", ");
const dexNamed = (name: string): string => (name === FIRST_DEX ? "" : name);
const nameOf = (dex: string): string => (dex === "" ? FIRST_DEX : dex);

function* balanceProblems({ balance }: Written, { dexes }: HyperliquidTerms): Generator<Why> {
  const names = Object.keys(dexes).map(nameOf);
  for (const name of Object.keys(balance)) {
    if (!names.includes(name)) yield problem("balance", name, `unknown dex; known are ${names.join(", ")}`);
  }
}

function* positionProblems({ positions, balance, resting = [] }: Written, { coins }: HyperliquidTerms): Generator<Why> {
  for (const [index, { instrument }] of resting.entries())
    if (!Object.hasOwn(coins, instrument))
      yield problem(`resting.${index}.instrument`, instrument, `unknown coin; known are ${known(coins)}`);
  const seen = new Set<string>();
  for (const [index, { coin, margin }] of positions.entries()) {
    const path = `positions.${index}`;
    const terms = Object.hasOwn(coins, coin) ? coins[coin] : undefined;
    const dex = nameOf(dexOf(coin));
    if (terms === undefined)
      yield problem(`${path}.coin`, coin, `no margin table for it is shipped; use one of ${known(coins)}`);
    else if (terms.margin !== "any" && margin === "cross")
      yield problem(`${path}.margin`, margin, `${coin} is isolated only: write isolated and its isolatedMargin`);
    else if (!Object.hasOwn(balance, dex))
      yield problem("balance", dex, `write the balance that ${coin} is margined with`);
    if (seen.has(coin)) yield problem(path, coin, "write each coin once: buys and sells net");
    seen.add(coin);
  }
}

function* markProblems({ marks }: Written, { coins, dexes }: HyperliquidTerms): Generator<Why> {
  for (const [coin, { unit }] of Object.entries(marks)) {
    const token = Object.hasOwn(coins, coin) ? dexes[dexOf(coin)]?.token : undefined;
    if (token === undefined) yield problem(`marks.${coin}`, coin, `unknown coin; known are ${known(coins)}`);
    else if (unit !== token)
      yield problem(`marks.${coin}.unit`, unit, `${coin} is counted in ${token}: write ${token}`);
  }
}

const signed = ({ side, size }: WrittenPosition) => (side === "long" ? dec(size) : negate(dec(size)));
const cost = (written: WrittenPosition) => multiply(signed(written), dec(written.entry));

function bodyOf({ balance, positions, ...written }: Written, { dexes }: HyperliquidTerms): Body {
  const pools = Object.entries(balance).map(([name, amountOf]) => {
    const dex = dexNamed(name);
    const paid = positions.filter(({ coin, margin }) => dexOf(coin) === dex && margin === "cross").map(cost);
    return { dex, token: dexes[dex]?.token ?? "", cash: kept(subtract(dec(amountOf), sumOf(paid))) };
  });
  const resting = restingWritten(written.resting);
  return {
    pools,
    positions: positions.map(positionOf),
    orders: [],
    ...(resting !== undefined && { resting }),
    funding: [],
  };
}

function positionOf(written: WrittenPosition): Position {
  const { coin, isolatedMargin, leverage } = written;
  const cash = isolatedMargin === undefined ? undefined : kept(add(dec(isolatedMargin), negate(cost(written))));
  const margin = cash === undefined ? ({ mode: "cross" } as const) : ({ mode: "isolated", cash } as const);
  return { coin, size: signed(written), margin, leverage: dec(leverage) };
}
