import * as z from "zod";
import { contract } from "./registry.ts";
import { AmountFigure, Decimal, Moment, Reason } from "./amount.ts";

/** What protects one position if the machine dies now, in time and money. */
export const Cover = z
  .object({
    holding: z.string(),
    account: z.string(),
    /** Absent for an account that owes and holds no position. */
    instrument: z.string().optional(),
    size: Decimal.optional(),
    by: z.array(
      z.discriminatedUnion("is", [
        z.object({
          is: z.literal("stop"),
          order: z.string(),
          trigger: Decimal,
          size: z.union([Decimal, z.literal("all")]),
        }),
        z.object({ is: z.literal("permission"), executor: z.string(), until: Moment }),
      ]),
    ),
    /** What counts as nothing, and why. */
    notBy: z.array(Reason),
    /** What is taken for granted and was not read. */
    assumes: z.array(Reason),
    /** How long nothing acts. */
    unprotectedMs: z.int().min(0),
    /** What can be lost in that time. */
    atRisk: AmountFigure,
    /** The most that is lost while prices do not jump farther through the trigger than `gap`, a share of it. */
    bound: z
      .object({
        gap: Decimal,
        quote: z.string(),
        side: z.enum(["buy", "sell"]),
        trigger: Decimal,
        price: Decimal,
        loss: AmountFigure,
        reachesLiquidation: z.boolean(),
      })
      .optional(),
  })
  .register(contract, { id: "Cover" });
export type Cover = z.infer<typeof Cover>;
