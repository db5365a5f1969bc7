import { type AccountKey, type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { MarketHeld, MorphoBody, Totals } from "./holding.ts";
import { accrue, borrowSide, supplySide } from "./interest.ts";
import { morphoAccount } from "./names.ts";
import { toAssetsDown, toAssetsUp } from "./shares.ts";
import type { MarketTerms, MorphoTerms } from "./terms.ts";

/** One market position at the holding's moment. Amounts in the tokens' smallest units. */
export interface Position {
  readonly held: MarketHeld;
  readonly terms: MarketTerms;
  /** With the interest up to the holding's moment. */
  readonly totals: Totals;
  readonly debt: bigint;
  readonly supplied: bigint;
  readonly collateral: bigint;
}

/** Interest is most of the work, and assessing, compiling and acting ask for the same market under the same terms. */
const read = new WeakMap<
  MarketHeld,
  { readonly at: bigint; readonly under: MarketTerms; readonly position: Position }
>();

/** The position of one account. @returns why not: no such account, terms of others, a rate model that does not answer. */
export function readPosition(body: MorphoBody, account: AccountKey, terms: MorphoTerms): Result<Position, Why> {
  const held = body.markets.find(({ market }) => morphoAccount(body.deployment, body.owner, market) === account);
  if (held === undefined)
    return fail(why("morpho-blue/no-such-account", { value: account, next: "name an account of this holding" }));
  return positionIn(body, held, terms);
}

/** The position in one market of the holding. */
export function positionIn(
  body: MorphoBody,
  held: MarketHeld,
  { deployment, markets }: MorphoTerms,
): Result<Position, Why> {
  const terms = markets.find(({ market }) => market === held.market);
  if (terms === undefined || deployment !== body.deployment)
    return fail(
      why("morpho-blue/other-terms", {
        value: `${body.deployment} ${held.market}`,
        terms: `${deployment}: ${markets.map(({ market }) => market).join(", ")}`,
        next: "read the terms together with the holding",
      }),
    );
  const before = read.get(held);
  if (before?.at === body.timestamp && before.under === terms) return ok(before.position);
  const { borrowRate } = held.totals;
  if (borrowRate === "unknown")
    return fail(
      why("morpho-blue/rate-unknown", {
        market: held.market,
        irm: terms.irm,
        next: "the market's rate model does not answer: nobody can act in this market until it does",
      }),
    );
  const totals = accrue({ ...held.totals, borrowRate }, terms.fee, body.timestamp);
  const position = {
    held,
    terms,
    totals,
    debt: toAssetsUp(held.borrowShares, borrowSide(totals)),
    supplied: toAssetsDown(held.supplyShares, supplySide(totals)),
    collateral: held.collateral,
  };
  read.set(held, { at: body.timestamp, under: terms, position });
  return ok(position);
}

/** The holding with one market replaced. */
export const withMarket = (body: MorphoBody, held: MarketHeld): MorphoBody => ({
  ...body,
  markets: body.markets.map((each) => (each.market === held.market ? held : each)),
});
