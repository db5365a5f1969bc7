import { type Result, fail, ok } from "@plimsoll/core/units";
import { type ConditionalRequest, type Market, type OrderRequest, readFixed } from "@plimsoll/sim/exchange";
import { isPrice } from "./figures.ts";
import { BAD_PRICE, BAD_SIZE } from "./refusals.ts";
import { type Fields, fieldsOf } from "./request.ts";

/** What an owner asks for, in the exchange's terms. */
export type Wanted =
  | { readonly type: "order"; readonly order: OrderRequest }
  | { readonly type: "conditional"; readonly order: ConditionalRequest };

const TIMES = new Map<unknown, "GTC" | "IOC" | "GTX">([
  ["Gtc", "GTC"],
  ["Ioc", "IOC"],
  ["Alo", "GTX"],
]);

/**
 * Reads one order of an action: asset, buy or sell, price, size, reduce-only, type, and the owner's name for it.
 * @param whole the order closes the whole position when it triggers: its size is 0 (grouping `positionTpsl`).
 * @source hyperliquid.gitbook.io, exchange endpoint, place an order
 */
export function readOrder(fields: Fields, { instrument }: Market, whole: boolean): Result<Wanted, string> {
  const { b, p, s, r, t, c } = fields;
  const [price, size] = [readFixed(String(p)), readFixed(String(s))];
  if (price === null || price <= 0n || !isPrice(price, instrument)) return fail(BAD_PRICE);
  if (size === null || size < 0n) return fail(BAD_SIZE);
  if (c !== undefined && !(typeof c === "string" && /^0x[0-9a-f]{32}$/i.test(c))) return fail("Invalid cloid.");
  const common = {
    symbol: instrument.symbol,
    side: b === true ? "buy" : "sell",
    positionSide: "BOTH",
    size,
    reduceOnly: r === true,
    clientId: typeof c === "string" ? c : "",
  } as const;
  const { limit, trigger } = fieldsOf(t);
  if (trigger !== undefined) return readTrigger(fieldsOf(trigger), { ...common, price }, instrument, whole);
  const timeInForce = TIMES.get(fieldsOf(limit)["tif"]);
  if (timeInForce === undefined) return fail("Order has an invalid time in force.");
  if (whole) return fail("Invalid TP/SL grouping.");
  return ok({ type: "order", order: { ...common, type: "LIMIT", timeInForce, price } });
}

/** An order that waits for the mark price, then at market or at its limit. */
function readTrigger(
  { isMarket, triggerPx, tpsl }: Fields,
  { price, ...common }: Omit<OrderRequest, "type" | "timeInForce">,
  instrument: Market["instrument"],
  whole: boolean,
): Result<Wanted, string> {
  const trigger = readFixed(String(triggerPx));
  if (trigger === null || !isPrice(trigger, instrument)) return fail(BAD_PRICE);
  if (tpsl !== "tp" && tpsl !== "sl") return fail("Invalid TP/SL price.");
  if (whole ? common.size !== 0n || !common.reduceOnly : common.size === 0n) return fail(BAD_SIZE);
  return ok({
    type: "conditional",
    order: {
      ...common,
      type: tpsl === "sl" ? "STOP_MARKET" : "TAKE_PROFIT_MARKET",
      trigger,
      ...(isMarket !== true && { limit: price }),
      watches: "MARK_PRICE",
      reduceOnly: common.reduceOnly && !whole,
      closePosition: whole,
    },
  });
}
