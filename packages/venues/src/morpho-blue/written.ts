import type { BookEvent, Terms } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, dec, fail, ok, why } from "@plimsoll/core/units";
import { aboveZero, name, priceEvent, share, termsDocument, whole, writtenPrice } from "@plimsoll/venues/wire";
import * as z from "zod";
import { WAD, YEAR } from "./constants.ts";
import type { MarketHeld, MorphoBody, Purse } from "./holding.ts";
import { morphoBlueId, rulesV1 } from "./names.ts";
import { quoteOf } from "./price.ts";
import { unitsOf } from "./refused.ts";
import { toSharesUp } from "./shares.ts";
import type { MarketTerms, MorphoTerms, TokenTerms } from "./terms.ts";

/** "10 wstETH", or the same in two fields. */
const WrittenAmount = z.union(
  [z.string().regex(/^\d+(\.\d+)?\s+\S+$/), z.strictObject({ asset: name, amount: aboveZero() })],
  'write an amount above 0 and its token: "10 wstETH", or { asset: wstETH, amount: 10 }',
);
type Amount = z.infer<typeof WrittenAmount>;

const WrittenPosition = z.strictObject({
  /** One of the shipped markets, or a name of your own with `lltv` and `decimals`. */
  market: name,
  collateral: WrittenAmount,
  debt: WrittenAmount.optional(),
  /** What the oracle answers for one collateral token, in the loan token. */
  price: writtenPrice,
  /** Yearly, as a share: 0.052; left out, no interest is counted. */
  borrowRate: share.optional(),
  /** Of a market that is not shipped. */
  lltv: share.optional(),
  decimals: z.record(name, whole(0, 36)).optional(),
});
type WrittenPosition = z.infer<typeof WrittenPosition>;

/** How a person writes Morpho positions: whole tokens, one entry for each isolated market. */
export const Written = z.strictObject({
  venue: z.literal("morpho-blue"),
  name: name.optional(),
  positions: z.array(WrittenPosition).min(1),
  /** What could be repaid or supplied; left out, the wallet is unknown and limits no what-if. */
  wallet: z.array(WrittenAmount).optional(),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string) => fail(why("morpho-blue/written", { path, value, next }));

/** Events of a written account: its markets' terms, their prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: Terms<MorphoTerms>,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const markets: MarketTerms[] = [];
  const held: MarketHeld[] = [];
  for (const [index, position] of written.positions.entries()) {
    const path = `positions.${index}`;
    const terms = marketOf(position, shipped.body, path);
    if (!terms.ok) return terms;
    if (markets.some(({ market }) => market === position.market))
      return problem(`${path}.market`, position.market, "write each market once");
    const read = heldIn(position, terms.value, path, secondsOf(at));
    if (!read.ok) return read;
    markets.push(terms.value);
    held.push(read.value);
  }
  const purses = pursesOf(written, markets);
  if (!purses.ok) return purses;
  const { deployment } = shipped.body;
  const owner = written.name ?? id;
  const body: MorphoBody = {
    deployment,
    owner,
    payer: owner,
    block: 0n,
    timestamp: secondsOf(at),
    markets: held,
    purses: purses.value,
  };
  const terms = ownTerms(shipped, markets, id);
  const prices = written.positions.map(({ price }, index) =>
    priceEvent(quoteOf(shipped.body, markets[index]!), "oracle", price.price, price.at, at),
  );
  const market = `${deployment}/${id}`;
  const holding = { id, venue: morphoBlueId, rules: rulesV1, market, asOf: at, body };
  return ok([{ type: "terms", terms }, ...prices, { type: "holding", holding }]);
}

const secondsOf = (at: Ms): bigint => BigInt(Math.floor(at / 1000));

/** The document of one holding: owners use different markets, so each has its own. */
function ownTerms(shipped: Terms<MorphoTerms>, markets: readonly MarketTerms[], id: HoldingId): Terms<MorphoTerms> {
  const body = { ...shipped.body, markets };
  const validFrom = new Date(shipped.validFrom).toISOString().slice(0, 10);
  return { ...termsDocument({ ...shipped, market: `${body.deployment}/${id}`, validFrom, body }), body };
}

/** The shipped market of that name, or one made of the entry's own figures. */
function marketOf(position: WrittenPosition, shipped: MorphoTerms, path: string): Result<MarketTerms, Why> {
  const { market, lltv, decimals = {}, price, collateral } = position;
  const known = shipped.markets.find((each) => each.market === market);
  if (known !== undefined) return ok(known);
  const token = (asset: string): TokenTerms | undefined =>
    Object.hasOwn(decimals, asset) ? { asset, address: "unknown", decimals: decimals[asset]! } : undefined;
  const [asset, loan] = [assetOf(collateral), price.unit];
  const tokens = { loan: token(loan), collateral: token(asset) };
  if (lltv === undefined || tokens.loan === undefined || tokens.collateral === undefined)
    return problem(
      `${path}.market`,
      market,
      `write one of ${shipped.markets.map((each) => each.market).join(", ")}, or give it lltv and decimals of ${asset} and ${loan}`,
    );
  const share = dec(lltv);
  const line = share.scale <= 18 ? share.digits * 10n ** BigInt(18 - share.scale) : WAD;
  if (line === 0n || line >= WAD) return problem(`${path}.lltv`, lltv, "write a share above 0 and below 1: 0.86");
  return ok({
    market,
    id: "unknown",
    loan: tokens.loan,
    collateral: tokens.collateral,
    oracle: { name: `${asset}/${loan}`, address: "unknown" },
    irm: "unknown",
    lltv: line,
    fee: 0n,
  });
}

const partsOf = (written: Amount): readonly [amount: string, asset: string] => {
  if (typeof written !== "string") return [written.amount, written.asset];
  const [amount = "", asset = ""] = written.split(/\s+/);
  return [amount, asset];
};
const assetOf = (written: Amount): string => partsOf(written)[1];

/** Units of a token; another token, or more digits than it has, is a problem of that field. */
function amountOf(written: Amount, token: TokenTerms, path: string): Result<bigint, Why> {
  const [amount, asset] = partsOf(written);
  if (asset !== token.asset) return problem(path, asset, `this market takes ${token.asset} here`);
  const read = unitsOf(dec(amount), token);
  return read.ok ? read : problem(path, amount, read.failure.facts["next"] ?? "write another amount");
}

/** The position in a market whose only borrower is the owner: then his shares are worth exactly what he wrote. */
function heldIn(position: WrittenPosition, terms: MarketTerms, path: string, now: bigint): Result<MarketHeld, Why> {
  const collateral = amountOf(position.collateral, terms.collateral, `${path}.collateral`);
  if (!collateral.ok) return collateral;
  const debt = position.debt === undefined ? ok(0n) : amountOf(position.debt, terms.loan, `${path}.debt`);
  if (!debt.ok) return debt;
  if (position.price.unit !== terms.loan.asset)
    return problem(`${path}.price.unit`, position.price.unit, `the market's prices are in ${terms.loan.asset}`);
  const borrowShares = toSharesUp(debt.value, { assets: 0n, shares: 0n });
  const yearly = dec(position.borrowRate ?? "0");
  return ok({
    market: terms.market,
    totals: {
      supplyAssets: debt.value,
      supplyShares: borrowShares,
      borrowAssets: debt.value,
      borrowShares,
      lastUpdate: now,
      borrowRate: (yearly.digits * WAD) / (10n ** BigInt(yearly.scale) * YEAR),
    },
    supplyShares: 0n,
    borrowShares,
    collateral: collateral.value,
  });
}

/** The wallet by token; of a token that is not in its list there is nothing, without a list it is unknown. */
function pursesOf({ wallet }: Written, markets: readonly MarketTerms[]): Result<readonly Purse[], Why> {
  const tokens = new Map(
    markets.flatMap(({ loan, collateral }) => [loan, collateral]).map((each) => [each.asset, each]),
  );
  const balances = new Map<string, bigint>();
  for (const [index, written] of (wallet ?? []).entries()) {
    const asset = assetOf(written);
    const token = tokens.get(asset);
    if (token === undefined || balances.has(asset))
      return problem(`wallet.${index}`, asset, `write each of ${[...tokens.keys()].join(", ")} at most once`);
    const units = amountOf(written, token, `wallet.${index}`);
    if (!units.ok) return units;
    balances.set(asset, units.value);
  }
  return ok(
    [...tokens.keys()].map((asset) => ({
      asset,
      balance: wallet === undefined ? "unknown" : (balances.get(asset) ?? 0n),
      allowance: "unknown",
    })),
  );
}
