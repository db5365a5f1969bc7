import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import {
  readBorrowBands,
  readDiscounts,
  readInstruments,
  readLoanTiers,
  readTakerFee,
  readTiers,
} from "./read-rules.ts";
import type { OkxTerms } from "./terms.ts";
import type { Wire } from "./transport.ts";

/** One thing whose tables an account needs; the venue has tables of their own for cross and isolated. */
export type Part =
  | { readonly is: "contract" | "pair"; readonly id: string; readonly mode: "cross" | "isolated" }
  | { readonly is: "coin"; readonly id: string };

export const partName = (part: Part): string => `${part.is}:${part.id}${part.is === "coin" ? "" : `:${part.mode}`}`;

export const NO_TABLES: OkxTerms = { contracts: {}, pairs: {}, coins: {} };

/** Asks for the tables of one part. */
export async function askPart(wire: Wire, part: Part): Promise<Result<OkxTerms, Why>> {
  if (part.is === "coin") return askCoin(wire, part.id);
  return part.is === "contract" ? askContract(wire, part.id, part.mode) : askPair(wire, part.id, part.mode);
}

async function askContract(wire: Wire, instId: string, tdMode: string): Promise<Result<OkxTerms, Why>> {
  const instType = instId.endsWith("-SWAP") ? "SWAP" : "FUTURES";
  const listed = await askInstrument(wire, instType, instId);
  if (!listed.ok) return listed;
  if (!("family" in listed.value)) return fail(unlisted(instId));
  const { family: instFamily, ...rules } = listed.value;
  const [rows, fees] = await Promise.all([
    wire.ask("position-tiers", (each) => each.publicGetPublicPositionTiers({ instType, tdMode, instFamily })),
    wire.ask("trade-fee", (each) => each.privateGetAccountTradeFee({ instType, instFamily })),
  ]);
  if (!rows.ok) return rows;
  if (!fees.ok) return fees;
  const tiers = readTiers(rows.value, instId);
  if (!tiers.ok) return tiers;
  const takerFee = readTakerFee(fees.value, rules.settle);
  if (!takerFee.ok) return takerFee;
  return ok({ ...NO_TABLES, contracts: { [instId]: { ...rules, takerFee: takerFee.value, tiers: tiers.value } } });
}

async function askPair(wire: Wire, instId: string, tdMode: string): Promise<Result<OkxTerms, Why>> {
  const listed = await askInstrument(wire, "MARGIN", instId);
  if (!listed.ok) return listed;
  if ("family" in listed.value) return fail(unlisted(instId));
  const [rows, fees] = await Promise.all([
    wire.ask("position-tiers", (each) => each.publicGetPublicPositionTiers({ instType: "MARGIN", tdMode, instId })),
    wire.ask("trade-fee", (each) => each.privateGetAccountTradeFee({ instType: "MARGIN", instId })),
  ]);
  if (!rows.ok) return rows;
  if (!fees.ok) return fees;
  const tiers = readLoanTiers(rows.value, instId);
  if (!tiers.ok) return tiers;
  const takerFee = readTakerFee(fees.value, "");
  if (!takerFee.ok) return takerFee;
  return ok({ ...NO_TABLES, pairs: { [instId]: { ...listed.value, takerFee: takerFee.value, tiers: tiers.value } } });
}

async function askInstrument(wire: Wire, instType: string, instId: string) {
  const answer = await wire.ask("instruments", (each) => each.publicGetPublicInstruments({ instType, instId }));
  if (!answer.ok) return answer;
  const read = readInstruments(answer.value);
  if (!read.ok) return read;
  const found = read.value.get(instId);
  return found === undefined ? fail(unlisted(instId)) : ok(found);
}

/** A coin as collateral and as debt: its discounts, and the position tiers of the coin itself. */
async function askCoin(wire: Wire, ccy: string): Promise<Result<OkxTerms, Why>> {
  const [bands, rows] = await Promise.all([
    wire.ask("discount-rate", (each) => each.publicGetPublicDiscountRateInterestFreeQuota({ ccy })),
    wire.ask("position-tiers", (each) =>
      each.publicGetPublicPositionTiers({ instType: "MARGIN", tdMode: "cross", ccy }),
    ),
  ]);
  if (!bands.ok) return bands;
  if (!rows.ok) return rows;
  const discounts = readDiscounts(bands.value, ccy);
  if (!discounts.ok) return discounts;
  const borrow = readBorrowBands(rows.value, ccy);
  // a coin that cannot be borrowed has no such table: it is collateral alone, and a debt in it is unknown
  const owed = borrow.ok ? { borrow: borrow.value } : {};
  return ok({ ...NO_TABLES, coins: { [ccy]: { discountBy: "coins", discounts: discounts.value, ...owed } } });
}

const unlisted = (instrument: string): Why =>
  why("okx/unlisted", {
    instrument,
    next: "the venue does not list this instrument, or counts it in a way that is not modelled: correct its name, or close it",
  });
