import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  compare,
  fail,
  larger,
  multiply,
  negate,
  ok,
  text,
  trim,
  why,
} from "@plimsoll/core/units";
import { readerOf, wholeNumber } from "@plimsoll/venues/wire";
import * as z from "zod";
import { answerOf, figure, figureOrNone } from "./raw.ts";
import type { Band, ContractTerms, LoanTier, OkxTerms, Tier } from "./terms.ts";
import { OKX } from "./written.ts";

const read = readerOf(OKX);
const text0 = z.string().default("");

const Instrument = z.object({
  instId: z.string().min(1),
  instType: z.string(),
  instFamily: text0,
  baseCcy: text0,
  quoteCcy: text0,
  settleCcy: text0,
  ctType: z.enum(["linear", "inverse", ""]).default(""),
  ctVal: figureOrNone,
  ctMult: figureOrNone,
  ctValCcy: text0,
  tickSz: figure,
  lotSz: figure,
});

/** What of a contract's terms the exchange tells everybody, and the family whose tiers it has. */
export type ContractRules = Omit<ContractTerms, "tiers" | "takerFee"> & { readonly family: string };

/** Every instrument of GET public/instruments, as terms name it; what is neither a contract nor a pair is absent. */
export function readInstruments(
  raw: unknown,
): Result<ReadonlyMap<string, ContractRules | { readonly base: string; readonly quote: string }>, Why> {
  const rows = read("instruments", answerOf(Instrument), raw);
  if (!rows.ok) return rows;
  return ok(
    new Map(
      rows.value.flatMap((row) => {
        const one = rulesOf(row);
        return one === undefined ? [] : [[row.instId, one] as const];
      }),
    ),
  );
}

function rulesOf(row: z.infer<typeof Instrument>) {
  const { instType, instFamily: family, ctType: type, ctVal, ctMult, ctValCcy, settleCcy: settle } = row;
  if (instType === "MARGIN" || instType === "SPOT") return { base: row.baseCcy, quote: row.quoteCcy };
  const [base, quote = ""] = family.split("-");
  // a contract that counts another coin than its family says is not understood
  if (type === "" || ctVal === undefined || ctMult === undefined || ctValCcy !== (type === "linear" ? base : quote))
    return undefined;
  return { type, settle, quote, size: multiply(ctVal, ctMult), tick: row.tickSz, lot: row.lotSz, family };
}

const TierRow = z.object({
  tier: wholeNumber.refine((tier) => tier >= 1, "tiers begin at 1"),
  minSz: figure,
  maxSz: figure,
  mmr: figure,
  baseMaxLoan: figureOrNone,
  quoteMaxLoan: figureOrNone,
});
type TierRow = z.infer<typeof TierRow>;

/** All rows of GET public/position-tiers in order; a number that is missing among them is a lost row. */
function readTierRows(raw: unknown, of: string): Result<readonly TierRow[], Why> {
  const rows = read("position tiers", answerOf(TierRow), raw);
  if (!rows.ok) return rows;
  const ordered = rows.value.toSorted((a, b) => a.tier - b.tier);
  const lost = ordered.findIndex(({ tier }, index) => tier !== index + 1);
  if (ordered.length > 0 && lost < 0) return ok(ordered);
  return fail(
    why("okx/bad-tiers", { of, row: `${lost + 1}`, problem: "a row is missing", next: "read the whole table again" }),
  );
}

/** The table of a contract's family, counted in contracts. */
export function readTiers(raw: unknown, of: string): Result<readonly Tier[], Why> {
  const rows = readTierRows(raw, of);
  return rows.ok ? ok(rows.value.map(({ minSz: floor, maxSz: cap, mmr }) => ({ floor, cap, mmr }))) : rows;
}

/** The table of a spot pair, counted in loans. */
export function readLoanTiers(raw: unknown, of: string): Result<readonly LoanTier[], Why> {
  const rows = readTierRows(raw, of);
  if (!rows.ok) return rows;
  const tiers = rows.value.flatMap(({ baseMaxLoan: baseLoan, quoteMaxLoan: quoteLoan, mmr }) =>
    baseLoan === undefined || quoteLoan === undefined ? [] : [{ baseLoan, quoteLoan, mmr }],
  );
  if (tiers.length === rows.value.length) return ok(tiers);
  return fail(why("okx/bad-tiers", { of, problem: "a row names no loans", next: "read the whole table again" }));
}

/** The rates on a coin's debt: the coin's own table; what is owed beyond its last cap pays the last rate. @source README.md rule 25 */
export function readBorrowBands(raw: unknown, of: string): Result<readonly Band[], Why> {
  const rows = readTierRows(raw, of);
  if (!rows.ok) return rows;
  const last = rows.value.length - 1;
  return ok(rows.value.map(({ maxSz: cap, mmr: rate }, index) => (index === last ? { rate } : { cap, rate })));
}

const Discounts = z.object({
  ccy: z.string(),
  minDiscountRate: figure,
  details: z.array(z.object({ discountRate: figure, minAmt: figure, maxAmt: figureOrNone })),
});

/** The discount bands of a coin, counted in coins, from GET public/discount-rate-interest-free-quota. */
export function readDiscounts(raw: unknown, coin: string): Result<readonly Band[], Why> {
  const rows = read("discount rates", answerOf(Discounts), raw);
  if (!rows.ok) return rows;
  const found = rows.value.find(({ ccy }) => ccy === coin);
  if (found === undefined || found.details.length === 0)
    return fail(why("okx/no-discounts", { coin, next: "the venue lists no discount for this coin" }));
  const ordered = found.details.toSorted((a, b) => compare(a.minAmt, b.minAmt));
  const torn = ordered.some(({ minAmt }, index) => compare(minAmt, ordered[index - 1]?.maxAmt ?? ZERO) !== 0);
  if (torn)
    return fail(why("okx/bad-tiers", { of: `${coin} discounts`, problem: "a band is missing", next: "read again" }));
  const bands = ordered.map(({ maxAmt: cap, discountRate: rate }): Band =>
    cap === undefined ? { rate } : { cap, rate },
  );
  return ok(bands.at(-1)?.cap === undefined ? bands : [...bands, { rate: found.minDiscountRate }]);
}

const Fee = z.object({ taker: figureOrNone, takerU: figureOrNone, takerUSDC: figureOrNone });

/**
 * The user's taker rate from GET account/trade-fee, above 0 where it is paid; a rebate counts as nothing.
 * @source OKX API documentation, fee rates: below 0 is charged; `taker` of coin-margined, `takerU` and `takerUSDC` of USDT- and USDC-margined contracts.
 */
export function readTakerFee(raw: unknown, margined: string): Result<Exact, Why> {
  const rows = read("trade fee", answerOf(Fee), raw);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  const rate = margined === "USDT" ? row?.takerU : margined === "USDC" ? row?.takerUSDC : row?.taker;
  const told = rate ?? row?.taker;
  if (told !== undefined) return ok(larger(ZERO, negate(told)));
  return fail(
    why("okx/no-fee", { margined, next: "the venue told no taker fee: compare with the fee tier on its page" }),
  );
}

/** The body of a terms document, decimals as text, as `readTerms` reads it. */
export const writeTerms = (terms: OkxTerms): unknown => written(terms);

function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== "object" || value === null) return value;
  if ("digits" in value && "scale" in value) return text(trim(value as Exact));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, written(each)]));
}
