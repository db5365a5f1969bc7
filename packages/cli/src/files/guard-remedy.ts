import type { Guard, Remedy, StandingStop } from "@plimsoll/core/policy";
import { assetId, holdingId } from "@plimsoll/core/units";
import * as z from "zod";
import { amount, positive, share } from "./units.ts";

export const writtenRemedy = z.union(
  [
    z.strictObject({ repay: amount }),
    z.strictObject({ supply: amount }),
    z.strictObject({ addMargin: amount }),
    z.strictObject({ reduce: z.string().min(1), slippage: share }),
    z.strictObject({ close: z.string().min(1), slippage: share }),
    z.strictObject({
      hedge: z.string().min(1).describe("a perpetual of a connected account"),
      with: z.string().min(1).describe("name of that account in this file"),
      most: positive.describe("in the perpetual's own sizes"),
      slippage: share,
    }),
  ],
  "write one of { repay: 1500 USDC }, { supply: 1 WETH }, { addMargin: 500 USDT }, { reduce: BTCUSDT, slippage: 0.5% }, { close: BTCUSDT, slippage: 1% }, { hedge: BTCUSDT, with: desk, most: 0.5, slippage: 0.5% }",
);
type WrittenRemedy = z.output<typeof writtenRemedy>;

export function remedyOf(written: WrittenRemedy): Remedy {
  if ("reduce" in written) return { use: "reduce", instrument: written.reduce, slippage: written.slippage };
  if ("close" in written) return { use: "close", instrument: written.close, slippage: written.slippage };
  if ("hedge" in written) {
    const { hedge: instrument, with: holding, most, slippage } = written;
    return { use: "hedge", holding: holdingId(holding), instrument, slippage, most };
  }
  if ("repay" in written) return { use: "repay", asset: assetId(written.repay.asset), most: written.repay.amount };
  if ("supply" in written) return { use: "supply", asset: assetId(written.supply.asset), most: written.supply.amount };
  return { use: "add-margin", asset: assetId(written.addMargin.asset), most: written.addMargin.amount };
}

export const writtenTarget = z.union(
  [z.strictObject({ health: positive }), z.strictObject({ reduce: share }), z.enum(["match", "notice", "tighten"])],
  "write { health: 1.45 }, { reduce: 50% }, match (of a pair), notice or tighten",
);
export type WrittenTarget = z.output<typeof writtenTarget>;

export function targetOf(written: WrittenTarget): Guard["target"] {
  if (typeof written === "string") return { want: written };
  return "health" in written ? { want: "health", at: written.health } : { want: "reduce", share: written.reduce };
}

const lying = { stop: z.string().min(1).describe("the instrument"), kind: z.enum(["mark", "index"]).default("mark") };
const through = share.optional().describe("worst fill beyond the trigger; default: at market");
export const writtenStop = z.union(
  [
    z.strictObject({ ...lying, at: positive, through }),
    z.strictObject({ ...lying, beforeLiquidation: share, through }),
  ],
  "write { stop: BTCUSDT, at: 80000 } or { stop: BTCUSDT, beforeLiquidation: 5% }",
);

export function stopOf(written: z.output<typeof writtenStop>): StandingStop {
  const { stop: instrument, kind, through: most } = written;
  const place = "at" in written ? { at: written.at } : { before: written.beforeLiquidation };
  return { instrument, kind, place, ...(most && { through: most }) };
}
