import {
  type Exact,
  ONE,
  type Result,
  type Why,
  ZERO,
  compare,
  dec,
  exact,
  fail,
  multiply,
  ok,
  quotient,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";
import { amountOrZero, answer, figure, figureOrNone } from "./raw.ts";
import { read } from "./read-holding.ts";

const name = z.string().min(1);
const number = z.union([z.string(), z.number()]).transform(String).pipe(figure);
const paged = <S extends z.ZodType>(row: S) =>
  answer(z.object({ category: z.string().optional(), list: z.array(row), nextPageCursor: z.string().nullish() }));
type Page = {
  readonly result: { readonly category?: string | undefined; readonly nextPageCursor?: string | null | undefined };
};

const Instrument = z.object({
  symbol: name,
  contractType: z.enum(["LinearPerpetual", "LinearFutures", "InversePerpetual", "InverseFutures"]),
  quoteCoin: name,
  settleCoin: name,
  priceFilter: z.object({ tickSize: figure }),
  lotSizeFilter: z.object({ qtyStep: figure }),
  upperFundingRate: figureOrNone,
  lowerFundingRate: figureOrNone,
});
const RiskLimit = z.object({
  symbol: name,
  riskLimitValue: number,
  maintenanceMargin: number,
  initialMargin: number,
  maxLeverage: number,
  mmDeduction: amountOrZero,
});
const Raw = z.object({
  instruments: z.array(paged(Instrument)),
  riskLimits: z.array(paged(RiskLimit)),
  fees: answer(z.object({ list: z.array(z.object({ symbol: name, takerFeeRate: figure })) })),
  ratios: answer(
    z.object({
      list: z.array(
        z.object({
          currency: name,
          collateralRatioList: z.array(z.object({ minQty: figure, maxQty: figureOrNone, collateralRatio: figure })),
        }),
      ),
    }),
  ),
  borrow: answer(
    z.object({
      list: z.array(
        z.object({
          currency: name,
          positionTiersRatioList: z.array(z.object({ borrowLimit: figure, positionMMR: figure })),
        }),
      ),
    }),
  ).optional(),
});

/** Raw answers about the market, in the venue's own shapes; lists hold one answer a category and page. */
export interface RawMarket {
  /** GET /v5/market/instruments-info. */
  readonly instruments: readonly unknown[];
  /** GET /v5/market/risk-limit. */
  readonly riskLimits: readonly unknown[];
  /** GET /v5/account/fee-rate. */
  readonly fees: unknown;
  /** GET /v5/spot-margin-trade/collateral. */
  readonly ratios: unknown;
  /** GET /v5/spot-margin-trade/position-tiers. */
  readonly borrow?: unknown;
}

/** The part of a terms document that the venue tells, as decimal text. */
export interface MarketTerms {
  readonly contracts: Readonly<Record<string, unknown>>;
  readonly coins: Readonly<Record<string, unknown>>;
}

/** Reads instruments with their risk limits, fees and collateral ratios. A symbol without risk limits or fee is left out. */
export function readMarket(raw: RawMarket): Result<MarketTerms, Why> {
  const parsed = read("market", Raw, raw);
  if (!parsed.ok) return parsed;
  const { instruments, riskLimits, fees, ratios, borrow } = parsed.value;
  const unfinished = unfinishedList(instruments) ?? unfinishedList(riskLimits);
  if (unfinished !== undefined) return fail(unfinished);
  const rows = Map.groupBy(
    riskLimits.flatMap(({ result }) => result.list),
    ({ symbol }) => symbol,
  );
  const taker = new Map(fees.result.list.map(({ symbol, takerFeeRate }) => [symbol, takerFeeRate]));
  const contracts: Record<string, unknown> = {};
  for (const instrument of instruments.flatMap(({ result }) => result.list)) {
    const [table, fee] = [rows.get(instrument.symbol), taker.get(instrument.symbol)];
    if (table === undefined || fee === undefined) continue;
    const tiers = tiersOf(instrument.symbol, table);
    if (!tiers.ok) return tiers;
    contracts[instrument.symbol] = contractJson(instrument, tiers.value, fee);
  }
  const tables = new Map(borrow?.result.list.map((each) => [each.currency, each.positionTiersRatioList]));
  const coins = ratios.result.list.map(({ currency, collateralRatioList }) => {
    const bands = collateralRatioList.map(({ maxQty, collateralRatio: rate }) => bandJson(maxQty, rate));
    const debts = tables.get(currency);
    return [currency, { ratios: bands, ...(debts !== undefined && { borrow: debtJson(debts) }) }] as const;
  });
  return ok({ contracts, coins: Object.fromEntries(coins) });
}

export type Category = "linear" | "inverse";
/** A contract as most questions about it name it. */
export interface Listed {
  readonly category: Category;
  readonly settle: string;
}

const categoryOf = (contractType: string): Category => (contractType.startsWith("Linear") ? "linear" : "inverse");

/** The contracts that the venue lists, by symbol. */
export function readListed(pages: readonly unknown[]): Result<ReadonlyMap<string, Listed>, Why> {
  const parsed = read("instruments", z.array(paged(Instrument)), pages);
  if (!parsed.ok) return parsed;
  const unfinished = unfinishedList(parsed.value);
  if (unfinished !== undefined) return fail(unfinished);
  const rows = parsed.value.flatMap(({ result }) => result.list);
  return ok(
    new Map(
      rows.map(({ symbol, contractType, settleCoin: settle }) => [
        symbol,
        { category: categoryOf(contractType), settle },
      ]),
    ),
  );
}

/** A list whose last page names a next one was cut short: rows are missing, and nothing else would tell. */
function unfinishedList(pages: readonly Page[]): Why | undefined {
  const last = new Map(pages.map(({ result }) => [result.category ?? "", result.nextPageCursor ?? ""]));
  const cut = [...last].find(([, cursor]) => cursor !== "");
  if (cut === undefined) return undefined;
  return why("bybit/more-pages", { category: cut[0], cursor: cut[1], next: "read the list to its last page" });
}

const bandJson = (cap: Exact | undefined, rate: Exact) => ({
  ...(cap !== undefined && { cap: text(cap) }),
  rate: text(rate),
});

/** Rows of a debt; past the last limit the venue lends no more: what is owed there all the same is charged in full. */
const debtJson = (rows: readonly { readonly borrowLimit: Exact; readonly positionMMR: Exact }[]) => [
  ...rows.map(({ borrowLimit, positionMMR }) => bandJson(borrowLimit, positionMMR)),
  bandJson(undefined, ONE),
];

/** A dated contract pays no funding. */
function contractJson(instrument: z.infer<typeof Instrument>, tiers: readonly object[], fee: Exact) {
  const { contractType, quoteCoin, settleCoin, priceFilter, lotSizeFilter } = instrument;
  const isDated = contractType.endsWith("Futures");
  const [floor, cap] = isDated ? [ZERO, ZERO] : [instrument.lowerFundingRate, instrument.upperFundingRate];
  return {
    type: categoryOf(contractType),
    settle: settleCoin,
    quote: quoteCoin,
    tick: text(priceFilter.tickSize),
    step: text(lotSizeFilter.qtyStep),
    takerFee: text(fee),
    complete: true,
    tiers,
    ...(floor !== undefined && cap !== undefined && { funding: { floor: text(floor), cap: text(cap) } }),
  };
}

/** Ascending by value; each row starts where the one below it ends. */
function tiersOf(symbol: string, rows: readonly z.infer<typeof RiskLimit>[]): Result<readonly object[], Why> {
  const sorted = rows.toSorted((a, b) => compare(a.riskLimitValue, b.riskLimitValue));
  const unit = unitOf(sorted[0]!);
  if (unit === undefined)
    return fail(
      why("bybit/bad-tiers", {
        of: symbol,
        problem: "initial margin and largest leverage do not belong together",
        value: `${text(sorted[0]!.initialMargin)} at ${text(sorted[0]!.maxLeverage)}x`,
        next: "read the risk limits again",
      }),
    );
  return ok(
    sorted.map(({ riskLimitValue, maintenanceMargin, mmDeduction }, i) => ({
      floor: text(sorted[i - 1]?.riskLimitValue ?? ZERO),
      cap: text(riskLimitValue),
      mmr: text(trim(multiply(maintenanceMargin, unit))),
      deduction: text(mmDeduction),
    })),
  );
}

/**
 * What one unit of a printed rate is: the venue prints fractions (0.008 at 125x) for some symbols and percent (1 at 100x) for others.
 * The initial margin at the largest leverage tells, since the two multiply to 1 or to 100.
 */
function unitOf({ initialMargin, maxLeverage }: z.infer<typeof RiskLimit>): Exact | undefined {
  const whole = quotient(multiply(initialMargin, maxLeverage), ONE, 1, "half-even");
  const near = (target: Exact) =>
    compare(whole, multiply(target, dec("0.8"))) >= 0 && compare(whole, multiply(target, dec("1.2"))) <= 0;
  if (near(ONE)) return ONE;
  return near(exact(100n)) ? dec("0.01") : undefined;
}
