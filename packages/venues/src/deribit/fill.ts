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
  rescale,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import type { Body, Position } from "./holding.ts";
import { type Instrument, readInstrument } from "./instrument.ts";
import type { Fill, Session, Settlement } from "./venue-effect.ts";

/** Balances carry 8 decimals of a coin; what falls beyond is dropped against the owner. */
export const BALANCE_SCALE = 8;
/** Average entries do not end as decimals; kept this fine and rounded against the owner. */
const ENTRY_SCALE = 18;

/** The holding after a trade: premium or realised profit and fee in the balance. Fails where it cannot have happened. */
export function applyFill(body: Body, { instrument: name, side, size, price, fee }: Fill): Result<Body, Why> {
  const instrument = readInstrument(name);
  if (instrument === undefined || !body.wallets.some(({ currency }) => currency === instrument.currency))
    return fail(why("deribit/no-wallet", { instrument: name, next: "read the account again" }));
  const before = body.positions.find((each) => each.instrument === name);
  const change = side === "buy" ? size : negate(size);
  const closed = before === undefined ? ZERO : closedBy(before.size, change);
  const cash =
    instrument.option === undefined ? realised(instrument, before, closed, price) : negate(multiply(change, price));
  const after = afterTrade(instrument, before, change, price);
  const positions = [...body.positions.filter((each) => each !== before), ...after];
  return ok(pay({ ...body, positions }, instrument.currency, subtract(cash, fee)));
}

/** How much of what is held a trade closes, with the sign of what is held. */
function closedBy(held: Exact, change: Exact): Exact {
  if (isNegative(held) === isNegative(change)) return ZERO;
  return compare(magnitude(change), magnitude(held)) < 0 ? negate(change) : held;
}

/** The position after a trade: none, smaller at its entry, larger at an average, or turned around at the trade's price. */
function afterTrade(
  instrument: Instrument,
  before: Position | undefined,
  change: Exact,
  price: Exact,
): readonly Position[] {
  const { name } = instrument;
  if (before === undefined) return [{ instrument: name, size: change, entry: price }];
  const size = add(before.size, change);
  if (isZero(size)) return [];
  if (isNegative(before.size) === isNegative(change))
    return [{ instrument: name, size, entry: averageEntry(instrument, before, change, price) }];
  return [{ instrument: name, size, entry: isNegative(size) === isNegative(before.size) ? before.entry : price }];
}

/** Profit of the part of a future that was closed, size with its sign. */
function realised({ style }: Instrument, before: Position | undefined, closed: Exact, price: Exact): Exact {
  if (before === undefined || isZero(closed)) return ZERO;
  if (style === "linear") return multiply(closed, subtract(price, before.entry));
  return subtract(quotient(closed, before.entry, ENTRY_SCALE, "floor"), quotient(closed, price, ENTRY_SCALE, "ceil"));
}

/** Average of coins for an inverse future (harmonic), of prices for everything else. */
function averageEntry({ style, option }: Instrument, before: Position, change: Exact, price: Exact): Exact {
  const size = add(before.size, change);
  const against = isNegative(size) ? "floor" : "ceil";
  if (style === "linear" || option !== undefined) {
    const paid = add(multiply(before.size, before.entry), multiply(change, price));
    return quotient(paid, size, ENTRY_SCALE, against);
  }
  const inverse = add(multiply(before.size, price), multiply(change, before.entry));
  return quotient(multiply(size, multiply(before.entry, price)), inverse, ENTRY_SCALE, against);
}

/** Adds to a balance, cut at the venue's decimals against the owner. */
export function pay(body: Body, currency: string, amount: Exact): Body {
  const wallets = body.wallets.map((wallet) => {
    if (wallet.currency !== currency) return wallet;
    const sum = add(wallet.balance, amount);
    return { ...wallet, balance: rescale(sum, Math.max(BALANCE_SCALE, wallet.balance.scale), "floor") };
  });
  return { ...body, wallets };
}

/** Everything that expires with a future, at the delivery price: futures realise, options pay `max(D - K, 0)` over D in coin. */
export function applySettlement(body: Body, { underlying, delivery }: Settlement): Result<Body, Why> {
  const expiring = body.positions.filter((each) => readInstrument(each.instrument)?.underlying === underlying);
  if (expiring.length === 0)
    return fail(
      why("deribit/nothing-expires", { underlying, delivery: text(delivery), next: "read the account again" }),
    );
  let after: Body = { ...body, positions: body.positions.filter((each) => !expiring.includes(each)) };
  for (const position of expiring) {
    const instrument = readInstrument(position.instrument)!;
    const paid =
      instrument.option === undefined
        ? realised(instrument, position, position.size, delivery)
        : payoff(instrument, instrument.option, position.size, delivery);
    after = pay(after, instrument.currency, paid);
  }
  return ok(after);
}

/** Daily settlement: the profit of a future so far is in the balance, and its entry is the mark that it was settled at. */
export function applySession(body: Body, { instrument: name, mark }: Session): Result<Body, Why> {
  const held = body.positions.find(({ instrument }) => instrument === name);
  const instrument = readInstrument(name);
  if (held === undefined || instrument === undefined)
    return fail(why("deribit/no-position", { instrument: name, next: "read the account again" }));
  if (instrument.option !== undefined) return ok(body);
  const after = pay(body, instrument.currency, realised(instrument, held, held.size, mark));
  const positions = after.positions.map((each) => (each === held ? { ...each, entry: mark } : each));
  return ok({ ...after, positions });
}

function payoff(
  { style }: Instrument,
  { type, strike }: NonNullable<Instrument["option"]>,
  size: Exact,
  delivery: Exact,
): Exact {
  const apart = type === "call" ? subtract(delivery, strike) : subtract(strike, delivery);
  const paid = isNegative(apart) ? ZERO : multiply(size, apart);
  return style === "linear" ? paid : quotient(paid, delivery, ENTRY_SCALE, "floor");
}
