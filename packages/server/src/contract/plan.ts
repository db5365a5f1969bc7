import * as z from "zod";
import { contract } from "./registry.ts";
import { Decimal, Mode, Moment, Reason } from "./amount.ts";

/** A plan as a person decides on it; amounts are in the account's unit. */
export const Plan = z
  .object({
    /** What a person confirms. */
    hash: z.string(),
    mode: Mode,
    steps: z.array(
      z.object({
        holding: z.string(),
        account: z.string(),
        action: z.string(),
        notBefore: Moment,
        expires: Moment,
        /** The most that the chain's fees may come to, in the chain's own coin. */
        feeCap: Decimal.optional(),
        /** How it goes where the book does not take it at once, and what a usual move takes meanwhile. */
        slices: z.object({ count: z.number().int(), overMs: z.number(), atRisk: Decimal.optional() }).optional(),
      }),
    ),
    cost: Decimal,
    costParts: z.array(
      z.object({
        of: z.string(),
        amount: Decimal,
        is: z.enum(["exact", "at-most", "estimate", "not-counted"]),
        because: z.string().optional(),
      }),
    ),
    /** By how much a cheaper plan might exist. */
    gap: Decimal,
    /** What the venue would take if nothing is done. */
    doNothing: z.discriminatedUnion("is", [
      z.object({ is: z.literal("known"), amount: Decimal }),
      z.object({ is: z.enum(["stale", "unknown", "none"]), why: Reason }),
    ]),
    /** What is sold or bought back; empty: the plan realises no sale. */
    realisesSale: z.array(z.object({ instrument: z.string(), size: Decimal })),
    /** Health of each account's maintenance line; absent where it has none. */
    healths: z.array(z.object({ account: z.string(), before: Decimal.optional(), after: Decimal.optional() })),
    because: z.array(z.string()),
    alternatives: z.array(z.object({ what: z.string(), why: z.string(), cost: Decimal.optional() })),
    /** What it rests on and nobody has said. */
    assumes: z.array(Reason),
  })
  .register(contract, { id: "Plan" });
export type Plan = z.infer<typeof Plan>;

/** The plan for one account, or why there is none, or how near it comes. */
export const AccountPlan = z
  .object({
    holding: z.string(),
    account: z.string(),
    /** A guard's name, or the health that was wished. */
    asked: z.string(),
    plan: Plan.optional(),
    shortfalls: z.array(Reason),
  })
  .register(contract, { id: "AccountPlan" });
export type AccountPlan = z.infer<typeof AccountPlan>;
