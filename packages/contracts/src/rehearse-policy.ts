import { type Exact, divide, exact, minOf } from "@plimsoll/core/units";
import { type Hex, isAddressEqual } from "viem";
import { type Account, type Held, debtOf, healthOf } from "./account.ts";
import { type Policy, scales } from "./policy.ts";

/** How far prices go: what stays of each asset's price, by its address in lower case; others stay as they are. */
export type Falls = ReadonlyMap<Hex, Exact>;

/** What a policy could do for an account at such prices, in one period of its caps. */
export type Rehearsed =
  /** Health stays at or above the trigger. */
  | { readonly is: "not-needed"; readonly health: bigint }
  | { readonly is: "saves"; readonly health: bigint; readonly needed: Exact }
  /** The band needs more than caps and allowance leave: US dollars. */
  | { readonly is: "too-small"; readonly health: bigint; readonly needed: Exact; readonly has: Exact }
  /** Selling at the bound would lower health there: only the wallet's reserve helps. */
  | { readonly is: "selling-does-not-help"; readonly health: bigint };

const WAD = 10n ** 18n;
const BPS = 10_000n;
const RAY = 10n ** 27n;

const fallen = (account: Account, falls: Falls): Account =>
  account.map((held) => {
    const stays = falls.get(held.asset);
    return stays === undefined ? held : { ...held, price: (held.price * stays.digits) / 10n ** BigInt(stays.scale) };
  });

/**
 * Whether a policy can bring an account back into its band after prices have gone so far.
 * @param allowed value of the aTokens that the guardian may take, US dollars with 8 decimals.
 * @source the repayment that selling pays for: (h x debt - weighted) / (h - (1 + cost) x threshold), at the band's lower end
 */
export function rehearsePolicy(policy: Policy, account: Account, falls: Falls, allowed: Exact): Rehearsed {
  const then = fallen(account, falls);
  const health = healthOf(then);
  const { trigger, targetLow } = policy.health;
  if (health === undefined || health >= trigger) return { is: "not-needed", health: health ?? trigger };
  const sold = policy.collaterals.flatMap(({ asset }) => then.filter((held) => isAddressEqual(held.asset, asset)));
  const threshold = sold.reduce((least, held) => (held.threshold > 0n ? minOf(least, held.threshold) : least), BPS);
  const cost = policy.cost.ceiling + policy.cost.maxPremium;
  const gain = targetLow - divide((BPS + cost) * threshold * WAD, BPS * BPS, "up");
  if (gain <= 0n || health * BPS * BPS <= (BPS + cost) * threshold * WAD)
    return { is: "selling-does-not-help", health };
  const debt = then.reduce((sum, held) => sum + (debtOf(held) * held.price) / held.unit, 0n);
  const needed = divide((targetLow - health) * debt, gain, "up");
  const has = minOf(policy.caps.perPeriod, minOf(allowed.digits, supplied(sold)));
  const dollars = (digits: bigint) => exact(digits, scales.value);
  if (needed <= has) return { is: "saves", health, needed: dollars(needed) };
  return { is: "too-small", health, needed: dollars(needed), has: dollars(has) };
}

const supplied = (all: readonly Held[]): bigint =>
  all.reduce(
    (sum, { scaledSupply, supplyIndex, price, unit }) => sum + (((scaledSupply * supplyIndex) / RAY) * price) / unit,
    0n,
  );
