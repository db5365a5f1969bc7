import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  compare,
  dec,
  fail,
  ok,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";
import { unreadable, venueNumber, venueTime } from "./raw.ts";
import {
  type AssetTerms,
  type FundingBounds,
  type SymbolTerms,
  type Tier,
  checkTiers,
  mergeNotionalCoef,
} from "./terms.ts";

const Charged = z.object({ initialLeverage: venueNumber, maintMarginRatio: venueNumber, cum: venueNumber });
const Brackets = z.array(
  z.object({
    symbol: z.string(),
    notionalCoef: venueNumber.optional(),
    brackets: z.array(
      z.union([
        Charged.extend({ notionalFloor: venueNumber, notionalCap: venueNumber }),
        // COIN-M counts coins, and spells the lower bound so
        Charged.extend({ qtylFloor: venueNumber, qtyCap: venueNumber }).transform(
          ({ qtylFloor: notionalFloor, qtyCap: notionalCap, ...rest }) => ({ ...rest, notionalFloor, notionalCap }),
        ),
      ]),
    ),
  }),
);

/** The user's own tables from GET v1 leverageBracket, of COIN-M from v2; a table that cannot be the venue's is a failure of its symbol alone. */
export function readBrackets(raw: unknown): Result<ReadonlyMap<string, Result<readonly Tier[], Why>>, Why> {
  const parsed = Brackets.safeParse(raw);
  if (!parsed.success) return fail(unreadable("leverageBracket", parsed.error));
  return ok(
    new Map(
      parsed.data.map(({ symbol, notionalCoef, brackets }) => {
        const tiers = brackets.map((row): Tier => ({
          floor: row.notionalFloor,
          cap: row.notionalCap,
          rate: row.maintMarginRatio,
          amount: row.cum,
          maxLeverage: row.initialLeverage,
        }));
        const checked = checkTiers(symbol, tiers);
        return [symbol, checked.ok ? ok(mergeNotionalCoef(tiers, notionalCoef ?? ONE)) : checked];
      }),
    ),
  );
}

const Filter = z.discriminatedUnion("filterType", [
  z.object({ filterType: z.literal("PRICE_FILTER"), tickSize: venueNumber }),
  z.object({ filterType: z.literal("LOT_SIZE"), stepSize: venueNumber, minQty: venueNumber }),
  z.object({ filterType: z.literal("MIN_NOTIONAL"), notional: venueNumber }),
]);
const OtherFilter = z.object({ filterType: z.string() }).transform((): undefined => undefined);
const ExchangeInfo = z.object({
  serverTime: venueTime,
  symbols: z.array(
    z.object({
      symbol: z.string(),
      marginAsset: z.string(),
      liquidationFee: venueNumber,
      /** Of inverse contracts alone: the USD that one is worth. */
      contractSize: venueNumber.optional(),
      filters: z.array(z.union([Filter, OtherFilter])),
    }),
  ),
});

/** What of a symbol's terms the exchange information tells everybody. */
export type SymbolRules = Omit<SymbolTerms, "tiers" | "takerFee" | "funding">;

/** The rules of the symbols asked for, from GET v1 exchangeInfo; a symbol it does not list is absent. */
export function readRules(raw: unknown, wanted: ReadonlySet<string>): Result<ReadonlyMap<string, SymbolRules>, Why> {
  const parsed = ExchangeInfo.safeParse(raw);
  if (!parsed.success) return fail(unreadable("exchangeInfo", parsed.error));
  const rules = new Map<string, SymbolRules>();
  for (const { symbol, marginAsset: asset, liquidationFee, contractSize, filters } of parsed.data.symbols) {
    if (!wanted.has(symbol)) continue;
    const price = filters.find((each) => each?.filterType === "PRICE_FILTER");
    const lot = filters.find((each) => each?.filterType === "LOT_SIZE");
    const least = filters.find((each) => each?.filterType === "MIN_NOTIONAL");
    const minNotional = contractSize === undefined ? least?.notional : ZERO;
    if (price === undefined || lot === undefined || minNotional === undefined)
      return fail(
        why("binance/no-filters", { symbol, next: "the exchange information lacks price, lot or notional filter" }),
      );
    rules.set(symbol, {
      asset,
      tick: price.tickSize,
      step: lot.stepSize,
      minSize: lot.minQty,
      minNotional,
      liquidationFee,
      ...(contractSize !== undefined && { contractSize }),
    });
  }
  return ok(rules);
}

/** The body of a terms document, decimals as text, as `readTerms` reads it. */
export function writeTerms(
  symbols: ReadonlyMap<string, SymbolTerms>,
  assets?: ReadonlyMap<string, AssetTerms>,
): unknown {
  const written = (value: Exact) => text(trim(value));
  return {
    ...(assets !== undefined && {
      autoExchange: written(AUTO_EXCHANGE),
      assets: Object.fromEntries(
        [...assets].map(([asset, { collateral, askBuffer }]) => [
          asset,
          {
            collateral: collateral.map(({ floor, rate }) => ({ floor: written(floor), rate: written(rate) })),
            askBuffer: written(askBuffer),
          },
        ]),
      ),
    }),
    symbols: Object.fromEntries(
      [...symbols].map(([symbol, { asset, tiers, funding, ...figures }]) => [
        symbol,
        {
          asset,
          ...(funding !== undefined && { funding: { cap: written(funding.cap), floor: written(funding.floor) } }),
          ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, written(value)])),
          tiers: tiers.map(({ floor, cap, rate, amount, maxLeverage }) => ({
            floor: written(floor),
            cap: written(cap),
            rate: written(rate),
            amount: written(amount),
            maxLeverage: written(maxLeverage),
          })),
        },
      ]),
    ),
  };
}

/** The venue sells other assets when one stands below minus this many USD. @source Binance FAQ on multi-assets mode, 2022-07-06: fixed. */
const AUTO_EXCHANGE = dec("10000");

const FundingInfo = z.array(
  z.object({ symbol: z.string(), adjustedFundingRateCap: venueNumber, adjustedFundingRateFloor: venueNumber }),
);

/** Bounds of funding rates from GET v1 fundingInfo; a symbol that it does not list has none that are known. */
export function readFundingBounds(raw: unknown): Result<ReadonlyMap<string, FundingBounds>, Why> {
  const parsed = FundingInfo.safeParse(raw);
  if (!parsed.success) return fail(unreadable("fundingInfo", parsed.error));
  return ok(
    new Map(
      parsed.data.flatMap(({ symbol, adjustedFundingRateCap: cap, adjustedFundingRateFloor: floor }) =>
        compare(floor, cap) < 0 ? [[symbol, { cap, floor }] as const] : [],
      ),
    ),
  );
}

const Commission = z.object({ takerCommissionRate: venueNumber });
/** The user's taker rate from GET v1 commissionRate. */
export function readTakerFee(raw: unknown): Result<Exact, Why> {
  const parsed = Commission.safeParse(raw);
  return parsed.success ? ok(parsed.data.takerCommissionRate) : fail(unreadable("commissionRate", parsed.error));
}
