import { type Result, type Why, fail, isNegative, isZero, ms, ok } from "@plimsoll/core/units";
import { exactJson, restingJson, unreadableBy } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body } from "./holding.ts";
import { dexOf } from "./names.ts";

const coin = z.string().min(1);
const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

const PositionJson = z.object({
  coin,
  size: exactJson.refine((value) => !isZero(value), "a position has a size"),
  margin: z.discriminatedUnion("mode", [
    z.object({ mode: z.literal("cross") }),
    z.object({ mode: z.literal("isolated"), cash: exactJson }),
  ]),
  leverage: exactJson.refine((value) => !isZero(value) && !isNegative(value), "must be above 0"),
});

const BodyJson = z
  .object({
    pools: z.array(z.object({ dex: z.string(), token: z.string().min(1), cash: exactJson })),
    positions: z.array(PositionJson),
    orders: z.array(z.object({ id: z.string().min(1), coin })),
    resting: z.array(restingJson).optional(),
    funding: z.array(z.object({ coin, rate: exactJson, next: z.number().int().min(0).transform(ms) })),
  })
  .refine(({ pools }) => unique(pools.map(({ dex }) => dex)), "a dex has two pools")
  .refine(({ positions }) => unique(positions.map((each) => each.coin)), "a position stands twice")
  .refine(
    ({ pools, positions }) => positions.every((each) => pools.some(({ dex }) => dex === dexOf(each.coin))),
    "a position's dex has no pool",
  )
  .transform(({ resting, ...rest }): Body => (resting === undefined ? rest : { ...rest, resting }));

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = unreadableBy("hyperliquid");
