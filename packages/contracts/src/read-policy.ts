import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Hex } from "viem";
import * as z from "zod";
import type { Policy } from "./policy.ts";

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "not an address: write 0x and 40 hex digits")
  .transform((text) => text.toLowerCase() as Hex);
/** Whole numbers are text in JSON, as everywhere here: they do not fit a float. */
const whole = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/, "not a whole number in decimal text")
  .transform(BigInt)
  .refine((value) => value < 2n ** 256n, "does not fit 256 bits");

const Asset = z.strictObject({
  asset: address,
  source: address,
  heartbeat: address,
  second: address,
  sourceMaxAge: whole,
  secondMaxAge: whole,
  maxDisagreement: whole,
  stopLoss: whole,
  takeProfit: whole,
});

const PolicyFile = z.strictObject({
  owner: address,
  provider: address,
  oracle: address,
  revisions: z.array(whole).readonly(),
  debts: z.array(Asset).readonly(),
  collaterals: z.array(Asset).readonly(),
  health: z.strictObject({ trigger: whole, urgent: whole, targetLow: whole, targetHigh: whole }),
  cost: z.strictObject({ atTrigger: whole, bonusShare: whole, ceiling: whole, maxPremium: whole }),
  bounty: z.strictObject({ atTrigger: whole, atUrgent: whole, perCall: whole, perPeriod: whole }),
  caps: z.strictObject({ perCall: whole, perPeriod: whole, period: whole }),
  terms: z.strictObject({ expiry: whole, cooldown: whole, reserveRepay: z.boolean(), nonce: whole, epoch: whole }),
  executors: z.array(address).readonly(),
}) satisfies z.ZodType<Policy>;

/** Reads a policy from the JSON in which it is kept and journaled: the contract's own words, whole numbers as decimal text. */
export function readPolicy(json: unknown): Result<Policy, Why> {
  const read = PolicyFile.safeParse(json);
  if (read.success) return ok(read.data);
  return fail(
    why("guardian/policy-unreadable", {
      detail: z.prettifyError(read.error),
      next: "correct the fields that are named",
    }),
  );
}
