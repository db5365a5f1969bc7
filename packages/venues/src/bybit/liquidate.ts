import { type Chooser, type Market, type Scene, type Step, withoutOrders } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ONE,
  ZERO,
  compare,
  invariant,
  isNegative,
  isZero,
  larger,
  multiply,
  negate,
  subtract,
  text,
} from "@plimsoll/core/units";
import { type Account, accountOf, isolatedKey } from "./accounts.ts";
import { autoRepay } from "./auto-repay.ts";
import { type Exposure, maintenanceOf } from "./exposure.ts";
import { applyFill, feeOf, flow, profit } from "./fill.ts";
import { type Body, positionName } from "./holding.ts";
import { excessSize } from "./excess-size.ts";
import type { BybitTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Where a liquidation takes place. */
interface At {
  readonly key: AccountKey;
  readonly scene: Scene<BybitTerms>;
  readonly market: Market;
}

/**
 * What the venue takes from an account at or past its maintenance line, step by step: open orders are cancelled, what the wallet
 * owes is repaid with its other coins, then positions are stepped down their risk limit tiers; a position that cannot be saved so
 * is taken over at its bankruptcy price. Which coin and which position goes first, and what a fill costs, are estimates.
 * In each step: equity before - after = taken + fee - badDebt, coins at index without ratios, positions at mark.
 * @returns no step when the account is not crossed or cannot be assessed; the steps end early where a fill is not known.
 * @source README.md rules 13 to 15.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<BybitTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const at = { key, scene, market };
  if (crossed(body, at) === undefined) return [];
  const steps = cancelOrders(body, at);
  for (;;) {
    const current = steps.at(-1)?.after ?? body;
    const totals = crossed(current, at);
    const step = totals && nextStep(current, totals, at, chooser);
    if (step === undefined) return steps;
    steps.push(step);
  }
}

/** The totals of an account at or past its line. */
function crossed(body: Body, { key, scene }: At): Totals | undefined {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (totals?.ok !== true || isZero(totals.value.maintenance)) return undefined;
  return compare(totals.value.have, totals.value.maintenance) <= 0 ? totals.value : undefined;
}

function nextStep(body: Body, totals: Totals, at: At, chooser: Chooser): Step<Body> | undefined {
  const account = accountOf(body, at.key);
  invariant(account !== undefined, "an account past its line exists");
  if (account.is === "isolated") return stepIsolated(body, totals, at);
  const owed = totals.coins.filter(({ equity }) => isNegative(equity));
  const repaid = owed.length === 0 ? undefined : autoRepay(body, totals, at.market);
  if (repaid !== undefined) return repaid === "unknown" ? undefined : repaid;
  const next = nextOf(totals, chooser);
  return next && stepDown(body, next, totals, at);
}

/** Without the orders of the account; in the wallet what they held and what they would have cost counts again. */
function cancelOrders(body: Body, { key }: At): Step<Body>[] {
  const wallet = accountOf(body, key)?.is === "wallet";
  const own = body.orders.filter((order) => wallet || isolatedKey(order) === key);
  if (own.length === 0 && (!wallet || isZero(body.orderLoss))) return [];
  const left = withoutOrders(body, new Set(own.map(({ id }) => id)));
  const balances = body.balances.map((each) => ({ ...each, orderMargin: ZERO }));
  const after = wallet ? { ...left, balances, orderLoss: ZERO } : left;
  return [{ what: `cancel ${own.length} open orders`, after, taken: [], fee: [], badDebt: [] }];
}

/** The position that goes next: the one named first, otherwise the largest requirement. */
function nextOf({ exposures, coins }: Totals, chooser: Chooser): Exposure | undefined {
  const usd = (each: Exposure) =>
    multiply(maintenanceOf(each), coins.find(({ coin }) => coin === each.position.coin)?.index ?? ONE);
  const sorted = exposures.toSorted((a, b) => compare(usd(b), usd(a)));
  const names = typeof chooser === "string" ? [] : chooser.fixed;
  const named = names.flatMap((name) => sorted.filter(({ position }) => positionName(position) === name));
  return named[0] ?? sorted[0];
}

/** In the wallet: down to the next lower tier, in the lowest one whole; taken over where the fill would leave less than nothing. */
function stepDown(body: Body, next: Exposure, totals: Totals, at: At): Step<Body> | undefined {
  const closed = close(body, next, excessSize(next, next.tier.number - 1), at);
  if (closed === undefined) return undefined;
  const account = accountOf(closed.after, at.key);
  const after = account && totalsOf(account, closed.after, at.scene);
  const sunk = after?.ok === true && isNegative(after.value.have) && after.value.exposures.length === 0;
  return sunk ? takeOver(body, totals, at) : closed;
}

/**
 * Isolated: one order that brings the position to a lower tier in which it meets its requirement, the highest such tier first;
 * taken over where there is none.
 */
function stepIsolated(body: Body, totals: Totals, at: At): Step<Body> | undefined {
  const [exposure] = totals.exposures;
  if (exposure === undefined) return undefined;
  for (let tier = exposure.tier.number - 1; tier >= 1; tier--) {
    const closed = close(body, exposure, excessSize(exposure, tier), at);
    if (closed === undefined) return undefined;
    if (accountOf(closed.after, at.key) !== undefined && crossed(closed.after, at) === undefined) return closed;
  }
  return takeOver(body, totals, at);
}

/** Closes a size in the market; undefined where the fill is not known. */
function close(body: Body, { position, mark, terms }: Exposure, size: Exact, { market }: At): Step<Body> | undefined {
  const short = isNegative(position.size);
  const trade = short ? "buy" : "sell";
  const fill = market.fill(position.symbol, trade, size);
  if (fill.is !== "known") return undefined;
  const { symbol, side, coin, entry } = position;
  const fee = feeOf(size, fill.value, terms);
  const filled = applyFill(body, { symbol, side, trade, size, price: fill.value, fee }, terms, "nothing");
  invariant(filled.ok, "a liquidation closes what is held");
  const signed = short ? negate(size) : size;
  const lost = subtract(profit(signed, entry, mark, terms), profit(signed, entry, fill.value, terms));
  return {
    what: `close ${text(size)} of ${positionName(position)} at ${text(fill.value)}`,
    after: filled.value,
    taken: flow(coin, lost),
    fee: flow(coin, fee),
    badDebt: [],
  };
}

/** The venue takes the positions of the account at their bankruptcy price: nothing of the account is left, nothing is owed. */
function takeOver(body: Body, { exposures, unit, have }: Totals, { key }: At): Step<Body> {
  const account: Account | undefined = accountOf(body, key);
  const gone = exposures.map(({ position }) => position);
  const balances = account?.is === "wallet" ? body.balances.map((each) => ({ ...each, cash: ZERO })) : body.balances;
  return {
    what: `take over ${gone.map(positionName).join(", ")} at the bankruptcy price; a loss beyond it is the insurance fund's, then deleveraging's (estimate)`,
    after: { ...body, balances, positions: body.positions.filter((each) => !gone.includes(each)) },
    taken: flow(unit, larger(ZERO, have)),
    fee: [],
    badDebt: flow(unit, larger(ZERO, negate(have))),
  };
}
