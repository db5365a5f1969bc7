import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  type Result,
  type Rounding,
  type Why,
  ZERO,
  add,
  fail,
  magnitude,
  multiply,
  negate,
  ok,
  quotient,
  subtract,
  why,
} from "@plimsoll/core/units";
import type { Body, ContractPosition, MarginPosition, Position } from "./holding.ts";
import { markOf } from "./quotes.ts";
import { type ContractTerms, type OkxTerms, type PairTerms, loanTierOf, tierOf } from "./terms.ts";

/** Quotients by a price do not end; kept this fine and rounded against the owner, far below any digit the venue prints. */
export const QUOTIENT_SCALE = 30;

/** `fixed + slope * x` in coins, where x is the mark or its inverse. */
export interface Linear {
  readonly fixed: Exact;
  readonly slope: Exact;
}

/** A position as the margin rules see it, in its settlement coin. */
export interface Exposure {
  readonly position: Position;
  readonly coin: string;
  readonly mark: Exact;
  /** x is mark ** power: inverse contracts and base-margined pairs are linear in the inverse price. */
  readonly power: 1 | -1;
  /** Profit; of an isolated position with its margin. */
  readonly have: Linear;
  /** What the rate is charged on: notional, or debt. */
  readonly charged: Linear;
  /** Maintenance with the fee to close inside. */
  readonly rate: Exact;
  /** Row of the tier table, counted from 1. */
  readonly tier: number;
}

/** The exposure of each position; fails on the first that lacks a mark, terms or a tier. */
export function exposuresOf(
  positions: readonly Position[],
  body: Body,
  scene: Scene<OkxTerms>,
): Result<readonly Exposure[], Why> {
  const found: Exposure[] = [];
  for (const position of positions) {
    const mark = markOf(position.instrument, scene);
    if (!mark.ok) return mark;
    const made =
      position.kind === "contract"
        ? contractExposure(position, mark.value, body, scene.terms.body)
        : marginExposure(position, mark.value, scene.terms.body);
    if (!made.ok) return made;
    found.push(made.value);
  }
  return ok(found);
}

/** Terms of a contract; one outside the document is unknown, never free of margin. */
export function contractOf(instrument: string, { contracts }: OkxTerms): Result<ContractTerms, Why> {
  const found = Object.hasOwn(contracts, instrument) ? contracts[instrument] : undefined;
  return found === undefined ? noTerms(instrument) : ok(found);
}
export function pairOf(instrument: string, { pairs }: OkxTerms): Result<PairTerms, Why> {
  const found = Object.hasOwn(pairs, instrument) ? pairs[instrument] : undefined;
  return found === undefined ? noTerms(instrument) : ok(found);
}
const noTerms = (instrument: string) =>
  fail(why("okx/no-terms", { instrument, next: "add its size, fee and position tiers to the terms" }));

/**
 * Linear: size (mark - entry) on size * mark. Inverse: N (1/entry - 1/mark) on N / mark.
 * @source README.md rules 1 to 4.
 */
function contractExposure(position: ContractPosition, mark: Exact, body: Body, terms: OkxTerms): Result<Exposure, Why> {
  const contract = contractOf(position.instrument, terms);
  if (!contract.ok) return contract;
  if (contract.value.settle !== position.coin) return otherCoin(position, contract.value.settle);
  const tier = tierOf(position.instrument, contract.value, add(magnitude(position.contracts), pending(position, body)));
  if (!tier.ok) return tier;
  const { type, size, takerFee } = contract.value;
  const amount = multiply(position.contracts, size);
  const { fixed, slope } =
    type === "linear"
      ? { fixed: negate(multiply(amount, position.entry)), slope: amount }
      : { fixed: quotient(amount, position.entry, QUOTIENT_SCALE, "floor"), slope: negate(amount) };
  const posted = position.margin.mode === "isolated" ? position.margin.balance : ZERO;
  return ok({
    position,
    coin: position.coin,
    mark,
    power: type === "linear" ? 1 : -1,
    have: { fixed: add(posted, fixed), slope },
    charged: { fixed: ZERO, slope: magnitude(slope) },
    rate: add(tier.value.mmr, takerFee),
    tier: tier.value.number,
  });
}

/** Contracts that open orders would add: they count toward the tier before they fill. */
const pending = ({ instrument, side }: ContractPosition, { orders }: Body): Exact =>
  orders
    .filter((order) => order.instrument === instrument && order.side === side)
    .reduce((sum, { opens }) => add(sum, opens), ZERO);

/**
 * Net assets, and a debt charged `mmr + (1 + mmr) taker`: maintenance, and the fee to buy debt and maintenance back.
 * @source OKX help, quick margin mode, 2024-04-08; README.md rule 5.
 */
function marginExposure(position: MarginPosition, mark: Exact, terms: OkxTerms): Result<Exposure, Why> {
  const { held, owed, coin, instrument } = position;
  const pair = pairOf(instrument, terms);
  if (!pair.ok) return pair;
  const { base, quote, takerFee } = pair.value;
  if (coin !== base && coin !== quote) return otherCoin(position, `${base} or ${quote}`);
  const tier = loanTierOf(instrument, pair.value, owed);
  if (!tier.ok) return tier;
  const [own, other] = coin === quote ? (["quote", "base"] as const) : (["base", "quote"] as const);
  return ok({
    position,
    coin,
    mark,
    power: coin === quote ? 1 : -1,
    have: { fixed: subtract(held[own], owed[own]), slope: subtract(held[other], owed[other]) },
    charged: { fixed: owed[own], slope: owed[other] },
    rate: add(tier.value.mmr, multiply(add(ONE, tier.value.mmr), takerFee)),
    tier: tier.value.number,
  });
}

const otherCoin = ({ instrument, coin }: Position, terms: string) =>
  fail(why("okx/other-coin", { instrument, holding: coin, terms, next: "read account and terms again" }));

/** A linear figure at the exposure's mark, in coins. */
const at = ({ mark, power }: Exposure, { fixed, slope }: Linear, rounding: Rounding): Exact =>
  add(fixed, power === 1 ? multiply(slope, mark) : quotient(slope, mark, QUOTIENT_SCALE, rounding));

export const haveOf = (exposure: Exposure): Exact => at(exposure, exposure.have, "floor");
export const chargedOf = (exposure: Exposure): Exact => at(exposure, exposure.charged, "ceil");
export const needOf = (exposure: Exposure): Exact => multiply(chargedOf(exposure), exposure.rate);

/** Initial margin: what is charged / leverage; absent while the leverage is not known. */
export function initialOf(exposure: Exposure): Exact | undefined {
  const { leverage } = exposure.position;
  return leverage === undefined ? undefined : quotient(chargedOf(exposure), leverage, QUOTIENT_SCALE, "ceil");
}
