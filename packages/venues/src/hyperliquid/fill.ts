import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { type Release, releaseMargin } from "@plimsoll/core/margin";
import type { Body, Position } from "./holding.ts";
import { dexOf } from "./names.ts";
import { AMOUNT_SCALE, kept } from "./position.ts";

/** A trade of ours: `size` above 0, `fee` in the dex's token. `opens` says how a position that did not exist is held. */
export interface Fill {
  readonly coin: string;
  readonly side: "buy" | "sell";
  readonly size: Exact;
  readonly price: Exact;
  readonly fee: Exact;
  readonly opens?: { readonly isolated: boolean; readonly leverage: Exact };
}

/** The holding after a trade: coins in, cash out, fee paid. Fails where the trade cannot have happened. */
export function applyFill(body: Body, fill: Fill, release: Release = "share"): Result<Body, Why> {
  const before = body.positions.find(({ coin }) => coin === fill.coin);
  const change = fill.side === "buy" ? fill.size : negate(fill.size);
  if (before === undefined) return open(body, fill, change);
  if (isNegative(before.size) === isNegative(change)) return ok(increase(body, before, fill, change));
  if (compare(fill.size, magnitude(before.size)) <= 0) return ok(reduce(body, before, fill, change, release));
  const closed = reduce(body, before, fill, negate(before.size), release);
  const opens = { isolated: before.margin.mode === "isolated", leverage: before.leverage };
  return open(closed, { ...fill, fee: ZERO, opens }, add(before.size, change));
}

function open(body: Body, fill: Fill, change: Exact): Result<Body, Why> {
  const { coin, opens } = fill;
  const pool = body.pools.some(({ dex }) => dex === dexOf(coin));
  if (opens === undefined || !pool)
    return fail(why("hyperliquid/no-position", { coin, next: "read the account again" }));
  const margin = opens.isolated ? ({ mode: "isolated", cash: ZERO } as const) : ({ mode: "cross" } as const);
  const empty: Position = { coin, size: ZERO, margin, leverage: opens.leverage };
  return ok(increase({ ...body, positions: [...body.positions, empty] }, empty, fill, change));
}

function increase(body: Body, before: Position, { price, fee }: Fill, change: Exact): Body {
  const after = { ...before, size: add(before.size, change) };
  const cost = multiply(change, price);
  if (after.margin.mode === "cross") return pay(replace(body, before, after), before.coin, negate(add(cost, fee)));
  const margin = quotient(magnitude(cost), before.leverage, AMOUNT_SCALE, "up");
  const cash = kept(add(after.margin.cash, subtract(margin, cost)));
  const held: Position = { ...after, margin: { mode: "isolated", cash } };
  return pay(replace(body, before, held), before.coin, negate(add(margin, fee)));
}

function reduce(body: Body, before: Position, { price, fee }: Fill, change: Exact, release: Release): Body {
  const { margin, coin } = before;
  const size = add(before.size, change);
  const proceeds = subtract(negate(multiply(change, price)), fee);
  const left = isZero(size) ? undefined : { ...before, size };
  if (margin.mode === "cross") return pay(replace(body, before, left), coin, proceeds);
  if (left === undefined) return pay(replace(body, before, undefined), coin, add(margin.cash, proceeds));
  const { stays, leaves } = releaseMargin(
    { margin: margin.cash, left: size, whole: before.size, gain: proceeds },
    release,
    AMOUNT_SCALE,
  );
  const held: Position = { ...left, margin: { mode: "isolated", cash: kept(stays) } };
  return pay(replace(body, before, held), coin, leaves);
}

function replace(body: Body, before: Position, after: Position | undefined): Body {
  const positions = body.positions.flatMap((each) => (each !== before ? [each] : after === undefined ? [] : [after]));
  return { ...body, positions };
}

/** Adds to the cash leg of the pool of a coin's dex. */
export function pay(body: Body, coin: string, amount: Exact): Body {
  const change = ({ dex, cash }: Body["pools"][number]) => (dex === dexOf(coin) ? kept(add(cash, amount)) : cash);
  return { ...body, pools: body.pools.map((pool) => ({ ...pool, cash: change(pool) })) };
}

/** Adds to the cash leg that carries a position: its own when it is isolated, otherwise its pool's. */
export function payPosition(body: Body, position: Position, amount: Exact): Body {
  const { margin, coin } = position;
  if (margin.mode === "cross") return pay(body, coin, amount);
  return replace(body, position, { ...position, margin: { ...margin, cash: kept(add(margin.cash, amount)) } });
}

/** The trading fee of a fill, counted against the owner at 6 decimals. */
export const feeOf = (size: Exact, price: Exact, rate: Exact): Exact =>
  quotient(multiply(multiply(size, price), rate), { digits: 1n, scale: 0 }, AMOUNT_SCALE, "up");
