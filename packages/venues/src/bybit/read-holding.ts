import { type Result, type Why, isNegative, isZero, ms } from "@plimsoll/core/units";
import { exactJson, positive, readerOf, restingJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Balance, type Body, type Funding, type Position, positionName } from "./holding.ts";

/** Outside data of this venue: what passes a schema, or why it could not be read. */
export const read = readerOf("bybit");

export const atLeastZero = exactJson.refine((value) => !isNegative(value), "must not be below 0");
const moment = z.number().int().min(0).transform(ms);
export const side = z.enum(["one-way", "long", "short"]);
const name = z.string().min(1);

const PositionJson = z
  .object({
    symbol: name,
    side,
    coin: name,
    size: exactJson.refine((value) => !isZero(value), "a position has a size"),
    entry: positive,
    leverage: positive,
    posted: exactJson.optional(),
  })
  .refine(
    (each) => each.side === "one-way" || (each.side === "short") === isNegative(each.size),
    "a long position has a size above 0, a short one below",
  )
  .transform(({ posted, ...rest }): Position => (posted === undefined ? rest : { ...rest, posted }));

const BalanceJson = z
  .object({
    coin: name,
    cash: exactJson,
    orderMargin: atLeastZero,
    collateral: z.boolean(),
    hourlyRate: atLeastZero.optional(),
  })
  .transform(({ hourlyRate, ...rest }): Balance => (hourlyRate === undefined ? rest : { ...rest, hourlyRate }));

const FundingJson = z
  .object({ symbol: name, rate: exactJson, next: moment, everyMs: z.number().int().min(1).transform(ms).optional() })
  .transform(({ everyMs, ...rest }): Funding => (everyMs === undefined ? rest : { ...rest, everyMs }));

const BodyJson = z
  .object({
    mode: z.enum(["cross", "isolated", "portfolio"]),
    balances: z.array(BalanceJson),
    orderLoss: atLeastZero,
    spotLeverage: positive.optional(),
    positions: z.array(PositionJson),
    orders: z.array(z.object({ id: name, symbol: name, side, opens: atLeastZero })),
    resting: z.array(restingJson).optional(),
    funding: z.array(FundingJson),
  })
  .refine(
    ({ mode, positions }) => positions.every(({ posted }) => (mode === "isolated") === (posted !== undefined)),
    "in isolated margin every position has posted margin, elsewhere none",
  )
  .refine(({ positions }) => unique(positions.map(positionName)), "a position stands twice")
  .refine(
    ({ positions }) =>
      positions.every(
        (each) => each.side !== "one-way" || positions.every((other) => other === each || other.symbol !== each.symbol),
      ),
    "a symbol is held one-way and hedged at once",
  )
  .refine(({ balances }) => unique(balances.map(({ coin }) => coin)), "a coin stands twice")
  .transform(({ spotLeverage, resting, ...rest }): Body => ({
    ...rest,
    ...(spotLeverage !== undefined && { spotLeverage }),
    ...(resting !== undefined && { resting }),
  }));

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** Reads a holding's body, fresh or back from the journal. */
export const readBody = (raw: unknown): Result<Body, Why> => read("holding", BodyJson, raw);
