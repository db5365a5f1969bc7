import { type Exact, type Rounding, add, magnitude, multiply, negate, quotient, subtract } from "@plimsoll/core/units";

/** What a contract is worth: with a size in USD it is inverse, counted in contracts; without one linear, counted in coins. */
export interface Contract {
  readonly contractSize?: Exact;
}

/** Quotients by a price do not end; kept this fine and rounded against the owner, far below any digit the venue prints. */
export const QUOTIENT_SCALE = 30;

/** The power of the price that an amount in the margin asset is linear in: the price, or its inverse. */
export const powerOf = ({ contractSize }: Contract): 1 | -1 => (contractSize === undefined ? 1 : -1);

/** How much of x = price ** power a size is: coins of a linear contract, USD of an inverse one. Keeps the sign. */
export const quantityOf = (size: Exact, { contractSize }: Contract): Exact =>
  contractSize === undefined ? size : multiply(size, contractSize);

/** What a size is worth at a price, in the margin asset: size * price, or contracts * USD a contract / price. */
export const valueAt = (size: Exact, price: Exact, contract: Contract, rounding: Rounding): Exact => {
  const quantity = quantityOf(size, contract);
  return contract.contractSize === undefined
    ? multiply(quantity, price)
    : quotient(quantity, price, QUOTIENT_SCALE, rounding);
};

/** Profit of a size between two prices, its sign that of the position: S (to - from), or N (1 / from - 1 / to), rounded down. */
export const profitBetween = (size: Exact, from: Exact, to: Exact, contract: Contract): Exact =>
  contract.contractSize === undefined
    ? multiply(size, subtract(to, from))
    : subtract(valueAt(size, from, contract, "floor"), valueAt(size, to, contract, "ceil"));

/** Profit as `fixed + slope * x`, in the margin asset, where x is the mark or its inverse. */
export const profitLine = (
  size: Exact,
  entry: Exact,
  contract: Contract,
): { readonly fixed: Exact; readonly slope: Exact } =>
  contract.contractSize === undefined
    ? { fixed: negate(multiply(size, entry)), slope: size }
    : { fixed: valueAt(size, entry, contract, "floor"), slope: negate(quantityOf(size, contract)) };

/** Average entries do not end as decimals; kept this fine and rounded against the owner. */
const ENTRY_SCALE = 18;

/** The entry of a position grown by a trade: the average price, of inverse contracts the average of what a USD bought. */
export function averageEntry(
  before: { readonly size: Exact; readonly entry: Exact },
  change: Exact,
  price: Exact,
  contract: Contract,
): Exact {
  const size = add(before.size, change);
  const rounding = size.digits < 0n ? "floor" : "ceil";
  const paid = (rounded: Rounding) =>
    add(valueAt(before.size, before.entry, contract, rounded), valueAt(change, price, contract, rounded));
  if (contract.contractSize === undefined) return quotient(paid(rounding), size, ENTRY_SCALE, rounding);
  return quotient(magnitude(quantityOf(size, contract)), magnitude(paid("floor")), ENTRY_SCALE, rounding);
}
