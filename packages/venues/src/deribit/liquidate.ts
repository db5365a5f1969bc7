import type { Chooser, Market, Scene, Step } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ZERO,
  add,
  assetId,
  compare,
  exact,
  invariant,
  isNegative,
  magnitude,
  multiply,
  quotient,
  smaller,
  text,
} from "@plimsoll/core/units";
import { accountOf, currencyOf } from "./accounts.ts";
import { withoutOrders } from "./apply.ts";
import { applyFill } from "./fill.ts";
import type { Body } from "./holding.ts";
import { requirementOf } from "./margin-standard.ts";
import { legProfit } from "./matrix-legs.ts";
import { feeOf } from "./order.ts";
import type { Priced } from "./priced.ts";
import type { DeribitTerms } from "./terms.ts";
import { type Totals, isCharged, totalsOf } from "./totals.ts";

type At = { readonly key: AccountKey; readonly scene: Scene<DeribitTerms>; readonly market: Market };

/**
 * What the venue takes from an account at or past its maintenance line: its open orders, then of each position as much as
 * brings it back, or all of it. The venue closes such a size in slices, about one a second; here it is one step.
 * @returns no step when the account is not crossed or cannot be assessed; the steps end early where a fill is not known.
 * @source order of events documented, README.md rules 14 and 15; which position goes first is documented for portfolio margin
 *   (what contributes most to the matrix), else assumed: largest requirement.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<DeribitTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const at = { key, scene, market };
  if (!isCrossed(body, at)) return [];
  const steps = cancelOrders(body, at);
  let current = steps.at(-1)?.after ?? body;
  for (const name of sequence(current, at, chooser)) {
    if (!isCrossed(current, at)) break;
    const step = reduce(current, name, at);
    if (step === undefined) break;
    steps.push(step);
    current = step.after;
  }
  return steps;
}

function totalsIn(body: Body, { key, scene }: At): Totals | undefined {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  return totals?.ok === true ? totals.value : undefined;
}

function isCrossed(body: Body, at: At): boolean {
  const totals = totalsIn(body, at);
  return totals !== undefined && isCharged(totals) && compare(totals.balance, totals.maintenance) <= 0;
}

function cancelOrders(body: Body, { key }: At): Step<Body>[] {
  const currencies = accountOf(body, key)?.wallets.map(({ currency }) => currency) ?? [];
  const isOwn = ({ instrument }: { readonly instrument: string }) => currencies.includes(currencyOf(instrument));
  const own = new Set([
    ...body.orders.filter(isOwn).map(({ id }) => id),
    ...(body.resting ?? []).filter(isOwn).map(({ order }) => order),
  ]);
  if (own.size === 0) return [];
  const what = `cancel ${own.size} open orders`;
  return [{ what, after: withoutOrders(body, own), taken: [], fee: [], badDebt: [] }];
}

/** Names in the order in which positions are reduced. */
function sequence(body: Body, at: At, chooser: Chooser): readonly string[] {
  const totals = totalsIn(body, at);
  const names = totals === undefined ? [] : byWeight(totals);
  if (typeof chooser === "string") return names;
  const first = chooser.fixed.filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name))];
}

/** Largest requirement first; under portfolio margin what loses most in the scenario that decides for its coin. */
function byWeight({ priced, matrices }: Totals): readonly string[] {
  if (matrices.length === 0)
    return priced
      .toSorted((a, b) => compare(requirementOf(b, "maintenance"), requirementOf(a, "maintenance")))
      .map(({ position }) => position.instrument);
  return matrices
    .flatMap(({ group: { legs, index }, matrix: { worstAt } }) =>
      legs.map((leg) => ({
        name: leg.name,
        loss:
          worstAt === undefined
            ? 0
            : -legProfit(leg, worstAt.move, worstAt.shock) * (leg.style === "inverse" ? index : 1),
      })),
    )
    .toSorted((a, b) => b.loss - a.loss)
    .map(({ name }) => name);
}

/** The smallest multiple of the step that brings the account back, or the whole position. */
function reduce(body: Body, name: string, at: At): Step<Body> | undefined {
  const priced = totalsIn(body, at)?.priced.find(({ position }) => position.instrument === name);
  if (priced === undefined) return undefined;
  const whole = magnitude(priced.position.size);
  const steps = quotient(whole, priced.rules.step, 0, "ceil").digits;
  let [low, high] = [0n, steps];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const tried = close(body, priced, multiply(priced.rules.step, exact(middle)), at);
    if (tried === undefined || !isCrossed(tried.after, at)) high = middle;
    else low = middle;
  }
  return close(body, priced, smaller(whole, multiply(priced.rules.step, exact(high))), at);
}

/** Closes a size in the market with the liquidation fee on top; what is lost is what the margin balance falls by. */
function close(body: Body, { position, instrument, rules }: Priced, size: Exact, at: At): Step<Body> | undefined {
  const side = isNegative(position.size) ? "buy" : "sell";
  const fill = at.market.fill(position.instrument, side, size);
  if (fill.is !== "known") return undefined;
  const fee = feeOf(instrument, size, fill.value, rules, add(rules.takerFee, rules.liquidationFee));
  const filled = applyFill(body, { instrument: position.instrument, side, size, price: fill.value, fee });
  invariant(filled.ok, "a liquidation closes what is held");
  const asset = assetId(instrument.currency);
  const left = balanceOf(filled.value, instrument.currency);
  const owes =
    isNegative(left) && !filled.value.positions.some((each) => currencyOf(each.instrument) === instrument.currency);
  return {
    what: `close ${text(size)} of ${position.instrument} at ${text(fill.value)}`,
    after: filled.value,
    taken: [],
    fee: [{ asset, amount: fee }],
    badDebt: owes ? [{ asset, amount: magnitude(left) }] : [],
  };
}

const balanceOf = (body: Body, of: string): Exact =>
  body.wallets.find(({ currency }) => currency === of)?.balance ?? ZERO;
