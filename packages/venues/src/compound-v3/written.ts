import type { BookEvent, Terms } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, dec, fail, ok, why } from "@plimsoll/core/units";
import { amount, name, priceEvent, writtenPrice } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Token, unitsOf } from "./asset-access.ts";
import { INDEX_SCALE } from "./comet-math.ts";
import type { CollateralHeld, CometBody, Funds, Totals } from "./holding.ts";
import { compoundV3Id, oracleQuote, rulesWhole } from "./names.ts";
import { WrittenOverrides, overrideTerms } from "./overrides.ts";
import type { CometTerms } from "./terms.ts";

const WrittenAmount = z
  .string()
  .regex(/^\d+(\.\d+)?\s+\S+$/, 'write an amount above 0 and its asset, for example "10 WETH"');

/** How a person writes a Compound v3 account: whole tokens, one market, prices with their unit. */
export const Written = z.strictObject({
  venue: z.literal("compound-v3"),
  name: name.optional(),
  market: name.default("ethereum-usdc"),
  collateral: z.array(WrittenAmount).default([]),
  /** Of the base asset: a debt, or what is lent out; an account has one of them. */
  debt: WrittenAmount.optional(),
  supply: WrittenAmount.optional(),
  /** What could be repaid or supplied; left out, the wallet is unknown and limits no what-if. */
  wallet: z.array(WrittenAmount).optional(),
  /** Everybody's base in the market, the own part included; left out, interest is not known. */
  totals: z.strictObject({ supplied: amount, borrowed: amount, cash: amount }).optional(),
  prices: z.record(name, writtenPrice).default({}),
  /** Factors of assets that have changed since the shipped terms. */
  parameters: WrittenOverrides.default({}),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string) => fail(why("compound-v3/written", { path, value, next }));

/** Events of a written account: the terms it is judged by, its prices, the holding. `shipped` are the markets that can be named. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: readonly Terms<CometTerms>[],
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const document = shipped.find(({ market }) => market === written.market);
  if (document === undefined)
    return problem("market", written.market, `write one of ${shipped.map(({ market }) => market).join(", ")}`);
  const terms = overrideTerms(document, written.parameters, id);
  if (!terms.ok) return terms;
  const body = bodyOf(written, terms.value.body, id, at);
  if (!body.ok) return body;
  const prices = pricesOf(written, terms.value.body, body.value, at);
  if (!prices.ok) return prices;
  const { market } = body.value;
  const holding = { id, venue: compoundV3Id, rules: rulesWhole, market, asOf: at, body: body.value };
  return ok([{ type: "terms", terms: terms.value }, ...prices.value, { type: "holding", holding }]);
}

function bodyOf(written: Written, terms: CometTerms, id: HoldingId, at: Ms): Result<CometBody, Why> {
  const principal = principalOf(written, terms);
  if (!principal.ok) return principal;
  const held = readAmounts(written.collateral, "collateral", terms.assets);
  if (!held.ok) return held;
  const wallet = readAmounts(written.wallet ?? [], "wallet", [terms.base, ...terms.assets]);
  if (!wallet.ok) return wallet;
  const totals = totalsOf(written, principal.value, terms, at);
  if (!totals.ok) return totals;
  const funds = (asset: string): Funds => ({
    wallet: wallet.value.get(asset) ?? (written.wallet === undefined ? "unknown" : 0n),
    allowance: "unknown",
  });
  const user = written.name ?? id;
  return ok({
    market: terms.market,
    user,
    payer: user,
    block: 0n,
    timestamp: BigInt(Math.floor(at / 1000)),
    principal: principal.value,
    totals: totals.value,
    funds: funds(terms.base.asset),
    manager: "unknown",
    collateral: terms.assets
      .filter(({ asset }) => held.value.has(asset) || wallet.value.has(asset))
      .map((each): CollateralHeld => ({
        id: each.id,
        balance: held.value.get(each.asset) ?? 0n,
        supplied: "unknown",
        funds: funds(each.asset),
      })),
  });
}

/** The base balance, with its sign; at an index of 1 the principal is the amount. */
function principalOf({ debt, supply }: Written, { base }: CometTerms): Result<bigint, Why> {
  if (debt !== undefined && supply !== undefined)
    return problem("supply", supply, "write debt or supply: what is supplied repays the debt first");
  const [path, written, sign] = debt === undefined ? (["supply", supply, 1n] as const) : (["debt", debt, -1n] as const);
  if (written === undefined) return ok(0n);
  const units = readAmount(written, path, [base]);
  return units.ok ? ok(sign * units.value[1]) : units;
}

/** Everybody's balances as principals at an index of 1. */
function totalsOf(
  { totals }: Written,
  principal: bigint,
  { base }: CometTerms,
  at: Ms,
): Result<CometBody["totals"], Why> {
  if (totals === undefined) return ok("not-read");
  const units = { supplied: 0n, borrowed: 0n, cash: 0n };
  for (const field of ["supplied", "borrowed", "cash"] as const) {
    const value = dec(totals[field]);
    const read = value.digits === 0n ? ok(0n) : unitsOf(value, base);
    if (!read.ok) return problem(`totals.${field}`, totals[field], read.failure.facts["next"] ?? "");
    units[field] = read.value;
  }
  const own = principal < 0n ? ("borrowed" as const) : ("supplied" as const);
  if (units[own] < (principal < 0n ? -principal : principal))
    return problem(`totals.${own}`, totals[own], "everybody's includes the own: write at least that");
  const lastAccrual = BigInt(Math.floor(at / 1000));
  return ok({ ...units, supplyIndex: INDEX_SCALE, borrowIndex: INDEX_SCALE, lastAccrual } satisfies Totals);
}

/** Amounts in smallest units by asset; each asset once, known, with no more digits than it has. */
function readAmounts(
  amounts: readonly string[],
  side: "collateral" | "wallet",
  tokens: readonly Token[],
): Result<ReadonlyMap<string, bigint>, Why> {
  const units = new Map<string, bigint>();
  for (const [index, written] of amounts.entries()) {
    const path = `${side}.${index}`;
    const read = readAmount(written, path, tokens);
    if (!read.ok) return read;
    const [asset, amountOf] = read.value;
    if (units.has(asset)) return problem(path, asset, "write each asset once in a list");
    units.set(asset, amountOf);
  }
  return ok(units);
}

function readAmount(
  written: string,
  path: string,
  tokens: readonly Token[],
): Result<readonly [asset: string, units: bigint], Why> {
  const [digits = "", asset = ""] = written.split(/\s+/);
  const token = tokens.find((each) => each.asset === asset);
  if (token === undefined) return problem(path, asset, `write one of ${tokens.map((each) => each.asset).join(", ")}`);
  const units = unitsOf(dec(digits), token);
  return units.ok ? ok([asset, units.value]) : problem(path, digits, units.failure.facts["next"] ?? "");
}

/** One price event for each written price; every asset that is held or owed needs one. */
function pricesOf({ prices }: Written, terms: CometTerms, body: CometBody, at: Ms): Result<readonly BookEvent[], Why> {
  const events: BookEvent[] = [];
  const tokens = [terms.base, ...terms.assets].map(({ asset }) => asset);
  for (const [asset, { price, unit, at: seen }] of Object.entries(prices)) {
    if (!tokens.includes(asset)) return problem(`prices.${asset}`, asset, `write one of ${tokens.join(", ")}`);
    if (unit !== terms.priceUnit)
      return problem(`prices.${asset}.unit`, unit, `the market counts in ${terms.priceUnit}: write ${terms.priceUnit}`);
    events.push(priceEvent(oracleQuote(terms.market, asset), "oracle", price, seen, at));
  }
  const held = body.collateral.filter(({ balance }) => balance > 0n);
  const needed = held.map(({ id }) => terms.assets.find((each) => each.id === id)?.asset ?? "");
  for (const asset of body.principal === 0n ? needed : [...needed, terms.base.asset]) {
    if (!Object.hasOwn(prices, asset))
      return problem(`prices.${asset}`, "missing", `write { price: "...", unit: ${terms.priceUnit} } for ${asset}`);
  }
  return ok(events);
}
