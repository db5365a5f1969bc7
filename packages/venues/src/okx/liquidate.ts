import type { Flow } from "@plimsoll/core/book";
import { type Chooser, type Market, type Scene, type Step, withoutOrders } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  ZERO,
  assetId,
  compare,
  isNegative,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  quotient,
  smaller,
  subtract,
  text,
} from "@plimsoll/core/units";
import { accountOf } from "./accounts.ts";
import { contractOf, type Exposure, needOf } from "./exposure.ts";
import { COIN_SCALE, closeContracts, feeOf } from "./fill.ts";
import { type Body, type ContractPosition, isIsolated, positionName } from "./holding.ts";
import type { ContractTerms, OkxTerms } from "./terms.ts";
import { type Totals, totalsOf } from "./totals.ts";

interface At {
  readonly key: AccountKey;
  readonly scene: Scene<OkxTerms>;
  readonly market: Market;
}

/**
 * What the venue takes from an account at or past its maintenance line, step by step: its open orders, then contract positions
 * stepped down by tiers; where a fill would leave less than nothing the venue takes all over at the bankruptcy price.
 * In each step: equity before - after = taken + fee - badDebt, at mark, in the position's coin.
 * @returns no step when the account is not crossed or cannot be assessed; the steps end early where a fill is not known, and
 *   where only spot margin or debts are left: their sale is not modelled (README.md).
 * @source README.md rules 14 to 16.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<OkxTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const at = { key, scene, market };
  const steps: Step<Body>[] = [];
  let current = body;
  const take = (step: Step<Body>) => {
    steps.push(step);
    current = step.after;
  };
  if (crossed(current, at) === undefined) return [];
  const cancelled = cancelOrders(current, at);
  if (cancelled !== undefined) take(cancelled);
  for (let totals = crossed(current, at); totals !== undefined; totals = crossed(current, at)) {
    const next = nextOf(totals, chooser);
    const step = next === undefined ? undefined : stepDown(current, next, totals, at);
    if (step === undefined) break;
    take(step);
  }
  return steps;
}

/** The totals of an account at or past its line. */
function crossed(body: Body, { key, scene }: At): Totals | undefined {
  const account = accountOf(body, key);
  const totals = account === undefined ? undefined : totalsOf(account, body, scene);
  if (totals?.ok !== true || isZero(totals.value.need)) return undefined;
  return compare(totals.value.have, totals.value.need) <= 0 ? totals.value : undefined;
}

/** Without the orders of the account, and what they froze. */
function cancelOrders(body: Body, { key, scene }: At): Step<Body> | undefined {
  const account = accountOf(body, key);
  if (account === undefined) return undefined;
  const settles = (instrument: string) => {
    const contract = contractOf(instrument, scene.terms.body);
    return contract.ok ? contract.value.settle : undefined;
  };
  const isolated = new Set(body.positions.filter(isIsolated).map(positionName));
  const own = body.orders.filter((order) => {
    const name = `${order.instrument}:${order.side}`;
    if (account.is === "isolated") return name === key;
    return !isolated.has(name) && (account.is === "all-coins" || settles(order.instrument) === account.coin);
  });
  if (own.length === 0) return undefined;
  const balances = body.balances.map((each) =>
    account.is === "all-coins" || (account.is === "coin" && account.coin === each.coin)
      ? { ...each, frozen: ZERO }
      : each,
  );
  const after = { ...withoutOrders(body, new Set(own.map(({ id }) => id))), balances };
  return { what: `cancel ${own.length} open orders`, after, taken: [], fee: [], badDebt: [] };
}

type Next = Exposure & { readonly position: ContractPosition };

/** The contract position that goes next: the one named first, otherwise the largest requirement. */
function nextOf({ exposures, coins }: Totals, chooser: Chooser): Next | undefined {
  const usd = (each: Exposure) =>
    multiply(needOf(each), coins.find(({ coin }) => coin === each.coin)?.index ?? { digits: 1n, scale: 0 });
  const contracts = exposures
    .filter((each): each is Next => each.position.kind === "contract")
    .toSorted((a, b) => compare(usd(b), usd(a)));
  const names = typeof chooser === "string" ? [] : chooser.fixed;
  const named = names.flatMap((name) => contracts.filter(({ position }) => positionName(position) === name));
  return named[0] ?? contracts[0];
}

/** Closes the whole in the two lowest tiers, elsewhere down to the top of the tier two below. */
function sizeOf({ position, tier }: Next, { tiers, lot }: ContractTerms): Exact {
  const whole = magnitude(position.contracts);
  const target = tiers[tier - 3];
  if (target === undefined) return whole;
  const lots = quotient(subtract(whole, target.cap), lot, 0, "ceil");
  return smaller(whole, multiply(lot, lots));
}

function stepDown(body: Body, next: Next, totals: Totals, at: At): Step<Body> | undefined {
  const { position, coin } = next;
  const contract = contractOf(position.instrument, at.scene.terms.body);
  if (!contract.ok) return undefined;
  const contracts = sizeOf(next, contract.value);
  const fill = at.market.fill(position.instrument, isNegative(position.contracts) ? "buy" : "sell", contracts);
  if (fill.is !== "known") return undefined;
  const close = (fee: Exact) =>
    closeContracts(body, position, { contracts, price: fill.value, fee, release: "nothing" }, contract.value);
  const lost = slippage(next, contracts, fill.value, contract.value);
  const asked = feeOf(contracts, fill.value, contract.value);
  const left = subtract(totals.have, lost);
  if (totals.coins.length === 0 && isNegative(left)) return takeOver(body, totals, at);
  const fee = totals.coins.length === 0 ? smaller(asked, left) : asked;
  return {
    what: `close ${text(contracts)} contracts of ${positionName(position)} at ${text(fill.value)}`,
    after: close(fee),
    taken: flow(coin, lost),
    fee: flow(coin, fee),
    badDebt: [],
  };
}

/** What a fill costs against mark, in the settlement coin. */
function slippage({ position, mark }: Next, contracts: Exact, price: Exact, { type, size }: ContractTerms): Exact {
  const amount = multiply(isNegative(position.contracts) ? negate(contracts) : contracts, size);
  if (type === "linear") return multiply(amount, subtract(mark, price));
  return subtract(quotient(amount, price, COIN_SCALE, "ceil"), quotient(amount, mark, COIN_SCALE, "floor"));
}

const flow = (coin: string, amount: Exact): readonly Flow[] =>
  isZero(amount) ? [] : [{ asset: assetId(coin), amount }];

/** The venue takes every position of the account at its bankruptcy price: nothing of the account is left, nothing is owed. */
function takeOver(body: Body, { exposures, unit, have }: Totals, { key }: At): Step<Body> {
  const gone = exposures.map(({ position }) => position);
  const cross = accountOf(body, key)?.is === "coin";
  const balances = body.balances.map((each) =>
    cross && each.coin === unit ? { ...each, cash: ZERO, frozen: ZERO } : each,
  );
  return {
    what: `take over ${gone.map(positionName).join(", ")} at the bankruptcy price`,
    after: { ...body, balances, positions: body.positions.filter((each) => !gone.includes(each)) },
    taken: flow(unit, larger(ZERO, have)),
    fee: [],
    badDebt: flow(unit, larger(ZERO, negate(have))),
  };
}
