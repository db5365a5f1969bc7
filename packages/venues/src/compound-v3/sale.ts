import type { Market } from "@plimsoll/core/margin";
import { type Figure, exact, minOf, multiply, rescale } from "@plimsoll/core/units";
import { largestWhere } from "./largest-where.ts";
import type { PricedCollateral } from "./prices.ts";
import type { CometTerms } from "./terms.ts";

/** What can be sold of one collateral for the base asset. */
export interface Sale {
  readonly of: PricedCollateral;
  /** Smallest units: the balance, or what the market takes of it. */
  readonly most: bigint;
  /** Whether the market's depth was known for the whole balance. */
  readonly isKnown: boolean;
  /** Base units for an amount up to `most`, down. */
  readonly proceeds: (amount: bigint) => bigint;
}

/** The sale of one collateral in `<asset>/<base>`, whose price is base per whole token. */
export function saleOf(of: PricedCollateral, { base }: CometTerms, { fill }: Market): Sale {
  const { asset, decimals } = of.terms;
  const filled = (amount: bigint) => fill(`${asset}/${base.asset}`, "sell", exact(amount, decimals));
  const isFilled = (amount: bigint) => amount === 0n || filled(amount).is === "known";
  const whole = filled(of.held.balance).is;
  return {
    of,
    most: largestWhere(of.held.balance, isFilled),
    isKnown: whole === "known" || whole === "none",
    proceeds: (amount) => (amount === 0n ? 0n : proceedsOf(filled(amount), amount)),
  };

  function proceedsOf(price: Figure<ReturnType<typeof exact>>, amount: bigint): bigint {
    if (price.is !== "known") return 0n;
    return rescale(multiply(exact(amount, decimals), price.value), base.decimals, "down").digits;
  }
}

/** What is left of the collateral after as little as possible was sold for `due` base units, one asset after the other. */
export function leftAfter(sales: readonly Sale[], due: bigint): readonly PricedCollateral[] {
  let open = due;
  return sales.map(({ of, most, proceeds }) => {
    const whole = proceeds(most);
    const sold = whole <= open ? most : open === 0n ? 0n : largestWhere(most, (amount) => proceeds(amount) < open) + 1n;
    open -= minOf(open, whole);
    return { ...of, held: { ...of.held, balance: of.held.balance - sold } };
  });
}
