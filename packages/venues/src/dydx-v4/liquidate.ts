import type { Flow } from "@plimsoll/core/book";
import type { Chooser, Market, Scene, Step } from "@plimsoll/core/margin";
import { type AccountKey, absolute, assetId, exact, invariant, maxOf, text } from "@plimsoll/core/units";
import { applyFill } from "./apply.ts";
import { subaccountOf } from "./assess.ts";
import type { Body } from "./holding.ts";
import { type Price, bankruptcyQuote, blockChange, fillablePrice, insuranceShare } from "./liquidation-orders.ts";
import { toQuote, usdc } from "./quantums.ts";
import { type Priced, type Risk, isLiquidatable, riskOf } from "./risk.ts";
import type { DydxTerms } from "./terms.ts";

/**
 * What the protocol takes at frozen prices, a step a block: an order for a part of one position at no worse than its fillable
 * price; where the book does not pay that and the collateral is negative, deleveraging of the part at the bankruptcy price.
 * In each step: equity before - after = taken + fee - badDebt, to the quantums that rounding of value moves.
 * @returns no step when the account is not liquidatable; the steps end where it is safe, where a fill is not known, or where no
 *   order fills and nobody is deleveraged: then the orders of the next blocks wait.
 * @source v4-chain, clob/keeper/liquidations.go; the protocol picks the position by chance, here the largest requirement first.
 */
export function liquidate(
  body: Body,
  key: AccountKey,
  scene: Scene<DydxTerms>,
  market: Market,
  chooser: Chooser,
): readonly Step<Body>[] {
  const steps: Step<Body>[] = [];
  for (let current = body; ;) {
    const subaccount = subaccountOf(current, key);
    const risk = subaccount === undefined ? undefined : riskOf(subaccount, current, scene);
    if (subaccount === undefined || risk?.ok !== true || !isLiquidatable(risk.value)) return steps;
    const step = block(current, subaccount.number, risk.value, scene, market, chooser);
    if (step === undefined) return steps;
    steps.push(step);
    current = step.after;
  }
}

function block(
  body: Body,
  number: number,
  risk: Risk,
  scene: Scene<DydxTerms>,
  market: Market,
  chooser: Chooser,
): Step<Body> | undefined {
  const terms = scene.terms.body;
  const own = chosen(risk, chooser);
  const { position, oracle } = own;
  const change = blockChange(own, terms.liquidations);
  const coins = exact(absolute(change), -own.terms.atomicResolution);
  const fill = market.fill(position.ticker, change < 0n ? "sell" : "buy", coins);
  if (fill.is !== "known") return undefined;
  const paid = toQuote(-change, fill.value, own.terms);
  const bankruptcy = bankruptcyQuote(own, change, risk);
  const fills = isNoWorse(paid, change, fillablePrice(own, risk, terms.liquidations));
  if (!fills && risk.netCollateral >= 0n) return undefined;
  const share = fills ? insuranceShare(paid, bankruptcy, terms.liquidations) : 0n;
  const received = fills ? paid - share : bankruptcy;
  const after = applyFill(body, { subaccount: number, ticker: position.ticker, base: change, quote: received }, terms);
  invariant(after.ok, "a liquidation closes what is held");
  const left = toQuote(position.size + change, oracle, own.terms);
  const lost = own.notional - left - received;
  const fee = maxOf(0n, share);
  return {
    what: `${fills ? "close" : "deleverage"} ${text(coins)} of ${position.ticker}`,
    after: after.value,
    taken: flow(maxOf(0n, lost - fee)),
    fee: flow(fee),
    badDebt: flow(maxOf(0n, fee - lost)),
  };
}

function chosen({ priced }: Risk, chooser: Chooser): Priced {
  const named =
    typeof chooser === "string" ? undefined : priced.find(({ position }) => position.ticker === chooser.fixed[0]);
  const [largest] = priced.toSorted((a, b) => Number(b.maintenance - a.maintenance));
  invariant(largest !== undefined, "a liquidatable account has a position");
  return named ?? largest;
}

/** A sale is paid at least, a purchase costs at most the fillable price. */
const isNoWorse = (paid: bigint, change: bigint, { over, under }: Price): boolean => paid * under >= -change * over;

const flow = (amount: bigint): readonly Flow[] =>
  amount === 0n ? [] : [{ asset: assetId("USDC"), amount: usdc(amount) }];
