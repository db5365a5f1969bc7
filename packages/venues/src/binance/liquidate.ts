import type { Flow } from "@plimsoll/core/book";
import type { Chooser, Market, Scene, Step } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ZERO,
  assetId,
  compare,
  invariant,
  isNegative,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  smaller,
  subtract,
  text,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { withoutOrders } from "./apply.ts";
import { applyFill, pay } from "./fill.ts";
import { type Body, type Position, type Wallet, positionName } from "./holding.ts";
import { type Priced, maintenance, notional } from "./position.ts";
import { type BinanceTerms, tierAt } from "./terms.ts";
import { clearanceFee, reliefSize } from "./relief-size.ts";
import { type Totals, indexOf, requiredOf, totalsOf } from "./totals.ts";

type At = { readonly key: AccountKey; readonly scene: Scene<BinanceTerms>; readonly market: Market };

/**
 * What the venue takes from an account at or past its maintenance line, step by step: its open orders, then one immediate
 * order a position sized to restore compliance, then everything by the insurance fund where the market cannot pay.
 * In each step: equity before - after = taken + fee - badDebt, all at mark; taken is what the fill cost against mark. Of an
 * account of all assets these are USD as it counts them.
 * @returns no step when the account is not crossed or cannot be assessed; the steps end early where a fill is not known.
 * @source documented order of events, README.md rules 16 to 21; which position goes first is assumed: largest maintenance.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<BinanceTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const at = { key, scene, market };
  if (!isCrossed(body, at)) return [];
  const steps: Step<Body>[] = cancelOrders(body, key);
  let current = steps.at(-1)?.after ?? body;
  for (const name of sequence(current, at, chooser)) {
    if (!isCrossed(current, at)) break;
    const step = closePosition(current, name, at);
    if (step === undefined) break;
    steps.push(step);
    current = step.after;
  }
  return steps;
}

function isCrossed(body: Body, { key, scene }: At): boolean {
  const account = accountOf(body, key);
  if (account === undefined || account.positions.length === 0) return false;
  const totals = totalsOf(account, scene);
  return totals.ok && compare(totals.value.equity, requiredOf(totals.value, scene.terms.body)) <= 0;
}

function cancelOrders(body: Body, key: AccountKey): Step<Body>[] {
  const account = accountOf(body, key);
  const isolated = body.positions.filter(({ margin }) => margin.mode === "isolated").map(positionName);
  const own = body.orders.filter((order) =>
    account?.is === "isolated" ? positionName(order) === key : !isolated.includes(positionName(order)),
  );
  if (own.length === 0) return [];
  return [
    { what: `cancel ${own.length} open orders`, after: withoutOrders(body, own), taken: [], fee: [], badDebt: [] },
  ];
}

/** Names of the account's positions in the order in which they are closed. */
function sequence(body: Body, { key, scene }: At, chooser: Chooser): readonly string[] {
  const totals = totalsIn(accountOf(body, key), scene);
  if (totals === undefined) return [];
  const charged = (each: Priced) =>
    totals.assets.length === 0 ? maintenance(each) : multiply(maintenance(each), indexOf(each, totals.assets));
  const names = totals.priced
    .toSorted((a, b) => compare(charged(b), charged(a)))
    .map(({ position }) => positionName(position));
  if (typeof chooser === "string") return names;
  const first = chooser.fixed.filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => !first.includes(name))];
}

function totalsIn(account: Account | undefined, scene: Scene<BinanceTerms>): Totals | undefined {
  const totals = account === undefined ? undefined : totalsOf(account, scene);
  return totals?.ok === true ? totals.value : undefined;
}

/** Closes what restores compliance, the whole in the lowest tier; undefined where the fill is not known. */
function closePosition(body: Body, name: string, at: At): Step<Body> | undefined {
  const account = accountOf(body, at.key);
  const priced = totalsIn(account, at.scene)?.priced.find(({ position }) => positionName(position) === name);
  if (account === undefined || priced === undefined) return undefined;
  const whole = magnitude(priced.position.size);
  const size = isLowestTier(priced) ? whole : reliefSize(account, priced, at.scene, at.market);
  return size === undefined ? undefined : closeSize(body, priced, size, at);
}

const isLowestTier = (priced: Priced): boolean => isZero(tierAt(priced.terms.tiers, notional(priced)).floor);

/** Closes a size in the market; where the account cannot pay for that fill the insurance fund takes it over. */
function closeSize(body: Body, { position, terms }: Priced, size: Exact, at: At): Step<Body> | undefined {
  const side = isNegative(position.size) ? "buy" : "sell";
  const fill = at.market.fill(position.symbol, side, size);
  if (fill.is !== "known") return undefined;
  const before = equityOf(body, at);
  const inUsd = body.unified !== undefined;
  const trade = {
    symbol: position.symbol,
    positionSide: position.positionSide,
    side,
    size,
    price: fill.value,
  } as const;
  const filled = applyFill(body, { ...trade, fee: [] }, terms, "nothing");
  invariant(filled.ok, "a liquidation closes what is held");
  const left = remains(filled.value, body, position, at);
  if (isNegative(left)) return takeOver(body, at, before);
  const asked = clearanceFee(size, fill.value, terms);
  const after = charge(filled.value, position, inUsd ? asked : smaller(asked, left));
  const kept = remains(after, body, position, at);
  if (isNegative(kept)) return takeOver(body, at, before);
  const fee = inUsd ? subtract(left, kept) : smaller(asked, left);
  const lost = subtract(subtract(before, kept), fee);
  const unit = inUsd ? "USD" : position.asset;
  return {
    what: `close ${text(size)} of ${positionName(position)} at ${text(fill.value)}`,
    after,
    taken: flow(unit, lost),
    fee: flow(unit, fee),
    badDebt: [],
  };
}

const flow = (asset: string, amount: Exact): readonly Flow[] =>
  isZero(amount) ? [] : [{ asset: assetId(asset), amount }];

const equityOf = (body: Body, { key, scene }: At): Exact => totalsIn(accountOf(body, key), scene)?.equity ?? ZERO;

/** Equity of the unit after a trade; of an isolated position that is gone, what it left in the cross wallet. */
function remains(after: Body, before: Body, position: Position, at: At): Exact {
  if (accountOf(after, at.key) !== undefined) return equityOf(after, at);
  return subtract(crossWallet(after, position.asset), crossWallet(before, position.asset));
}

const crossWallet = (body: Body, asset: string): Exact =>
  body.wallets.find((wallet) => wallet.asset === asset)?.cross ?? ZERO;

/** Takes a fee from the isolated wallet while the position lives, otherwise from the cross wallet. */
function charge(body: Body, position: Position, fee: Exact): Body {
  const held = body.positions.find((each) => positionName(each) === positionName(position));
  if (held === undefined || held.margin.mode === "cross") return pay(body, position.asset, negate(fee));
  const margin = { ...held.margin, wallet: subtract(held.margin.wallet, fee) };
  return { ...body, positions: body.positions.map((each) => (each === held ? { ...held, margin } : each)) };
}

/** The insurance fund takes every position of the account at its bankruptcy price: nothing is left, nothing is owed. */
function takeOver(body: Body, at: At, equity: Exact): Step<Body> {
  const account = accountOf(body, at.key);
  invariant(account !== undefined, "an account that is taken over exists");
  const { asset, positions, is } = account;
  const goes = (wallet: Wallet) => is === "unified" || (is === "cross" && wallet.asset === asset);
  const wallets = body.wallets.map((each) => (goes(each) ? { ...each, cross: ZERO } : each));
  return {
    what: `insurance fund takes over ${positions.map(positionName).join(", ")} at the bankruptcy price (estimate: what it cannot bear is closed against the other side, its highest queue light first)`,
    after: { ...body, wallets, positions: body.positions.filter((each) => !positions.includes(each)) },
    taken: flow(asset, larger(ZERO, equity)),
    fee: [],
    badDebt: flow(asset, larger(ZERO, negate(equity))),
  };
}
