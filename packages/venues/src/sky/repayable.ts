import type { Market, Repayable, Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Figure,
  type Ms,
  type Result,
  assetId,
  exact,
  fail,
  known,
  minOf,
  multiply,
  none,
  ok,
  pow10,
  rescale,
  unknown,
  why,
} from "@plimsoll/core/units";
import { wholeDebt } from "./frob.ts";
import { RAY, WAD } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { type Position, positionOf } from "./position.ts";
import { pricesOf, spotOf } from "./prices.ts";
import type { SkyTerms } from "./terms.ts";
import { walletOf } from "./wallet.ts";

type Most = Pick<Repayable, "most" | "limit">;

/** The most that can be repaid of a vault now: from the wallet, and by flash mint against its own collateral. */
export function repayableSky(
  body: SkyBody,
  account: AccountKey,
  scene: Scene<SkyTerms>,
  market: Market,
): readonly Repayable[] {
  const opened = positionOf(body, account, scene.terms.body);
  if (!opened.ok || opened.value.debt === 0n) return [];
  const debt = assetId(scene.terms.body.stable);
  return [
    { debt, route: "wallet", ...fromWallet(body, opened.value, scene) },
    {
      debt,
      route: "own-supply",
      most: none(why("sky/nothing-supplied", { next: "use another route" })),
      limit: "a vault holds none of what it owes",
    },
    { debt, route: "sell-collateral", ...bySelling(opened.value, scene, market) },
  ];
}

/** The largest part, WAD, that leaves at least the least debt: paying it takes no normalised unit too many. */
export function mostLeavingDust({ vault, rate, terms }: Position): bigint {
  const least = (terms.dust + rate - 1n) / rate;
  const spare = vault.art - least;
  return spare <= 0n ? 0n : ((spare + 1n) * rate - 1n) / RAY;
}

/** All where it reaches; else the part that leaves the least debt; else nothing, with the reason. */
function payable(position: Position, funds: bigint, asOf: Ms, limit: string): Most {
  const whole = wholeDebt(position);
  if (funds >= whole) return { most: known(exact(whole, 18), asOf), limit: "the debt" };
  const part = mostLeavingDust(position);
  const most = minOf(funds, part);
  if (most > 0n)
    return { most: known(exact(most, 18), asOf), limit: most === part ? "the least debt that must stay" : limit };
  const reason = funds === 0n ? "sky/nothing-to-pay-with" : "sky/debt-too-small-for-a-part";
  return { most: none(why(reason, { next: "repay all of it at once" })), limit };
}

function fromWallet(body: SkyBody, position: Position, scene: Scene<SkyTerms>): Most {
  const funds = walletOf(body, scene.terms.body.stable);
  if (funds === "unknown")
    return {
      most: unknown(why("sky/wallet-not-read", { next: "read the wallet" })),
      limit: "the wallet, which was not read",
    };
  return payable(position, funds, scene.now, `${scene.terms.body.stable} in the wallet`);
}

/**
 * Flash mint, repay, take collateral out, sell it for what was minted: bounded by the mint, by what the market pays, and by the
 * vault being safe afterwards unless nothing is owed.
 */
function bySelling(position: Position, scene: Scene<SkyTerms>, market: Market): Most {
  const { flash } = scene.terms.body;
  const limit = `depth of the market for ${position.terms.asset}`;
  const proceeds = sellerOf(position, market);
  const all = proceeds(position.vault.ink);
  if (!all.ok) return { most: all.failure, limit };
  const prices = pricesOf(position.terms, scene);
  if (!prices.ok) return { most: unknown(prices.failure), limit };
  const lessToll = (paid: bigint) => (paid * WAD) / (WAD + flash.toll);
  const whole = wholeDebt(position);
  if (lessToll(all.value) >= whole && flash.most >= whole)
    return { most: known(exact(whole, 18), scene.now), limit: "the debt" };
  const spot = spotOf(prices.value.current, position.terms, scene.terms.body);
  const paidBy = (sold: bigint) => {
    const brings = proceeds(sold);
    return brings.ok ? minOf(lessToll(brings.value), flash.most) : 0n;
  };
  const { ink } = position.vault;
  const sells = largestWhere((sold) => position.debt - paidBy(sold) * RAY <= (ink - sold) * spot, ink);
  if (sells === undefined)
    return {
      most: none(why("sky/unsafe-afterwards", { next: "pay from the wallet" })),
      limit: "the vault must be safe afterwards",
    };
  return payable(position, paidBy(sells), scene.now, flash.most === paidBy(sells) ? "the largest flash mint" : limit);
}

/**
 * The largest amount up to `most` at which a condition holds, to a 64th of it by trying and from there by bisection: worse prices
 * for more make what holds one interval.
 */
function largestWhere(holds: (amount: bigint) => boolean, most: bigint): bigint | undefined {
  const part = (share: number) => (most * BigInt(share)) / 64n;
  const share = Array.from({ length: 65 }, (_, index) => 64 - index).find((each) => holds(part(each)));
  if (share === undefined || share === 64) return share === undefined ? undefined : most;
  let [low, high] = [part(share), part(share + 1)];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Stablecoin, WAD rounded down, that selling collateral brings; whole token units are sold. */
const sellerOf =
  ({ terms: { asset, decimals } }: Position, market: Market) =>
  (ink: bigint): Result<bigint, Figure<never>> => {
    const size = exact(ink / pow10(18 - decimals), decimals);
    const price = market.fill(asset, "sell", size);
    if (price.is === "known") return ok(rescale(multiply(size, price.value), 18, "floor").digits);
    return fail(price.is === "none" ? price : unknown(price.why));
  };
