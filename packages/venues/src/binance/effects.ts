import type { VenueEffect } from "@plimsoll/core/book";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  assetId,
  fail,
  isNegative,
  isZero,
  ok,
  why,
} from "@plimsoll/core/units";
import { exactJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Fill } from "./fill.ts";
import { unreadable } from "./holding.ts";

const positive = exactJson.refine((value: Exact) => !isZero(value) && !isNegative(value), "must be above 0");
const side = z.enum(["BOTH", "LONG", "SHORT"]);
const flow = z.object({ asset: z.string().min(1).transform(assetId), amount: exactJson });

/** Body of `fill`, `liquidation` and `adl`: one trade, with what it cost. */
const FillBody = z
  .object({
    symbol: z.string().min(1),
    positionSide: side,
    side: z.enum(["buy", "sell"]),
    size: positive,
    price: positive,
    fee: z.array(flow),
    opens: z.object({ asset: z.string().min(1), isolated: z.boolean(), leverage: positive.optional() }).optional(),
  })
  .transform(({ opens, ...rest }): Fill => {
    if (opens === undefined) return rest;
    const margin = opens.isolated ? ({ mode: "isolated", wallet: ZERO } as const) : ({ mode: "cross" } as const);
    const leverage = opens.leverage === undefined ? {} : { leverage: opens.leverage };
    return { ...rest, opens: { asset: opens.asset, margin, ...leverage } };
  });

/** Body of `funding`: `amount` above 0 is received; the position is named when it is isolated. */
const FundingBody = z.object({
  asset: z.string().min(1),
  amount: exactJson,
  position: z.object({ symbol: z.string().min(1), positionSide: side }).optional(),
});
export type FundingPaid = z.infer<typeof FundingBody>;

export type Event =
  | { readonly is: "fill"; readonly fill: Fill; readonly liquidation: boolean }
  | { readonly is: "funding"; readonly paid: FundingPaid };

/** What the venue did to us, from an effect's body. */
export function readEffect(effect: VenueEffect): Result<Event, Why> {
  switch (effect.was) {
    case "fill":
    case "liquidation":
    case "adl": {
      const parsed = FillBody.safeParse(effect.body);
      if (!parsed.success) return fail(unreadable(effect.was, parsed.error));
      return ok({ is: "fill", fill: parsed.data, liquidation: effect.was === "liquidation" });
    }
    case "funding": {
      const parsed = FundingBody.safeParse(effect.body);
      return parsed.success ? ok({ is: "funding", paid: parsed.data }) : fail(unreadable("funding", parsed.error));
    }
    case "interest":
    case "redemption":
    case "settlement":
      return fail(why("binance/no-such-effect", { effect: effect.was, next: "read the account again" }));
  }
}
