import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { integer, unreadableBy } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, MarketState, Position } from "./holding.ts";
import type { DydxVenueEffect } from "./venue-effect.ts";

const ticker = z.string().min(1);
const atLeastZero = integer.refine((value) => value >= 0n, "must not be below 0");
const unique = (names: readonly (string | number)[]): boolean => new Set(names).size === names.length;

const PositionJson = z
  .object({
    ticker,
    size: integer.refine((value) => value !== 0n, "a position has a size"),
    fundingIndex: integer,
    ownImfPpm: atLeastZero.optional(),
  })
  .transform(({ ownImfPpm, ...rest }): Position => (ownImfPpm === undefined ? rest : { ...rest, ownImfPpm }));

const MarketJson = z
  .object({
    ticker,
    fundingIndex: integer,
    openInterest: atLeastZero.optional(),
    funding: z.object({ ratePpm: integer, next: z.number().int().min(0).transform(ms) }).optional(),
  })
  .transform(({ openInterest, funding, ...rest }): MarketState => ({
    ...rest,
    ...(openInterest !== undefined && { openInterest }),
    ...(funding !== undefined && { funding }),
  }));

const SubaccountJson = z
  .object({ number: z.number().int().min(0), quote: integer, positions: z.array(PositionJson) })
  .refine(({ positions }) => unique(positions.map((each) => each.ticker)), "a position stands twice");

const BodyJson = z
  .object({ subaccounts: z.array(SubaccountJson), markets: z.array(MarketJson) })
  .refine(({ subaccounts }) => unique(subaccounts.map(({ number }) => number)), "a subaccount stands twice")
  .refine(({ markets }) => unique(markets.map((each) => each.ticker)), "a market stands twice");

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}

const FillBody = z.object({ subaccount: z.number().int().min(0), ticker, base: integer, quote: integer });
const FundingBody = z.object({ ticker, fundingIndex: integer });

/** What the chain did, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<DydxVenueEffect, Why> {
  switch (was) {
    case "fill":
    case "liquidation":
    case "adl": {
      const parsed = FillBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "funding": {
      const parsed = FundingBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "interest":
    case "redemption":
    case "settlement":
      return fail(why("dydx-v4/no-such-effect", { effect: was, next: "read the account again" }));
  }
}

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = unreadableBy("dydx-v4");
