import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  brief,
  divide,
  exact,
  fail,
  minOf,
  ok,
  why,
} from "@plimsoll/core/units";
import { type Policy, scales } from "./policy.ts";

const BPS = 10_000n;
const YEAR = 31_536_000n;

/** What an owner stands to lose by a policy while every executor takes all that its bounds leave, US dollars with 8 decimals, up. */
export interface WorstCase {
  /** Of one call: cost bound and loan premium on the largest repayment, and the largest bounty. */
  readonly perCall: Exact;
  /** Of one period, however many calls it has. */
  readonly perPeriod: Exact;
  /** Periods that begin until the policy expires, in a year at most. */
  readonly periods: bigint;
  readonly perYear: Exact;
  /** What a mistake in the contract itself could take: everything that is allowed. */
  readonly ifBroken: Exact;
}

/** Cost of selling `repaid` and what a bounty adds, at the bounds: bounty and premium are paid by selling too. */
function costOf({ cost }: Policy, repaid: bigint, bounty: bigint): bigint {
  const owed = divide(repaid * (BPS + cost.maxPremium), BPS, "up") + bounty;
  return divide(owed * (BPS + cost.ceiling), BPS, "up") - repaid;
}

/** @param allowed value of all that the guardian may take, US dollars with 8 decimals. */
export function worstCase(policy: Policy, allowed: Exact, now: Ms): WorstCase {
  const { bounty, caps, terms } = policy;
  const perCall = costOf(policy, caps.perCall, minOf(bounty.perCall, bounty.perPeriod));
  const perPeriod = costOf(policy, caps.perPeriod, bounty.perPeriod);
  const seconds = minOf(terms.expiry - BigInt(now) / 1_000n, YEAR);
  const periods = divide(seconds, caps.period, "up");
  const most = allowed.digits;
  const dollars = (digits: bigint) => exact(minOf(digits, most), scales.value);
  return {
    perCall: dollars(perCall),
    perPeriod: dollars(perPeriod),
    periods,
    perYear: dollars(perPeriod * periods),
    ifBroken: allowed,
  };
}

const usd = (value: Exact) => `${brief(value, 2)} USD`;

/** The same as a person should read it before allowing anything. */
export const worstCaseText = ({ perCall, perPeriod, periods, perYear, ifBroken }: WorstCase): readonly string[] => [
  `One call may cost you ${usd(perCall)} at most: assume that whoever executes takes all of it, every time.`,
  `One period may cost you ${usd(perPeriod)} however many calls it has; ${periods} periods can begin in a year: ${usd(perYear)} a year at worst.`,
  `No more than what you allow can leave: with a mistake in the contract, which nobody has audited, that is all of it, ${usd(ifBroken)}.`,
];

/** Above this an allowance is granted only to whoever has typed that the contract is unaudited. */
export const unacknowledgedMost: Exact = exact(10_000n);

/** What has to be typed for an allowance of so many US dollars. */
export const acknowledgement = (allowed: Exact): string => `unaudited, ${brief(allowed, 0)} USD at risk`;

/** Refuses an allowance above the limit without the typed words. */
export function checkAcknowledged(allowed: Exact, typed: string | undefined): Result<void, Why> {
  const limit = unacknowledgedMost.digits * 10n ** BigInt(allowed.scale);
  const wanted = acknowledgement(allowed);
  if (allowed.digits <= limit || typed === wanted) return ok(undefined);
  return fail(
    why("guardian/not-acknowledged", {
      allowed: usd(allowed),
      limit: usd(unacknowledgedMost),
      next: `allow less, or type --acknowledge "${wanted}"`,
    }),
  );
}
