import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { LiquidationCall } from "./liquidation-call.ts";

/** Body of `{ was: "liquidation" }`: assets by house name, the amount in the debt asset's smallest units. */
const Liquidation = z.object({
  collateral: z.string(),
  debt: z.string(),
  debtToCover: integer,
  receiveAToken: z.boolean(),
});
/** Body of `{ was: "interest" }`: seconds. */
const Interest = z.object({ until: integer });

const unreadable = (what: string, error: z.ZodError) =>
  fail(why("aave-v3/effect-unreadable", { what, value: z.prettifyError(error), next: "write it as its type says" }));

export function readLiquidation(raw: unknown): Result<LiquidationCall, Why> {
  const parsed = Liquidation.safeParse(raw);
  return parsed.success ? ok(parsed.data) : unreadable("liquidation", parsed.error);
}
export function readInterest(raw: unknown): Result<bigint, Why> {
  const parsed = Interest.safeParse(raw);
  return parsed.success ? ok(parsed.data.until) : unreadable("interest", parsed.error);
}
