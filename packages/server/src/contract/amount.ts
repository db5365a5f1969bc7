import * as z from "zod";
import { contract } from "./registry.ts";

/** Plain decimal text: digits, one optional point, a leading "-". Never an exponent, never through a float. */
export const Decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .register(contract, { id: "Decimal", description: "Plain decimal text" });

/** A share of something as decimal text: "0.37" is 37 %. */
export const Share = Decimal;

export const Amount = z.object({ value: Decimal, unit: z.string() }).register(contract, { id: "Amount" });
export type Amount = z.infer<typeof Amount>;

/** A moment twice: for people and for arithmetic. */
export const Moment = z.object({ iso: z.iso.datetime(), ms: z.int() }).register(contract, { id: "Moment" });
export type Moment = z.infer<typeof Moment>;

/** Why something is so: a stable code and the facts that decided it. */
export const Reason = z
  .object({ code: z.string(), facts: z.record(z.string(), z.string()) })
  .register(contract, { id: "Reason" });
export type Reason = z.infer<typeof Reason>;

/** A figure says what it is: unknown carries no value, stale carries the last one and why it is stale. */
export const AmountFigure = z
  .discriminatedUnion("is", [
    z.object({ is: z.literal("known"), amount: Amount, asOf: Moment, from: z.enum(["venue", "derived"]) }),
    z.object({ is: z.literal("stale"), last: Amount, asOf: Moment, why: Reason }),
    z.object({ is: z.literal("unknown"), why: Reason }),
    z.object({ is: z.literal("none"), why: Reason }),
  ])
  .register(contract, { id: "AmountFigure" });
export type AmountFigure = z.infer<typeof AmountFigure>;

export const PriceKind = z
  .enum(["mark", "index", "oracle", "last", "next-oracle"])
  .register(contract, { id: "PriceKind" });
export type PriceKind = z.infer<typeof PriceKind>;

/** The danger words from best to worst; unknown stands between act and danger. */
export const Danger = z
  .enum(["safe", "watch", "act", "unknown", "danger", "liquidatable"])
  .register(contract, { id: "Danger", description: "From best to worst; unknown stands between act and danger" });
export type Danger = z.infer<typeof Danger>;

export const Mode = z
  .enum(["shadow", "armed"])
  .register(contract, { id: "Mode", description: "Shadow decides and sends nothing" });
export type Mode = z.infer<typeof Mode>;

export const HouseMode = z.enum(["shadow", "armed", "reduce-only", "halted"]).register(contract, {
  id: "HouseMode",
  description: "What the whole house may do, whatever its guards say; shadow and halted protect nobody",
});
export type HouseMode = z.infer<typeof HouseMode>;
