import { type Exact, type Ms, divide, exact, maxOf, minOf } from "@plimsoll/core/units";
import { type Hex, isAddressEqual } from "viem";
import { type Account, type Held, afterPull, afterRepay, debtOf, healthOf } from "./account.ts";
import { type Policy, scales } from "./policy.ts";

/** Prices at a moment, as shares of those that the account was read with, by address in lower case; others stay as they are. */
export interface Moment {
  readonly at: Ms;
  readonly stays: ReadonlyMap<Hex, Exact>;
}

/** What becomes of an account on a course of prices while somebody executes its policy at every moment. */
export type Rehearsed = {
  /** The worst health on the way, WAD. */
  readonly least: bigint;
  readonly calls: number;
  /** Repaid in all, US dollars. */
  readonly repaid: Exact;
} & (
  | { readonly is: "survives" }
  /** Health fell below 1. `for`: what stood in the way of more; `missing`: what another call would have had to repay. */
  | {
      readonly is: "dies";
      readonly at: Ms;
      readonly for: "caps" | "allowance" | "selling-lowers-health" | "too-fast";
      readonly missing: Exact;
    }
);

const WAD = 10n ** 18n;
const BPS = 10_000n;
const RAY = 10n ** 27n;

interface Run {
  account: Account;
  windowStart: bigint;
  spent: bigint;
  lastCall: bigint;
  /** Base currency that the guardian may still take. */
  allowed: bigint;
  least: bigint;
  calls: number;
  repaid: bigint;
  blocked: "caps" | "allowance" | "selling-lowers-health" | undefined;
}

const priced = (account: Account, read: Account, { stays }: Moment): Account =>
  account.map((held, place) => {
    const share = stays.get(held.asset);
    const { price } = read[place]!;
    return {
      ...held,
      price: share === undefined ? price : maxOf((price * share.digits) / 10n ** BigInt(share.scale), 1n),
    };
  });

/**
 * Whether caps and allowance of a policy are enough for an account on a course: at every moment below the trigger as much is repaid as
 * brings health to the band's lower end, sold for at the largest cost that the policy allows. Without interest, gas and depth.
 * @param allowed value of the aTokens that the guardian may take, US dollars with 8 decimals.
 */
export function rehearsePolicy(policy: Policy, read: Account, course: readonly Moment[], allowed: Exact): Rehearsed {
  const run: Run = {
    ...{ account: read, windowStart: 0n, spent: 0n, lastCall: 0n, allowed: allowed.digits },
    ...{ least: policy.health.targetHigh, calls: 0, repaid: 0n, blocked: undefined },
  };
  const dollars = (digits: bigint) => exact(digits, scales.value);
  const told = () => ({ least: run.least, calls: run.calls, repaid: dollars(run.repaid) });
  for (const moment of course) {
    run.account = priced(run.account, read, moment);
    const health = healthOf(run.account);
    if (health === undefined) break;
    run.least = minOf(run.least, health);
    if (health < WAD)
      return {
        ...told(),
        is: "dies",
        at: moment.at,
        for: run.blocked ?? "too-fast",
        missing: dollars(neededFor(policy, run, health)),
      };
    if (health < policy.health.trigger) call(policy, run, health, BigInt(moment.at) / 1_000n);
  }
  return { ...told(), is: "survives" };
}

const costOf = ({ cost }: Policy): bigint => cost.ceiling + cost.maxPremium;
const soldOf = ({ collaterals }: Policy, { account }: Run): readonly Held[] =>
  collaterals.flatMap(({ asset }) =>
    account.filter((held) => isAddressEqual(held.asset, asset) && held.threshold > 0n),
  );

/** Health at and below which selling at the largest cost lowers it, WAD. */
const limitOf = (policy: Policy, run: Run): bigint => {
  const threshold = soldOf(policy, run).reduce((most, held) => maxOf(most, held.threshold), 0n);
  return (threshold * (BPS + costOf(policy)) * WAD) / (BPS * BPS);
};

/** @source the repayment that selling pays for: (h x debt - weighted) / (h - (1 + cost) x threshold) */
function neededFor(policy: Policy, run: Run, health: bigint): bigint {
  const debt = run.account.reduce((sum, held) => sum + (debtOf(held) * held.price) / held.unit, 0n);
  const gain = policy.health.targetLow - limitOf(policy, run);
  return gain <= 0n ? debt : minOf(debt, divide((policy.health.targetLow - health) * debt, gain, "up"));
}

function call(policy: Policy, run: Run, health: bigint, now: bigint): void {
  const { caps, terms } = policy;
  if (now >= run.windowStart + caps.period) [run.windowStart, run.spent] = [now, 0n];
  if (health > policy.health.urgent && run.lastCall !== 0n && now < run.lastCall + terms.cooldown) return;
  if (health <= limitOf(policy, run)) return void (run.blocked = "selling-lowers-health");
  const byAllowance = (run.allowed * BPS) / (BPS + costOf(policy));
  const byCaps = minOf(caps.perCall, caps.perPeriod - run.spent);
  const repay = minOf(neededFor(policy, run, health), minOf(byCaps, byAllowance));
  run.blocked = repay === byCaps ? "caps" : repay === byAllowance ? "allowance" : undefined;
  if (repay <= 0n) return;
  const sold = divide(repay * (BPS + costOf(policy)), BPS, "up");
  run.account = moved(policy, run, repay, sold);
  [run.spent, run.repaid, run.allowed] = [run.spent + repay, run.repaid + repay, run.allowed - sold];
  [run.calls, run.lastCall] = [run.calls + 1, now];
}

/** The debts of the policy in its order are paid, its collaterals in theirs are sold, each as far as it goes. */
function moved(policy: Policy, { account }: Run, repay: bigint, sold: bigint): Account {
  let after = account;
  const spread = (
    assets: Policy["debts"],
    value: bigint,
    has: (held: Held) => bigint,
    take: (held: Held, units: bigint) => Held,
  ) => {
    let left = value;
    for (const { asset } of assets)
      after = after.map((held) => {
        if (!isAddressEqual(held.asset, asset)) return held;
        const units = minOf(has(held), (left * held.unit) / held.price);
        left -= (units * held.price) / held.unit;
        return take(held, units);
      });
  };
  spread(policy.debts, repay, debtOf, afterRepay);
  spread(policy.collaterals, sold, ({ scaledSupply, supplyIndex }) => (scaledSupply * supplyIndex) / RAY, afterPull);
  return after;
}
