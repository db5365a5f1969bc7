import type { Resting } from "@plimsoll/core/book";
import { type Exact, isZero, subtract } from "@plimsoll/core/units";
import { restingFrom } from "@plimsoll/venues/wire";
import * as z from "zod";
import { side, venueNumber } from "./raw.ts";

const id = z.union([z.string(), z.number()]).transform(String);
const shared = {
  symbol: z.string(),
  positionSide: side,
  side: z.enum(["BUY", "SELL"]),
  reduceOnly: z.boolean(),
  price: venueNumber,
};

const Orders = z.array(
  z.object({ ...shared, orderId: id, clientOrderId: z.string(), origQty: venueNumber, executedQty: venueNumber }),
);
const Conditionals = z.array(
  z.object({
    ...shared,
    algoId: id,
    clientAlgoId: z.string(),
    orderType: z.enum(["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"]),
    quantity: venueNumber,
    triggerPrice: venueNumber,
    workingType: z.enum(["MARK_PRICE", "CONTRACT_PRICE"]),
    closePosition: z.boolean(),
  }),
);
type Row = Pick<z.output<typeof Orders>[number], "symbol" | "positionSide" | "side" | "reduceOnly">;

/**
 * What lies at the venue; undefined where a row is not what we know, since a list that lacks one is no list.
 * @source GET /fapi/v1/openOrders and /fapi/v1/openAlgoOrders
 */
export function readResting(orders: unknown, conditionals: unknown): readonly Resting[] | undefined {
  const [open, waiting] = [Orders.safeParse(orders), Conditionals.safeParse(conditionals)];
  if (!open.success || !waiting.success) return undefined;
  return [
    ...open.data.map((row) =>
      restingFrom({
        ...sharedOf(row),
        order: row.orderId,
        reference: row.clientOrderId,
        size: subtract(row.origQty, row.executedQty),
        limit: unlessZero(row.price),
      }),
    ),
    ...waiting.data.map((row) =>
      restingFrom({
        ...sharedOf(row),
        order: row.algoId,
        reference: row.clientAlgoId,
        size: row.closePosition ? "all" : row.quantity,
        reduceOnly: row.closePosition || reduces(row),
        trigger: triggerOf(row),
        limit: unlessZero(row.price),
      }),
    ),
  ];
}

const sharedOf = (row: Row) => ({
  instrument: row.symbol,
  side: row.side === "BUY" ? ("buy" as const) : ("sell" as const),
  reduceOnly: reduces(row),
});

/** In hedge mode the side says it. */
const reduces = ({ positionSide, side, reduceOnly }: Row): boolean =>
  positionSide === "BOTH" ? reduceOnly : (positionSide === "LONG") === (side === "SELL");

const unlessZero = (price: Exact): Exact | undefined => (isZero(price) ? undefined : price);

/** A stop goes with the loss, a take-profit against it; a trailing stop waits, like a stop, on the losing side. */
function triggerOf({ orderType, side, workingType, triggerPrice }: z.output<typeof Conditionals>[number]) {
  const takesProfit = orderType.startsWith("TAKE_PROFIT");
  return {
    kind: workingType === "MARK_PRICE" ? ("mark" as const) : ("last" as const),
    when: takesProfit === (side === "SELL") ? ("at-or-above" as const) : ("at-or-below" as const),
    at: triggerPrice,
  };
}
