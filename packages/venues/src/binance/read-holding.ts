import { type Result, type Why, fail, isNegative, isZero, ms, ok } from "@plimsoll/core/units";
import { exactJson, positive, restingJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Body, type Funding, type Position, positionName, type OpenOrder } from "./holding.ts";
import { side, unreadable } from "./raw.ts";

const atLeastZero = exactJson.refine((value) => !isNegative(value), "must not be below 0");
const moment = z.number().int().min(0).transform(ms);

const PositionJson = z
  .object({
    symbol: z.string().min(1),
    positionSide: side,
    asset: z.string().min(1),
    size: exactJson.refine((value) => !isZero(value), "a position has a size"),
    entry: positive,
    margin: z.discriminatedUnion("mode", [
      z.object({ mode: z.literal("cross") }),
      z.object({ mode: z.literal("isolated"), wallet: exactJson }),
    ]),
    leverage: positive.optional(),
    adl: z.number().int().min(0).max(4).optional(),
  })
  .refine(
    ({ positionSide, size }) => positionSide === "BOTH" || (positionSide === "SHORT") === isNegative(size),
    "a LONG position has a size above 0, a SHORT one below",
  )
  .transform(({ leverage, adl, ...rest }): Position => ({
    ...rest,
    ...(leverage !== undefined && { leverage }),
    ...(adl !== undefined && { adl }),
  }));

const FundingJson = z
  .object({
    symbol: z.string().min(1),
    rate: exactJson,
    next: moment,
    everyMs: moment.refine((each) => each > 0, "an interval is above 0").optional(),
    positionSide: side.optional(),
  })
  .transform(({ everyMs, positionSide, ...rest }): Funding => ({
    ...rest,
    ...(everyMs !== undefined && { everyMs }),
    ...(positionSide !== undefined && { positionSide }),
  }));

const OrderJson = z
  .object({
    id: z.string().min(1),
    symbol: z.string().min(1),
    positionSide: side,
    conditional: z.literal(true).optional(),
  })
  .transform(({ conditional, ...rest }): OpenOrder => (conditional === undefined ? rest : { ...rest, conditional }));

const BodyJson = z
  .object({
    mode: z.enum(["one-way", "hedge"]),
    wallets: z.array(z.object({ asset: z.string().min(1), cross: exactJson, orderMargin: atLeastZero })),
    positions: z.array(PositionJson),
    orders: z.array(OrderJson),
    resting: z.array(restingJson).optional(),
    funding: z.array(FundingJson),
    unified: z.enum(["multi-assets", "portfolio"]).optional(),
  })
  .refine(
    ({ mode, positions }) => positions.every(({ positionSide }) => (mode === "hedge") === (positionSide !== "BOTH")),
    "positions are BOTH in one-way mode, LONG or SHORT in hedge mode",
  )
  .refine(
    ({ wallets, positions }) => positions.every((each) => wallets.some(({ asset }) => asset === each.asset)),
    "a position's margin asset has no wallet",
  )
  .refine(({ positions }) => unique(positions.map(positionName)), "a position stands twice")
  .refine(({ wallets }) => unique(wallets.map(({ asset }) => asset)), "a wallet stands twice")
  .refine(
    ({ unified, positions }) => unified === undefined || positions.every(({ margin }) => margin.mode === "cross"),
    "where all assets stand together no position is isolated",
  )
  .transform(({ unified, resting, ...rest }): Body => ({
    ...rest,
    ...(unified !== undefined && { unified }),
    ...(resting !== undefined && { resting }),
  }));

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}
