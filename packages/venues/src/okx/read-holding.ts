import { type Result, type Why, fail, isNegative, isZero, ms, ok } from "@plimsoll/core/units";
import { exactJson, positive, restingJson, unreadableBy } from "@plimsoll/venues/wire";
import * as z from "zod";
import { type Body, type Funding, type Position, isIsolated, positionName } from "./holding.ts";

const atLeastZero = exactJson.refine((value) => !isNegative(value), "must not be below 0");
const moment = z.number().int().min(0).transform(ms);
const side = z.enum(["net", "long", "short"]);
const name = z.string().min(1);
const pair = z.object({ base: atLeastZero, quote: atLeastZero });

const ContractJson = z
  .object({
    kind: z.literal("contract"),
    instrument: name,
    side,
    coin: name,
    contracts: exactJson.refine((value) => !isZero(value), "a position has a size"),
    entry: positive,
    margin: z.discriminatedUnion("mode", [
      z.object({ mode: z.literal("cross") }),
      z.object({ mode: z.literal("isolated"), balance: exactJson }),
    ]),
    leverage: positive.optional(),
  })
  .refine(
    (each) => each.side === "net" || (each.side === "short") === isNegative(each.contracts),
    "a long position has contracts above 0, a short one below",
  );

const MarginJson = z
  .object({
    kind: z.literal("margin"),
    instrument: name,
    coin: name,
    held: pair,
    owed: pair,
    margin: z.object({ mode: z.enum(["cross", "isolated"]) }),
    leverage: positive.optional(),
  })
  .refine(({ owed }) => !isZero(owed.base) || !isZero(owed.quote), "a position on margin owes something");

const PositionJson = z
  .union([ContractJson, MarginJson])
  .transform(({ leverage, ...rest }): Position => (leverage === undefined ? rest : { ...rest, leverage }));

const FundingJson = z
  .object({
    instrument: name,
    rate: exactJson,
    next: moment,
    everyMs: z.number().int().min(1).transform(ms).optional(),
    bounds: z.object({ min: exactJson, max: exactJson }).optional(),
  })
  .transform(({ everyMs, bounds, ...rest }): Funding => ({
    ...rest,
    ...(everyMs !== undefined && { everyMs }),
    ...(bounds !== undefined && { bounds }),
  }));

const BodyJson = z
  .object({
    mode: z.enum(["futures", "multi-currency", "portfolio"]),
    positionMode: z.enum(["net", "long-short"]),
    balances: z.array(z.object({ coin: name, cash: exactJson, frozen: atLeastZero })),
    positions: z.array(PositionJson),
    orders: z.array(z.object({ id: name, instrument: name, side, opens: atLeastZero })),
    resting: z.array(restingJson).optional(),
    funding: z.array(FundingJson),
    interest: z.array(z.object({ coin: name, rate: atLeastZero, next: moment })).default([]),
  })
  .refine(
    ({ positionMode, positions }) =>
      positions.every((each) => each.kind === "margin" || (positionMode === "net") === (each.side === "net")),
    "positions are net in net mode, long or short in long/short mode",
  )
  .refine(
    ({ mode, positions }) =>
      mode === "futures" || positions.every((each) => each.kind === "contract" || isIsolated(each)),
    "cross spot margin is a coin balance outside futures mode",
  )
  .refine(
    ({ balances, positions }) =>
      positions.every((each) => isIsolated(each) || balances.some(({ coin }) => coin === each.coin)),
    "a cross position's coin has no balance",
  )
  .refine(
    ({ positions }) => unique(positions.map((each) => `${positionName(each)}:${each.margin.mode}`)),
    "a position stands twice",
  )
  .refine(({ balances }) => unique(balances.map(({ coin }) => coin)), "a coin stands twice")
  .refine(({ interest }) => unique(interest.map(({ coin }) => coin)), "interest on a coin stands twice")
  .transform(({ resting, ...rest }): Body => (resting === undefined ? rest : { ...rest, resting }));

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = unreadableBy("okx");
