import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  absolute,
  divide,
  exact,
  fail,
  ok,
  pow10,
  why,
} from "@plimsoll/core/units";
import { subaccountOf } from "./assess.ts";
import type { Body } from "./holding.ts";
import { QUOTE_SCALE } from "./quantums.ts";
import { riskOf } from "./risk.ts";
import { type DydxTerms, MILLION } from "./terms.ts";

const PRICE_SCALE = 8;

/**
 * The oracle price of a market at which its subaccount meets the maintenance line, all other markets standing still; 8 decimals,
 * cut against the owner. Integer rounding of the protocol moves the verdict by less than three quote quantums around it.
 * @returns "none" where no price above 0 liquidates; a failure when the position, a price or a market is missing.
 * @source venues-perps formula (e - s p) / (|s| MMF - s), README.md rule 6.
 */
export function liquidationPrice(
  body: Body,
  key: AccountKey,
  ticker: string,
  scene: Scene<DydxTerms>,
): Result<Exact | "none", Why> {
  const subaccount = subaccountOf(body, key);
  const risk = subaccount === undefined ? undefined : riskOf(subaccount, body, scene);
  if (risk?.ok === false) return risk;
  const own = risk?.value.priced.find(({ position }) => position.ticker === ticker);
  if (risk === undefined || own === undefined)
    return fail(why("dydx-v4/no-position", { account: key, market: ticker, next: "read the subaccount again" }));
  const { netCollateral, maintenance } = risk.value;
  const { size } = own.position;
  const { initialMarginPpm, maintenanceFractionPpm, atomicResolution } = own.terms;
  const rest = netCollateral - own.notional - (maintenance - own.maintenance);
  // rest = (|size| * rate - size) * price, in quote quantums; rate counts millionths of millionths
  const rise = absolute(size) * initialMarginPpm * maintenanceFractionPpm - size * MILLION * MILLION;
  const over = rest * MILLION * MILLION * (rise < 0n ? -1n : 1n);
  if (over <= 0n || rise === 0n) return ok("none");
  const power = PRICE_SCALE - atomicResolution - QUOTE_SCALE;
  const [top, bottom] = power >= 0 ? [over * pow10(power), absolute(rise)] : [over, absolute(rise) * pow10(-power)];
  return ok(exact(divide(top, bottom, size > 0n ? "ceil" : "floor"), PRICE_SCALE));
}
