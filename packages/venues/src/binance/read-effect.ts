import type { VenueEffect } from "@plimsoll/core/book";
import { type Result, type Why, ZERO, assetId, fail, ok } from "@plimsoll/core/units";
import { exactJson, noSuchEffect, orderSide, positive } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Fill } from "./fill.ts";
import { side, unreadable } from "./raw.ts";
import type { BinanceVenueEffect, FundingPaid } from "./venue-effect.ts";

const flow = z.object({ asset: z.string().min(1).transform(assetId), amount: exactJson });

const FillBody = z
  .object({
    symbol: z.string().min(1),
    positionSide: side,
    side: orderSide,
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

const FundingBody = z
  .object({
    asset: z.string().min(1),
    amount: exactJson,
    position: z.object({ symbol: z.string().min(1), positionSide: side }).optional(),
  })
  .transform(({ position, ...rest }): FundingPaid => (position === undefined ? rest : { ...rest, position }));

const SettledBody = z.strictObject({ symbol: z.string().min(1), rate: exactJson });

/** What the venue did to us, fresh or back from the journal. */
export function readEffect({ was, body }: VenueEffect): Result<BinanceVenueEffect, Why> {
  switch (was) {
    case "fill":
    case "liquidation":
    case "adl": {
      const parsed = FillBody.safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "funding": {
      const parsed = z.union([SettledBody, FundingBody]).safeParse(body);
      return parsed.success ? ok({ was, body: parsed.data }) : fail(unreadable(was, parsed.error));
    }
    case "interest":
    case "redemption":
    case "settlement":
      return fail(noSuchEffect("binance", was));
  }
}
