import { type Scene, liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  compare,
  exact,
  fail,
  fromNumber,
  isNegative,
  isZero,
  multiply,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import { WALLET, accountOf, positionsOf } from "./accounts.ts";
import { contractOf } from "./exposure.ts";
import { compile } from "./form.ts";
import type { Body } from "./holding.ts";
import { isolatedPrice, priceBeyondTiers } from "./isolated-price.ts";
import { markKey } from "./quotes.ts";
import type { BybitTerms } from "./terms.ts";
import { totalsOf } from "./totals.ts";

/** Marks at which the account meets its maintenance line, on the venue's ticks; either may not exist, then it is absent, never 0. */
export interface LiquidationPrices {
  readonly down?: Exact;
  readonly up?: Exact;
}

/**
 * Liquidation price of a symbol, everything else frozen, on the tick that is worse for the owner: up for a price below the mark,
 * down for one above it. Of an isolated position it is exact and fixed; in the wallet it is what the venue calls an estimate,
 * and both sides of a symbol in hedge mode share what there is.
 * @returns a failure where the account cannot be assessed or has no such position.
 * @source README.md rules 11 and 12.
 */
export function liquidationPrice(
  body: Body,
  key: AccountKey,
  symbol: string,
  scene: Scene<BybitTerms>,
): Result<LiquidationPrices, Why> {
  const account = accountOf(body, key);
  const found = account === undefined ? [] : positionsOf(body, account).filter((each) => each.symbol === symbol);
  const [position] = found;
  if (account === undefined || position === undefined)
    return fail(why("bybit/no-position", { account: key, symbol, next: "read the account again" }));
  const contract = contractOf(symbol, scene.terms.body);
  if (!contract.ok) return contract;
  const { tick } = contract.value;
  if (account.is === "wallet") return estimate(body, symbol, tick, scene);
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return totals;
  const [exposure] = totals.value.exposures;
  const price = exposure === undefined ? ok(undefined) : isolatedPrice(exposure);
  if (!price.ok) return price;
  if (price.value === undefined) return ok({});
  const isLong = !isNegative(position.size);
  const onTick = roundTo(price.value, tick, isLong ? "ceil" : "floor");
  if (isZero(onTick)) return ok({});
  return ok(isLong ? { down: onTick } : { up: onTick });
}

const roundTo = (price: Exact, tick: Exact, rounding: "ceil" | "floor"): Exact =>
  multiply(tick, quotient(price, tick, 0, rounding));

/** Steps of a tick beside the form's boundary within which the exact rules must agree with it. */
const NEAR_TICKS = 3n;

/** The form says where, the exact rules on which tick: the last one, coming from the mark, that is not past the line. */
function estimate(body: Body, symbol: string, tick: Exact, scene: Scene<BybitTerms>): Result<LiquidationPrices, Why> {
  const totals = totalsOf({ is: "wallet", key: WALLET }, body, scene);
  if (!totals.ok) return totals;
  const { have, maintenance, exposures } = totals.value;
  if (compare(have, maintenance) <= 0)
    return fail(
      why("bybit/at-the-line", { account: WALLET, symbol, next: "it is past its line now: no price is ahead" }),
    );
  const compiled = compile(body, WALLET, scene, "maintenance");
  if (!("form" in compiled)) return ok({});
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) return quotes;
  const { down, up } = liquidationPrices(compiled.form, quotes.value, compiled.form.quotes.indexOf(markKey(symbol)));
  const ends = exposures.some(({ terms, valuation }) => valuation === "mark" && !terms.complete);
  if (down === undefined && up === undefined && ends) return fail(priceBeyondTiers(symbol));
  const at = (price: Exact) => surplusAt(body, symbol, price, scene);
  return ok({
    ...(down !== undefined && onTick("down", lastSafe(fromNumber(down), tick, 1n, at))),
    ...(up !== undefined && onTick("up", lastSafe(fromNumber(up), tick, -1n, at))),
  });
}

const onTick = (side: "down" | "up", price: Exact | undefined) => (price === undefined ? {} : { [side]: price });

/** The tick nearest to a boundary, on its safe side (`toward` the mark), at which the surplus is not below 0. */
function lastSafe(
  boundary: Exact,
  tick: Exact,
  toward: 1n | -1n,
  surplus: (price: Exact) => Exact | undefined,
): Exact | undefined {
  const near = quotient(boundary, tick, 0, toward === 1n ? "ceil" : "floor").digits - toward * NEAR_TICKS;
  for (let step = 0n; step <= 2n * NEAR_TICKS; step++) {
    const price = multiply(tick, exact(near + toward * step));
    if (price.digits <= 0n) continue;
    const left = surplus(price);
    if (left !== undefined && !isNegative(left)) return price;
  }
  return undefined;
}

function surplusAt(body: Body, symbol: string, price: Exact, scene: Scene<BybitTerms>): Exact | undefined {
  const quotes = new Map(scene.quotes).set(markKey(symbol), { value: price, kind: "mark", asOf: scene.now });
  const totals = totalsOf({ is: "wallet", key: WALLET }, body, { ...scene, quotes });
  return totals.ok ? subtract(totals.value.have, totals.value.maintenance) : undefined;
}
