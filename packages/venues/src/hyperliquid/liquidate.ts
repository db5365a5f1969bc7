import type { Flow } from "@plimsoll/core/book";
import { type Chooser, type Market, type Scene, type Step, withoutOrders } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ZERO,
  assetId,
  below,
  compare,
  invariant,
  isNegative,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  rescale,
  smaller,
  subtract,
  text,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { applyFill, feeOf, pay, payPosition } from "./fill.ts";
import type { Body, Position } from "./holding.ts";
import { dexOf } from "./names.ts";
import { type Priced, maintenance, notional } from "./position.ts";
import type { HyperliquidTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

type At = { readonly key: AccountKey; readonly scene: Scene<HyperliquidTerms>; readonly market: Market };

/**
 * What the venue takes from an account below its maintenance line, step by step: open orders are cancelled, then market orders,
 * the first of them for a share only where the position is large; below the backstop line, or where a fill would leave less than
 * nothing, everything at once. In each step: equity before - after = taken + fee - badDebt, all at mark.
 * @returns no step when the account is not crossed or cannot be assessed; the steps end early where a fill is not known.
 * @source Hyperliquid documentation, liquidations, README.md rules 8 to 10; the order of positions is assumed: largest maintenance.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<HyperliquidTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const at = { key, scene, market };
  if (crossedTotals(body, at) === undefined) return [];
  const steps: Step<Body>[] = cancelOrders(body, key);
  let current = steps.at(-1)?.after ?? body;
  let isFirst = true;
  for (let totals = crossedTotals(current, at); totals !== undefined; totals = crossedTotals(current, at)) {
    const step = nextStep(current, totals, isFirst, at, chooser);
    if (step === undefined) break;
    steps.push(step);
    [current, isFirst] = [step.after, false];
  }
  return steps;
}

/** The sums of an account below its maintenance line; otherwise nothing. */
function crossedTotals(body: Body, { key, scene }: At): Totals | undefined {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return undefined;
  const totals = totalsOf(account, scene);
  return totals.ok && below(totals.value.equity, totals.value.maintenance) ? totals.value : undefined;
}

function cancelOrders(body: Body, key: AccountKey): Step<Body>[] {
  const account = accountOf(body, key);
  const isolated = body.positions.flatMap(({ coin, margin }) => (margin.mode === "isolated" ? [coin] : []));
  const own = body.orders.filter(({ coin }) =>
    account?.is === "isolated"
      ? account.positions.some((each) => each.coin === coin)
      : dexOf(coin) === account?.dex && !isolated.includes(coin),
  );
  if (own.length === 0) return [];
  const after = withoutOrders(body, new Set(own.map(({ id }) => id)));
  return [{ what: `cancel ${own.length} open orders`, after, taken: [], fee: [], badDebt: [] }];
}

function nextStep(body: Body, totals: Totals, isFirst: boolean, at: At, chooser: Chooser): Step<Body> | undefined {
  const { equity, backstop } = totals;
  if (backstop !== undefined && below(equity, backstop)) return takeAll(body, equity, at);
  const [next] = sequence(totals, chooser);
  invariant(next !== undefined, "an account below its line has a position");
  const { partial } = at.scene.terms.body.rules;
  const isPart = isFirst && compare(notional(next), partial.above) > 0;
  const whole = magnitude(next.position.size);
  const size = isPart ? rescale(multiply(whole, partial.share), next.terms.sizeDecimals ?? whole.scale, "up") : whole;
  const rest = isPart ? `; the rest after ${partial.coolDownMs} ms` : "";
  return closeSize(body, next, smaller(size, whole), equity, rest, at);
}

/** The account's positions in the order in which they are closed. */
function sequence({ priced }: Totals, chooser: Chooser): readonly Priced[] {
  const largest = priced.toSorted((a, b) => compare(maintenance(b), maintenance(a)));
  if (typeof chooser === "string") return largest;
  const first = chooser.fixed.flatMap((coin) => largest.filter(({ position }) => position.coin === coin));
  return [...first, ...largest.filter((each) => !first.includes(each))];
}

/** Closes a size in the market for the taker fee, which is never more than what is left; undefined where the fill is not known. */
function closeSize(
  body: Body,
  { position }: Priced,
  size: Exact,
  before: Exact,
  rest: string,
  at: At,
): Step<Body> | undefined {
  const { coin } = position;
  const side = isNegative(position.size) ? "buy" : "sell";
  const fill = at.market.fill(coin, side, size);
  if (fill.is !== "known") return undefined;
  const price = fill.value;
  const filled = applyFill(body, { coin, side, size, price, fee: ZERO }, "nothing");
  invariant(filled.ok, "a liquidation closes what is held");
  const left = remains(filled.value, body, position, at);
  if (isNegative(left)) return takeAll(body, before, at);
  const fee = smaller(feeOf(size, price, at.scene.terms.body.rules.takerFee), left);
  const held = filled.value.positions.find((each) => each.coin === coin);
  const after =
    held === undefined ? pay(filled.value, coin, negate(fee)) : payPosition(filled.value, held, negate(fee));
  const lost = subtract(subtract(before, remains(after, body, position, at)), fee);
  const token = accountOf(body, at.key)?.token ?? "";
  return {
    what: `close ${text(size)} of ${coin} at ${text(price)}${rest}`,
    after,
    taken: flow(token, lost),
    fee: flow(token, fee),
    badDebt: [],
  };
}

const flow = (token: string, amount: Exact): readonly Flow[] =>
  isZero(amount) ? [] : [{ asset: assetId(token), amount }];

/** Account value after a trade; of an isolated position that is gone, what it left in its dex's pool. */
function remains(after: Body, before: Body, { coin }: Position, { key, scene }: At): Exact {
  const account = accountOf(after, key);
  if (account === undefined) return subtract(cashOf(after, coin), cashOf(before, coin));
  const totals = totalsOf(account, scene);
  return totals.ok ? totals.value.equity : ZERO;
}

const cashOf = ({ pools }: Body, coin: string): Exact => pools.find(({ dex }) => dex === dexOf(coin))?.cash ?? ZERO;

/**
 * All positions and all margin of the account go, to the liquidator vault or, where the dex has none, by deleveraging at mark:
 * nothing is left, nothing is owed.
 */
function takeAll(body: Body, equity: Exact, { key, scene }: At): Step<Body> {
  const account = accountOf(body, key);
  invariant(account !== undefined, "an account that is taken over exists");
  const { dex, token, positions } = account;
  const by = scene.terms.body.dexes[dex]?.backstop === true ? "the liquidator vault takes" : "deleveraging closes";
  return {
    what: `${by} ${positions.map(({ coin }) => coin).join(", ")} with all margin of the account`,
    after: emptied(body, account),
    taken: flow(token, larger(ZERO, equity)),
    fee: [],
    badDebt: flow(token, larger(ZERO, negate(equity))),
  };
}

function emptied(body: Body, { is, dex, positions }: Account): Body {
  const pools =
    is === "cross" ? body.pools.map((pool) => (pool.dex === dex ? { ...pool, cash: ZERO } : pool)) : body.pools;
  return { ...body, pools, positions: body.positions.filter((each) => !positions.includes(each)) };
}
