import { type Result, type Why, fail, ok } from "@plimsoll/core/units";
import { withDirt } from "./bark.ts";
import { RAY, rdiv, rmul, rpow } from "./fixed-point.ts";
import type { Sale, SkyBody } from "./holding.ts";
import { refused } from "./refused.ts";
import type { AuctionTerms, PriceFall } from "./terms.ts";

/** Price of an auction after some seconds, RAY. @source makerdao/dss abaci.sol, the three calculators */
export function priceAfter(top: bigint, fall: PriceFall, seconds: bigint): bigint {
  switch (fall.kind) {
    case "linear":
      return seconds >= fall.tau ? 0n : rmul(top, ((fall.tau - seconds) * RAY) / fall.tau);
    case "stairstep":
      return rmul(top, rpow(fall.cut, seconds / fall.step));
    case "exponential":
      return rmul(top, rpow(fall.cut, seconds));
  }
}

/** Whether nothing can be bought before a reset: too long ago, or too far below the start. @source makerdao/dss clip.sol, status */
const needsReset = ({ top }: Sale, { tail, cusp, fall }: AuctionTerms, seconds: bigint): boolean =>
  seconds > tail || rdiv(priceAfter(top, fall, seconds), top) < cusp;

/** The last second at which an auction sells, hence at its lowest price; by bisection, since prices never rise. */
export function lastSecond(sale: Sale, terms: AuctionTerms): bigint {
  let [sells, over] = [0n, terms.tail + 1n];
  while (over - sells > 1n) {
    const middle = (sells + over) / 2n;
    if (needsReset(sale, terms, middle)) over = middle;
    else sells = middle;
  }
  return sells;
}

/** What a buyer of as much as possible pays and gets. */
export interface Taken {
  readonly after: SkyBody;
  /** RAY. */
  readonly price: bigint;
  /** WAD of collateral sold, and RAD paid for it. */
  readonly slice: bigint;
  readonly owe: bigint;
  /** WAD of collateral that the owner gets back, outside the vault. */
  readonly left: bigint;
  /** RAD of debt, without penalty, that nobody paid. */
  readonly badDebt: bigint;
}

/**
 * One buyer takes the whole auction some seconds after its start: all its collateral, or as much as pays its target.
 * @returns why not: it needs a reset then.
 * @source makerdao/dss clip.sol, take
 */
export function take(body: SkyBody, sale: Sale, terms: AuctionTerms, seconds: bigint): Result<Taken, Why> {
  if (seconds < 0n || needsReset(sale, terms, seconds))
    return fail(
      refused("Clipper/needs-reset", {
        seconds: `${seconds}`,
        next: `name a second from 0 to ${lastSecond(sale, terms)}`,
      }),
    );
  const price = priceAfter(sale.top, terms.fall, seconds);
  const whole = sale.lot * price;
  const paysAll = whole > sale.tab;
  const owe = paysAll ? sale.tab : whole;
  const slice = paysAll ? sale.tab / price : sale.lot;
  const left = sale.lot - slice;
  const due = sale.tab - sale.penalty;
  const ended = withDirt(
    {
      ...body,
      sales: body.sales.filter((each) => each !== sale),
      vaults: body.vaults.map((each) =>
        each.id === sale.vault && each.ilk === sale.ilk ? { ...each, gem: each.gem + left } : each,
      ),
    },
    sale.ilk,
    -sale.tab,
  );
  return ok({ after: ended, price, slice, owe, left, badDebt: owe < due ? due - owe : 0n });
}
