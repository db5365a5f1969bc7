import { type Guard } from "@plimsoll/core/policy";
import {
  type Exact,
  type HoldingId,
  ONE,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  holdingId,
  ms,
  multiply,
  quotient,
  rescale,
  subtract,
} from "@plimsoll/core/units";

/** What a person may change about the demo. */
export interface Choices {
  readonly seed: bigint;
  readonly tape?: string;
  /** Generated crash: share of the price and duration. */
  readonly drop: Exact;
  readonly minutes: number;
  /** Notional of the perpetual position over its margin. */
  readonly leverage: Exact;
  /** Health at which the guards act, and to which they bring it back; of the loan, and of the margin account. */
  readonly loanTrigger: Exact;
  readonly loanTarget: Exact;
  readonly deskTrigger: Exact;
  readonly deskTarget: Exact;
}

export const defaults = {
  seed: 1n,
  drop: dec("0.22"),
  minutes: 60,
  leverage: dec("8"),
  loanTrigger: dec("1.12"),
  loanTarget: dec("1.25"),
  deskTrigger: dec("20"),
  deskTarget: dec("30"),
} as const;

export const LOAN: HoldingId = holdingId("loan");
export const DESK: HoldingId = holdingId("desk");

/** What the loan is in: the collateral and what was borrowed against it. */
export const COLLATERAL = "WBTC";
export const DEBT = "USDC";

/** The book at the start: what is supplied, borrowed, deposited, bought. Exact decimals in each asset. */
export interface OpeningBook {
  readonly collateral: Exact;
  readonly debt: Exact;
  /** USDC in the borrower's wallet: the reserve. */
  readonly wallet: Exact;
  readonly margin: Exact;
  readonly size: Exact;
}

/** The liquidation threshold of the collateral on the demo market, and the health at which the loan starts. */
const THRESHOLD = dec("0.78");
const START_HEALTH = dec("1.20");

/** The same book for every market: two coins as collateral, a loan at health 1.20, 20,000 of margin at the chosen leverage. */
export function openingBook(price: Exact, leverage: Exact): OpeningBook {
  const collateral = exact(2n);
  const counted = multiply(multiply(collateral, price), THRESHOLD);
  const debt = quotient(counted, START_HEALTH, 6, "down");
  const margin = exact(20_000n);
  return {
    collateral,
    debt,
    wallet: rescale(quotient(debt, exact(2n), 6, "down"), 0, "down"),
    margin,
    size: quotient(multiply(margin, leverage), price, 3, "down"),
  };
}

/** The demo's two guards; both act on the maintenance line of one account. */
export function guardsOf(choices: Choices, { wallet }: OpeningBook): readonly Guard[] {
  const bounds = { confirmMs: ms(0), coolDownMs: ms(0), maxAgeMs: ms(120_000), perDay: 500 };
  const health = (below: Exact, target: Exact) => ({
    trigger: {
      when: "health",
      line: "maintenance",
      below,
      urgent: between(below, "0.4"),
      release: add(below, multiply(subtract(target, below), dec("0.2"))),
    } as const,
    target: { want: "health", at: target } as const,
  });
  return [
    {
      id: "loan",
      name: "repay before the loan is taken",
      scope: { holding: LOAN },
      ...health(choices.loanTrigger, choices.loanTarget),
      ladder: [{ use: "repay", asset: assetId(DEBT), most: wallet }],
      bounds,
      mode: "armed",
    },
    {
      id: "desk",
      name: "reduce before the position is taken",
      scope: { holding: DESK, account: accountKey("cross:USDT") },
      ...health(choices.deskTrigger, choices.deskTarget),
      ladder: [{ use: "reduce", instrument: "BTCUSDT", slippage: dec("0.01") }],
      bounds,
      mode: "armed",
    },
  ];
}

const between = (top: Exact, part: string): Exact => add(ONE, multiply(subtract(top, ONE), dec(part)));
