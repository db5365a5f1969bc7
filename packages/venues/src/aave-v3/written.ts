import type { BookEvent, Terms } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, dec, fail, ms, ok, why } from "@plimsoll/core/units";
import * as z from "zod";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { aaveV3Id, oracleQuote, rulesR10 } from "./names.ts";
import { unitsOf } from "./reserve-access.ts";
import { type Overrides, WrittenOverrides, overrideTerms, whole } from "./overrides.ts";
import { withBorrowing, withCollateral } from "./user-config.ts";

const digits = "write plain digits without a sign, for example 1234.56";
const positive = z.string(digits).regex(/^\d+(\.\d+)?$/, digits);
/** "10 WETH", or the same in two fields. */
const WrittenAmount = z.union(
  [z.string().regex(/^\d+(\.\d+)?\s+\S+$/), z.strictObject({ asset: z.string().min(1), amount: positive })],
  'write an amount above 0 and its asset: "10 WETH", or { asset: WETH, amount: 10 }',
);

/** How a person writes an Aave account: whole tokens, prices with their unit, the e-mode by its number. */
export const Written = z.strictObject({
  venue: z.literal("aave-v3"),
  name: z.string().min(1).optional(),
  market: z.string().min(1).default("ethereum"),
  collateral: z.array(WrittenAmount).default([]),
  debt: z.array(WrittenAmount).default([]),
  /** What could be repaid or supplied; left out, the wallet is unknown and limits no what-if. */
  wallet: z.array(WrittenAmount).optional(),
  eMode: whole(0, 255).default(0),
  prices: z
    .record(
      z.string().min(1),
      z.strictObject({ price: positive, unit: z.string().min(1), at: z.iso.datetime({ offset: true }).optional() }),
    )
    .default({}),
  /** Parameters of assets that the shipped terms do not have, or have otherwise. */
  parameters: WrittenOverrides.default({}),
});
type Written = z.infer<typeof Written>;

const problem = (path: string, value: string, next: string) => fail(why("aave-v3/written", { path, value, next }));

/** Events of a written account: the terms it is judged by, its prices, the holding. `shipped` is the market the terms describe. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: Terms<AaveTerms>,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  if (written.market !== shipped.body.market)
    return problem("market", written.market, `write ${shipped.body.market}, or read the account from its chain`);
  const terms = overrideTerms(shipped, written.parameters satisfies Overrides, id);
  if (!terms.ok) return terms;
  const { body: market } = terms.value;
  if (written.eMode !== 0 && !market.eModes.some((each) => each.id === written.eMode))
    return problem(
      "eMode",
      `${written.eMode}`,
      `write 0, or one of ${market.eModes.map((each) => each.id).join(", ")}`,
    );
  const body = bodyOf(written, market, id, at);
  if (!body.ok) return body;
  const prices = pricesOf(written, market, body.value, at);
  if (!prices.ok) return prices;
  const holding = { id, venue: aaveV3Id, rules: rulesR10, market: market.market, asOf: at, body: body.value };
  return ok([{ type: "terms", terms: terms.value }, ...prices.value, { type: "holding", holding }]);
}

type Side = "collateral" | "debt" | "wallet";

/** The three lists as amounts by reserve. */
function bodyOf(written: Written, market: AaveTerms, id: HoldingId, at: Ms): Result<AaveBody, Why> {
  const unlisted = written.wallet === undefined ? "unknown" : 0n;
  const held = new Map<number, ReserveHeld>();
  let config = 0n;
  for (const side of ["collateral", "debt", "wallet"] as const satisfies readonly Side[]) {
    const amounts = readAmounts(written[side] ?? [], side, market);
    if (!amounts.ok) return amounts;
    for (const [reserve, units] of amounts.value) {
      const before = held.get(reserve) ?? emptyReserve(reserve, unlisted);
      if (side === "collateral") config = withCollateral(config, reserve, true);
      if (side === "debt") config = withBorrowing(config, reserve, true);
      const field = ({ collateral: "scaledSupply", debt: "scaledDebt", wallet: "wallet" } as const)[side];
      held.set(reserve, { ...before, [field]: units });
    }
  }
  const user = written.name ?? id;
  return ok({
    market: market.market,
    user,
    payer: user,
    block: 0n,
    timestamp: BigInt(Math.floor(at / 1000)),
    eMode: written.eMode,
    config,
    sentinel: { borrowAllowed: true, liquidationAllowed: true },
    reserves: [...held.values()].toSorted((a, b) => a.id - b.id),
  });
}

const emptyReserve = (id: number, wallet: bigint | "unknown"): ReserveHeld => ({
  id,
  pool: "not-read",
  scaledSupply: 0n,
  scaledDebt: 0n,
  wallet,
  allowance: "unknown",
});

type Amount = z.infer<typeof WrittenAmount>;

/** Amounts in smallest units by reserve id; each asset once, known, with no more digits than it has. */
function readAmounts(amounts: readonly Amount[], side: Side, market: AaveTerms): Result<Map<number, bigint>, Why> {
  const units = new Map<number, bigint>();
  for (const [index, written] of amounts.entries()) {
    const path = `${side}.${index}`;
    const [amount = "", asset = ""] =
      typeof written === "string" ? written.split(/\s+/) : [written.amount, written.asset];
    const reserve = market.reserves.find((each) => each.asset === asset);
    if (reserve === undefined) return unknownAsset(path, asset, market);
    if (units.has(reserve.id)) return problem(path, asset, "write each asset once in a list");
    const read = unitsOf(dec(amount), reserve);
    if (!read.ok) return problem(path, amount, read.failure.facts["next"] ?? "write another amount");
    units.set(reserve.id, read.value);
  }
  return ok(units);
}

const unknownAsset = (path: string, asset: string, market: AaveTerms) =>
  problem(
    path,
    asset,
    `write one of ${market.reserves.map((each) => each.asset).join(", ")}, or give it parameters (decimals, ltv, liquidationThreshold)`,
  );

/** One price event for each written price; every reserve of the account needs one. */
function pricesOf({ prices }: Written, market: AaveTerms, body: AaveBody, at: Ms): Result<readonly BookEvent[], Why> {
  const events: BookEvent[] = [];
  for (const [asset, { price, unit, at: seen }] of Object.entries(prices)) {
    if (!market.reserves.some((each) => each.asset === asset)) return unknownAsset(`prices.${asset}`, asset, market);
    if (unit !== market.baseCurrency)
      return problem(
        `prices.${asset}.unit`,
        unit,
        `the market counts in ${market.baseCurrency}: write ${market.baseCurrency}`,
      );
    const value = dec(price);
    if (value.digits === 0n) return problem(`prices.${asset}.price`, price, "write a price above 0");
    const key = oracleQuote(market.market, asset);
    events.push({
      type: "price",
      key,
      price: value,
      kind: "oracle",
      at: seen === undefined ? at : ms(Date.parse(seen)),
    });
  }
  for (const { id, scaledSupply, scaledDebt } of body.reserves) {
    const asset = market.reserves.find((each) => each.id === id)?.asset ?? "";
    if (scaledSupply + scaledDebt > 0n && !Object.hasOwn(prices, asset))
      return problem(`prices.${asset}`, "missing", `write { price: "...", unit: ${market.baseCurrency} } for ${asset}`);
  }
  return ok(events);
}
