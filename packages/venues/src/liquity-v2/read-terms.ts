import type { Result, Why } from "@plimsoll/core/units";
import * as z from "zod";
import { WAD } from "./debt.ts";
import { read, unsigned } from "./read-holding.ts";
import type { LiquityTerms } from "./terms.ts";

const text = z.string().min(1);
const ratio = unsigned.refine((value) => value >= WAD, "a ratio of collateral to debt is at least one");

const BranchTerms = z
  .object({
    ...{ branch: text, mcr: ratio, ccr: ratio, scr: ratio },
    ...{ bcr: unsigned, poolPenalty: unsigned, redistributionPenalty: unsigned },
  })
  .refine(({ mcr, ccr }) => ccr >= mcr, "a branch is critical before its troves are liquidated");

const Terms = z.object({
  market: text,
  chainId: z.number().int().nonnegative(),
  stable: text,
  minDebt: unsigned,
  gas: z.object({
    asset: text,
    deposit: unsigned,
    divisor: unsigned.refine((value) => value > 0n, "must be above 0"),
    cap: unsigned,
  }),
  poolKeeps: unsigned,
  urgentBonus: unsigned,
  rateMost: unsigned,
  branches: z
    .array(BranchTerms)
    .min(1)
    .refine((list) => new Set(list.map(({ branch }) => branch)).size === list.length, "a branch stands twice"),
  completeness: text,
});

/** A terms document's body from our own memory or our own JSON. */
export const readLiquityTerms = (raw: unknown): Result<LiquityTerms, Why> => read("terms", Terms, raw);
