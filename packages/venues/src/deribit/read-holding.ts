import { type Result, type Why, fail, isNegative, isZero, ms, ok } from "@plimsoll/core/units";
import { exactJson, restingJson, unreadableBy } from "@plimsoll/venues/wire";
import * as z from "zod";
import { currencyOf } from "./accounts.ts";
import type { Body } from "./holding.ts";
import { readInstrument } from "./instrument.ts";

const instrument = z.string().refine((name) => readInstrument(name) !== undefined, "not the name of an instrument");
const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

const BodyJson = z
  .object({
    wallets: z.array(
      z.object({
        currency: z.string().min(1),
        model: z.enum(["segregated_sm", "cross_sm", "segregated_pm", "cross_pm"]),
        balance: exactJson,
        orderMargin: exactJson.refine((value) => !isNegative(value), "must not be below 0"),
      }),
    ),
    positions: z.array(
      z.object({
        instrument,
        size: exactJson.refine((value) => !isZero(value), "a position has a size"),
        entry: exactJson.refine((value) => !isZero(value) && !isNegative(value), "must be above 0"),
      }),
    ),
    orders: z.array(z.object({ id: z.string().min(1), instrument: z.string().min(1) })),
    resting: z.array(restingJson).optional(),
    funding: z.array(z.object({ instrument, rate: exactJson, from: z.number().int().transform(ms) })),
  })
  .refine(({ wallets }) => unique(wallets.map(({ currency }) => currency)), "a currency stands twice")
  .refine(({ positions }) => unique(positions.map((each) => each.instrument)), "a position stands twice")
  .refine(({ funding }) => unique(funding.map((each) => each.instrument)), "funding of an instrument stands twice")
  .refine(
    ({ wallets, positions }) =>
      positions.every((each) => wallets.some(({ currency }) => currency === currencyOf(each.instrument))),
    "a position's margin currency has no wallet",
  )
  .refine(
    ({ wallets }) => new Set(wallets.flatMap(({ model }) => (model.startsWith("cross") ? [model] : []))).size <= 1,
    "the cross pool has one margin model",
  )
  .transform(({ resting, ...rest }): Body => ({ ...rest, ...(resting !== undefined && { resting }) }));

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = unreadableBy("deribit");
