import { type Exact, type Result, type Why, divide, exact, fail, minOf, ok, why } from "@plimsoll/core/units";
import { type Hex, isAddressEqual, maxUint256 } from "viem";
import { type Account, afterPull, afterRepay, healthOf, readAccount, valueOf } from "./account.ts";
import { type Outcome, type Policy, type Quote, type Sale, scales } from "./policy.ts";
import { type Reader, readGuardian } from "./reader.ts";
import { type Deal, type Route, bestDeal } from "./routes.ts";

/** A call of the guardian, and what it does at the block that was read. */
export interface Rescue {
  readonly by: "execute" | "repayFromReserve";
  readonly debt: Hex;
  readonly repay: bigint;
  readonly sales: readonly Sale[];
  /** As the contract would answer. */
  readonly outcome: Outcome;
  /** What the owner is poorer by, at the venue's prices: sold less repaid and returned. US dollars, 8 decimals; below 0 is a gain. */
  readonly cost: Exact;
}

/** Routes from one token to another, as they stand at the block. */
export type RoutesBetween = (tokenIn: Hex, tokenOut: Hex) => Promise<readonly Route[]>;

/** Where a rescue is looked for: everything is read at the reader's block, and decided by whoever would execute. */
export interface Site {
  readonly reader: Reader;
  readonly guardian: Hex;
  readonly executor: Hex;
  readonly routesBetween: RoutesBetween;
}

const BPS = 10_000n;
/** Sold beyond what is needed by the prices read, so that a price that moves meanwhile still pays; what is not needed goes back. */
const marginBps = 20n;
/** Steps by which the amount is narrowed: to a four-thousandth of the largest. */
const steps = 12;

/**
 * The call that brings a policy's position into the middle of its band by one of its debts, or as far as caps, collateral and routes
 * allow. What the contract alone knows (caps, bounty, premium, bounds) is its own answer; what is sold and where health ends is worked
 * out here, to the wei where a lender is found.
 * @returns the contract's refusal; or that no route pays for a repayment that the contract takes.
 */
export async function proposeRescue(site: Site, policy: Policy, debt: Hex): Promise<Result<Rescue, Why>> {
  const account = await readAccount(site.reader, policy.provider, policy.owner);
  if (!account.ok) return account;
  const routes = await Promise.all(policy.collaterals.map(({ asset }) => site.routesBetween(asset, debt)));
  const at = { to: site.guardian, from: site.executor };
  const quoteFor = (repay: bigint) => readGuardian(site.reader, at, "quote", [policy, debt, repay]);
  const rescueOf = (quote: Quote) => rescueBy(policy, debt, account.value, routes, quote);
  const aim = (policy.health.targetLow + policy.health.targetHigh) / 2n;
  const isWithin = (found: Rescue | undefined) => found !== undefined && found.outcome.healthAfter <= aim;

  const most = await quoteFor(maxUint256);
  if (!most.ok) return most;
  const whole = rescueOf(most.value);
  if (whole !== undefined && isWithin(whole)) return ok(whole);
  let best: Rescue | undefined;
  let [enough, tooMuch] = [0n, most.value.repay];
  for (let step = 0; step < steps && tooMuch - enough > 1n; step++) {
    const middle = (enough + tooMuch) / 2n;
    const quoted = await quoteFor(middle);
    if (!quoted.ok) return quoted;
    const tried = rescueOf(quoted.value);
    if (isWithin(tried)) [best, enough] = [tried, middle];
    else tooMuch = middle;
  }
  if (best === undefined) return fail(noRoute);
  return best.outcome.healthAfter < policy.health.targetLow ? shortOfBand(site, policy, best) : ok(best);
}

const noRoute = why("guardian/no-route", {
  next: "configure another route: none of these brings enough within the cost bound",
});

/** A rescue that ends below the band: the contract takes it only where no more could be done, and routes that stop short are no such reason. */
async function shortOfBand(
  { reader, guardian, executor }: Site,
  policy: Policy,
  best: Rescue,
): Promise<Result<Rescue, Why>> {
  const call = [policy, best.debt, best.repay, best.sales] as const;
  const did = await readGuardian(reader, { to: guardian, from: executor }, "execute", call);
  if (did.ok) return ok(best);
  return fail(did.failure.facts["reason"] === "BelowBand" ? noRoute : did.failure);
}

/** The sales that pay for a quote; undefined where the routes do not. */
function rescueBy(
  policy: Policy,
  debt: Hex,
  account: Account,
  routes: readonly (readonly Route[])[],
  quote: Quote,
): Rescue | undefined {
  const sales = policy.collaterals.map((): Sale => ({ amount: 0n, route: debt, data: "0x" }));
  const used = policy.collaterals.map(() => 0n);
  let missing = quote.owed;
  const inOrder = quote.offers.map((offer, place) => ({ ...offer, place })).toSorted((a, b) => Number(a.rank - b.rank));
  for (const { place, withdrawable, maxSale } of inOrder) {
    if (missing <= 0n) break;
    const most = minOf(withdrawable, maxSale);
    const isDebt = isAddressEqual(policy.collaterals[place]!.asset, debt);
    const deal = isDebt ? ownAsset(missing, most) : bestDeal(routes[place] ?? [], missing, most);
    if (deal === undefined) continue;
    const sold = saleOf(deal, missing, most);
    sales[place] = sold.sale;
    used[place] = sold.used;
    missing -= sold.brings;
  }
  if (missing > 0n) return undefined;
  const after = accountAfter(account, policy, { debt, repay: quote.repay, sales });
  const healthAfter = healthOf(after) ?? maxUint256;
  const outcome: Outcome = {
    ...{ healthBefore: quote.health, healthAfter, repaid: quote.repay, premium: quote.premium, bounty: quote.bounty },
    ...{ returned: -missing, sold: used, source: quote.source },
  };
  return { by: "execute", debt, repay: quote.repay, sales, outcome, cost: costOf(account, policy, debt, outcome) };
}

/** The debt asset itself needs no route. */
const ownAsset = (missing: bigint, most: bigint): Omit<Deal, "route"> | undefined =>
  most > 0n ? { amountIn: minOf(missing, most), amountOut: minOf(missing, most) } : undefined;

interface Sold {
  readonly sale: Sale;
  /** Units that the route keeps; the others go to the owner's wallet. */
  readonly used: bigint;
  readonly brings: bigint;
}

function saleOf(deal: Deal | Omit<Deal, "route">, missing: bigint, most: bigint): Sold {
  const { amountIn, amountOut } = deal;
  if (!("route" in deal))
    return {
      sale: { amount: amountIn, route: "0x0000000000000000000000000000000000000000", data: "0x" },
      used: amountIn,
      brings: amountOut,
    };
  const { route } = deal;
  const isShort = amountOut < missing;
  const amount = isShort ? amountIn : minOf(amountIn + divide(amountIn * marginBps, BPS, "up"), most);
  const data = isShort ? "0x" : route.data(missing);
  const isAll = data === "0x";
  return {
    sale: { amount, route: route.address, data },
    used: isAll ? amount : amountIn,
    brings: isAll ? route.curve(amount) : missing,
  };
}

function accountAfter(
  account: Account,
  { collaterals }: Policy,
  { debt, repay, sales }: Pick<Rescue, "debt" | "repay" | "sales">,
): Account {
  const pulled = (asset: Hex): bigint =>
    sales[collaterals.findIndex((each) => isAddressEqual(each.asset, asset))]?.amount ?? 0n;
  return account.map((held) => {
    const amount = pulled(held.asset);
    const repaid = isAddressEqual(held.asset, debt) ? afterRepay(held, repay) : held;
    return amount === 0n ? repaid : afterPull(repaid, amount);
  });
}

/** Sold less repaid and returned, at the venue's prices; below 0 where the routes pay more than those. */
function costOf(account: Account, { collaterals }: Policy, debt: Hex, { sold, repaid, returned }: Outcome): Exact {
  const gone = collaterals.reduce((sum, { asset }, place) => sum + valueOf(account, asset, sold[place] ?? 0n), 0n);
  return exact(gone - valueOf(account, debt, repaid + returned), scales.value);
}
