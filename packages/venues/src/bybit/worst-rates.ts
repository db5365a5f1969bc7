import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  ZERO,
  add,
  fail,
  isNegative,
  isZero,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { contractOf } from "./exposure.ts";
import { HOUR_MS } from "./funding.ts";
import type { Body, Funding } from "./holding.ts";
import type { BybitTerms } from "./terms.ts";

/** Intervals fall to this where a rate stands at its bound. @source README.md rule 16 */
const SHORTEST_MS = ms(HOUR_MS);

/**
 * The holding as if every funding stood at the bound that costs its positions most, settled each hour: how soon it could end by
 * funding alone. A settlement of which no time is known is at the next full hour; a debt that funding makes on the way bears
 * interest at today's rate.
 * @returns a failure where something has no bound that is known: a contract without one, interest on a debt, the two sides of a
 *   symbol in isolated margin, of which one receives what the other pays.
 */
export function atWorstRates(body: Body, { terms, now }: Scene<BybitTerms>): Result<Body, Why> {
  const debt = body.balances.find(({ cash }) => isNegative(cash));
  if (debt !== undefined) return fail(unbounded(debt.coin, "the venue names no highest rate for what is borrowed"));
  const funding: Funding[] = [];
  for (const symbol of new Set(body.positions.map((each) => each.symbol))) {
    const worst = worstOf(symbol, body, terms.body, now);
    if (!worst.ok) return worst;
    if (worst.value !== undefined) funding.push(worst.value);
  }
  return ok({ ...body, funding });
}

function worstOf(symbol: string, body: Body, terms: BybitTerms, now: Ms): Result<Funding | undefined, Why> {
  const contract = contractOf(symbol, terms);
  if (!contract.ok) return contract;
  const bounds = contract.value.funding;
  if (bounds === undefined) return fail(unbounded(symbol, "the bounds of its funding rate are not known"));
  const sizes = body.positions.filter((each) => each.symbol === symbol).map(({ size }) => size);
  if (sizes.length > 1 && body.mode === "isolated")
    return fail(unbounded(symbol, "the worst rate of its long is the best of its short, and each has its own margin"));
  const rate = against(sizes.reduce(add), bounds);
  if (isZero(rate)) return ok(undefined);
  const next = body.funding.find((each) => each.symbol === symbol)?.next ?? nextHour(now);
  return ok({ symbol, rate, next, everyMs: SHORTEST_MS });
}

/** Longs pay a rate above 0, shorts one below; a bound on the other side of 0 is what the owner would receive at least. */
const against = (net: Exact, { floor, cap }: { readonly floor: Exact; readonly cap: Exact }): Exact =>
  isZero(net) ? ZERO : isNegative(net) ? floor : cap;

const nextHour = (now: Ms): Ms => ms((Math.floor(now / HOUR_MS) + 1) * HOUR_MS);

const unbounded = (of: string, detail: string): Why =>
  why("bybit/no-worst-rate", {
    of,
    detail: `${of}: ${detail}`,
    next: "go by the rates as they are, and look at them again each day",
  });
