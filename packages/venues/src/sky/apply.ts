import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Result,
  type Why,
  fail,
  ms,
  ok,
  pow10,
  rescale,
  text,
  why,
} from "@plimsoll/core/units";
import { advanceSky } from "./advance.ts";
import { take } from "./auction.ts";
import { bark } from "./bark.ts";
import { frob, paymentOf } from "./frob.ts";
import type { SkyBody } from "./holding.ts";
import { skyAccount } from "./names.ts";
import { type Position, keyOf, positionOf } from "./position.ts";
import { pricesOf, spotOf } from "./prices.ts";
import type { SkyTerms } from "./terms.ts";
import type { SkyLiquidation, SkyVenueEffect } from "./venue-effect.ts";
import { payFrom } from "./wallet.ts";

/** Decimals of the stablecoin. */
const STABLE_DECIMALS = 18;

/** The holding after an effect at its own timestamp, as the core would store it; or the refusal. */
export function applySky(body: SkyBody, effect: Action | SkyVenueEffect, scene: Scene<SkyTerms>): Result<SkyBody, Why> {
  if ("was" in effect) {
    if (effect.was === "interest") return ok(advanceSky(body, ms(Number(effect.body.until) * 1000)));
    return liquidation(body, effect.body, scene);
  }
  switch (effect.do) {
    case "supply":
    case "withdraw":
    case "repay": {
      if (effect.from !== undefined)
        return fail(
          why("sky/own-supply-cannot-repay", {
            asset: effect.asset,
            next: "repay from the wallet: a vault is supplied with its collateral alone",
          }),
        );
      const position = namedVault(body, effect, scene.terms.body);
      if (!position.ok) return position;
      return moves[effect.do](body, position.value, effect.amount, scene);
    }
    case "order":
    case "stop":
    case "cancel":
    case "move-margin":
      return fail(why("sky/no-such-action", { value: effect.do, next: "use supply, repay or withdraw" }));
  }
}

type Funds = Extract<Action, { do: "supply" | "repay" | "withdraw" }>;

/** The vault that an action means: the one it names, or the only one that takes its asset. */
function namedVault(body: SkyBody, { do: action, asset, account }: Funds, terms: SkyTerms): Result<Position, Why> {
  const takes = ({ terms: ilk }: Position) => asset === (action === "repay" ? terms.stable : ilk.asset);
  if (account !== undefined) {
    const position = positionOf(body, account, terms);
    if (!position.ok || takes(position.value)) return position;
    return fail(why("sky/another-asset", { asset, vault: account, next: `use ${position.value.terms.asset}` }));
  }
  const fits = body.vaults
    .map((vault) => positionOf(body, keyOf(vault), terms))
    .flatMap((position) => (position.ok && takes(position.value) ? [position.value] : []));
  const [only] = fits;
  if (only !== undefined && fits.length === 1) return ok(only);
  const next =
    fits.length === 0 ? "name an asset of a vault" : `name one of ${fits.map((fit) => keyOf(fit.vault)).join(", ")}`;
  return fail(why(fits.length === 0 ? "sky/unknown-asset" : "sky/several-vaults", { asset, next }));
}

type Move = (body: SkyBody, position: Position, amount: Exact | "all", scene: Scene<SkyTerms>) => Result<SkyBody, Why>;

const moves: Readonly<Record<Funds["do"], Move>> = {
  supply: (body, position, amount) => {
    if (amount === "all") return fail(why("sky/supply-needs-an-amount", { next: "write how much to supply" }));
    const { asset, decimals } = position.terms;
    const units = unitsOf(amount, asset, decimals);
    if (!units.ok) return units;
    const paid = payFrom(body, asset, units.value, decimals);
    return paid.ok ? frob(paid.value, position, { dink: units.value * pow10(18 - decimals), dart: 0n }, 0n) : paid;
  },
  repay: (body, position, amount, { terms }) => {
    const { stable } = terms.body;
    const units = amount === "all" ? ok(amount) : unitsOf(amount, stable, STABLE_DECIMALS);
    if (!units.ok) return units;
    const { dart, cost } = paymentOf(position, units.value);
    if (dart === 0n)
      return fail(why("sky/nothing-to-repay", { vault: position.vault.id, next: "name a vault with a debt, or more" }));
    const paid = payFrom(body, stable, cost, STABLE_DECIMALS);
    return paid.ok ? frob(paid.value, position, { dink: 0n, dart: -dart }, 0n) : paid;
  },
  withdraw: (body, position, amount, scene) => {
    const { asset, decimals } = position.terms;
    const step = pow10(18 - decimals);
    const units = amount === "all" ? ok(position.vault.ink / step) : unitsOf(amount, asset, decimals);
    if (!units.ok) return units;
    if (units.value * step > position.vault.ink)
      return fail(why("sky/more-than-there-is", { asset, next: "withdraw at most what the vault holds" }));
    const prices = pricesOf(position.terms, scene);
    if (!prices.ok) return prices;
    const spot = spotOf(prices.value.current, position.terms, scene.terms.body);
    const left = frob(body, position, { dink: -units.value * step, dart: 0n }, spot);
    return left.ok ? payFrom(left.value, asset, -units.value, decimals) : left;
  },
};

/** A whole number of smallest units above 0; digits that the token does not have are refused, not cut. */
export function unitsOf(amount: Exact, asset: string, decimals: number): Result<bigint, Why> {
  const { digits } = rescale(amount, decimals, "down");
  const lost = amount.scale > decimals && digits * pow10(amount.scale - decimals) !== amount.digits;
  if (digits > 0n && !lost) return ok(digits);
  const next = lost ? `${asset} has ${decimals} decimals` : "write an amount above 0";
  return fail(why("sky/invalid-amount", { value: text(amount), next }));
}

function liquidation(body: SkyBody, done: SkyLiquidation, scene: Scene<SkyTerms>): Result<SkyBody, Why> {
  const account: AccountKey = skyAccount(done.ilk, done.vault);
  const position = positionOf(body, account, scene.terms.body);
  if (!position.ok) return position;
  if (done.step === "take") {
    const sale = body.sales.find(({ vault, ilk }) => vault === done.vault && ilk === done.ilk);
    if (sale === undefined) return fail(why("sky/no-auction", { account, next: "read the auctions again" }));
    const taken = take(body, sale, position.value.terms.auction, done.seconds);
    return taken.ok ? ok(taken.value.after) : taken;
  }
  const prices = pricesOf(position.value.terms, scene);
  const barked = prices.ok ? bark(body, position.value, prices.value, scene.terms.body) : prices;
  return barked.ok ? ok(barked.value.after) : barked;
}
