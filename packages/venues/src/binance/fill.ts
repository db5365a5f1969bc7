import type { Flow } from "@plimsoll/core/book";
import { type Release, releaseMargin } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  add,
  compare,
  exact,
  fail,
  isNegative,
  isZero,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { type Contract, averageEntry, profitBetween, valueAt } from "./contract-value.ts";
import { type Body, type Position, type PositionSide, positionName } from "./holding.ts";
import { BALANCE_SCALE, balance } from "./position.ts";

/** A trade of ours: `size` above 0. `opens` says how a position that did not exist is held. */
export interface Fill {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  readonly side: "buy" | "sell";
  readonly size: Exact;
  readonly price: Exact;
  readonly fee: readonly Flow[];
  readonly opens?: Pick<Position, "asset" | "margin"> & { readonly leverage?: Exact };
}

/** The holding after a trade: profit realised, fee paid, margin moved. Fails where the trade cannot have happened. */
export function applyFill(body: Body, fill: Fill, contract: Contract, release: Release = "share"): Result<Body, Why> {
  const name = positionName(fill);
  const before = body.positions.find((each) => positionName(each) === name);
  const change = fill.side === "buy" ? fill.size : negate(fill.size);
  if (before === undefined) return open(body, fill, change, contract);
  if (isNegative(before.size) === isNegative(change)) return increase(body, before, fill, change, contract);
  const over = compare(fill.size, magnitude(before.size));
  if (over <= 0) return ok(payFees(reduce(body, before, fill, change, contract, release), fill.fee));
  if (fill.positionSide !== "BOTH")
    return fail(why("binance/closes-too-much", { position: name, size: text(before.size), fill: text(fill.size) }));
  const closed = reduce(body, before, fill, negate(before.size), contract, release);
  const { leverage, margin, asset } = before;
  const held = margin.mode === "cross" ? margin : { ...margin, wallet: ZERO };
  const opens = leverage === undefined ? { asset, margin: held } : { asset, margin: held, leverage };
  return open(closed, { ...fill, opens }, add(before.size, change), contract);
}

function open(body: Body, fill: Fill, size: Exact, contract: Contract): Result<Body, Why> {
  const { symbol, positionSide, price, opens } = fill;
  if (opens === undefined)
    return fail(why("binance/no-position", { symbol, positionSide, next: "read the account again" }));
  const empty: Position = { symbol, positionSide, size: ZERO, entry: price, ...opens };
  return increase({ ...body, positions: [...body.positions, empty] }, empty, fill, size, contract);
}

function increase(body: Body, before: Position, fill: Fill, change: Exact, contract: Contract): Result<Body, Why> {
  const size = add(before.size, change);
  const entry = averageEntry(before, change, fill.price, contract);
  const after: Position = { ...before, size, entry };
  if (after.margin.mode === "cross") return ok(payFees(replace(body, before, after), fill.fee));
  if (after.leverage === undefined) return fail(why("binance/no-leverage", { position: positionName(after) }));
  const margin = quotient(
    valueAt(magnitude(change), fill.price, contract, "ceil"),
    after.leverage,
    BALANCE_SCALE,
    "up",
  );
  const held = { ...after, margin: { ...after.margin, wallet: add(after.margin.wallet, margin) } };
  return ok(payFees(pay(replace(body, before, held), before.asset, negate(margin)), fill.fee));
}

function reduce(body: Body, before: Position, fill: Fill, change: Exact, contract: Contract, release: Release): Body {
  const { margin, asset } = before;
  const size = add(before.size, change);
  const profit = profitBetween(negate(change), before.entry, fill.price, contract);
  if (margin.mode === "cross")
    return pay(replace(body, before, isZero(size) ? undefined : { ...before, size }), asset, profit);
  if (isZero(size)) return pay(replace(body, before, undefined), asset, add(margin.wallet, profit));
  const { stays, leaves } = releaseMargin(
    { margin: margin.wallet, left: size, whole: before.size, gain: profit },
    release,
    BALANCE_SCALE,
  );
  const left: Position = { ...before, size, margin: { ...margin, wallet: balance(stays) } };
  return pay(replace(body, before, left), asset, leaves);
}

function replace(body: Body, before: Position, after: Position | undefined): Body {
  const positions = body.positions.flatMap((each) => (each !== before ? [each] : after === undefined ? [] : [after]));
  return { ...body, positions };
}

/** Adds to a cross wallet, which is made when the asset has none. */
export function pay(body: Body, asset: string, amount: Exact): Body {
  if (isZero(amount)) return body;
  const known = body.wallets.some((wallet) => wallet.asset === asset);
  const empty = { asset, cross: exact(0n, BALANCE_SCALE), orderMargin: ZERO };
  const wallets = known ? body.wallets : [...body.wallets, empty];
  return {
    ...body,
    wallets: wallets.map((each) =>
      each.asset === asset ? { ...each, cross: balance(add(each.cross, amount)) } : each,
    ),
  };
}

const payFees = (body: Body, fees: readonly Flow[]): Body =>
  fees.reduce((sum, { asset, amount }) => pay(sum, asset, negate(amount)), body);

/** The trading fee of a fill, counted against the owner at 8 decimals. */
export const feeOf = (size: Exact, price: Exact, rate: Exact, contract: Contract): Exact =>
  rescale(multiply(valueAt(size, price, contract, "ceil"), rate), BALANCE_SCALE, "up");
