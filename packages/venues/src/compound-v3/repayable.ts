import type { Market, Repayable, Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Figure,
  type Ms,
  type Why,
  assetId,
  exact,
  known,
  minOf,
  ms,
  none,
  unknown,
  why,
} from "@plimsoll/core/units";
import { owedOf } from "./base-balance.ts";
import type { CometBody } from "./holding.ts";
import { accrue } from "./indices.ts";
import { highestPoint, largestWhere } from "./largest-where.ts";
import { valueOf } from "./prices.ts";
import { type Sale, leftAfter, saleOf } from "./sale.ts";
import { type Solvency, readSolvency, weighted } from "./solvency.ts";
import type { CometTerms } from "./terms.ts";

type Answer = Pick<Repayable, "most" | "limit">;

/** For the one debt of the account and each route, the largest amount that can be repaid now. Empty where nothing is owed. */
export function repayableComet(stored: CometBody, scene: Scene<CometTerms>, market: Market): readonly Repayable[] {
  const { base, paused } = scene.terms.body;
  const body = accrue(stored, scene.terms.body);
  const owed = owedOf(body);
  if (owed === 0n) return [];
  const known = knownAt(ms(Number(body.timestamp) * 1000), base.decimals);
  const debt = assetId(base.asset);
  const stopped = paused.supply
    ? shut("supply is paused", why("compound-v3/paused", { value: "supply", next: "repaying is supplying: wait" }))
    : undefined;
  return [
    { debt, route: "wallet", ...(stopped ?? fromWallet(body, owed, known)) },
    { debt, route: "own-supply", ...ownSupply },
    { debt, route: "sell-collateral", ...(stopped ?? bySelling(body, scene, market, owed, known)) },
  ];
}

const shut = (limit: string, reason: Why): Answer => ({ limit, most: none(reason) });
const ownSupply = shut(
  "an account that owes supplies no base",
  why("compound-v3/no-own-supply", { next: "pay from the wallet or by selling collateral" }),
);

type Known = (amount: bigint) => Figure<Exact>;
const knownAt =
  (asOf: Ms, decimals: number): Known =>
  (amount) =>
    known(exact(amount, decimals), asOf);

function fromWallet({ funds: { wallet, allowance } }: CometBody, owed: bigint, known: Known): Answer {
  if (wallet === "unknown" || allowance === "unknown") {
    const limit = wallet === "unknown" ? "the payer's wallet, not read" : "the payer's allowance, not read";
    return { limit, most: unknown(why("compound-v3/funds-not-read", { next: "read the account from its chain" })) };
  }
  const most = minOf(owed, minOf(wallet, allowance));
  const limit = most === owed ? "the debt" : most === wallet ? "the payer's wallet" : "the payer's allowance";
  return { limit, most: known(most) };
}

/**
 * Repaid with a flash loan from elsewhere, which collateral then pays back: withdrawn in the owner's name and sold. Limited by what the
 * borrow line lets out for the rest of the debt, and by the depth of the market; the price of the flash loan is not counted.
 */
function bySelling(body: CometBody, scene: Scene<CometTerms>, market: Market, owed: bigint, known: Known): Answer {
  const { paused } = scene.terms.body;
  if (paused.withdraw)
    return shut("withdraw is paused", why("compound-v3/paused", { value: "withdraw", next: "pay from the wallet" }));
  if (body.manager === false)
    return shut(
      "the owner's permission",
      why("compound-v3/no-manager", { next: "allow the executor as manager first" }),
    );
  const read = readSolvency(body, scene);
  if (!read.ok) return { limit: "a price that is missing", most: unknown(read.failure) };
  const sales = read.value.collateral
    .toSorted((a, b) => Number(a.terms.borrowFactor - b.terms.borrowFactor))
    .map((each) => saleOf(each, scene.terms.body, market));
  const most = mostSold(sales, read.value, owed);
  if (most < owed && sales.some(({ isKnown }) => !isKnown))
    return { limit: "depth of the market, not known", most: unknown(why("compound-v3/depth-not-known")) };
  if (body.manager === "unknown")
    return { limit: "the owner's permission, not read", most: unknown(why("compound-v3/manager-not-read")) };
  if (most === 0n)
    return shut(
      "collateral that may leave and its market",
      why("compound-v3/nothing-to-sell", { next: "pay from the wallet: no sale pays for what it must leave covered" }),
    );
  return { limit: most === owed ? "the debt" : "depth of the market and the borrow line", most: known(most) };
}

/** The largest debt that sales pay for and whose rest the collateral left behind still lends against; 0 where none is. */
function mostSold(sales: readonly Sale[], { base }: Solvency, owed: bigint): bigint {
  if (base === undefined) return 0n;
  const top = minOf(
    owed,
    sales.reduce((sum, { most, proceeds }) => sum + proceeds(most), 0n),
  );
  if (top === owed) return owed;
  const room = (repaid: bigint) =>
    weighted(leftAfter(sales, repaid), ({ borrowFactor }) => borrowFactor) - valueOf(owed - repaid, base);
  const best = highestPoint(top, room);
  if (room(best) < 0n) return 0n;
  return best + largestWhere(top - best, (more) => room(best + more) >= 0n);
}
