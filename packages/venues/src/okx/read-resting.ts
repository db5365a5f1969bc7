import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { type Exact, type PriceKind, isZero, subtract } from "@plimsoll/core/units";
import { restingFrom } from "@plimsoll/venues/wire";
import * as z from "zod";
import { answerOf, figure, figureOrNone } from "./raw.ts";

const shared = {
  instId: z.string().min(1),
  side: z.enum(["buy", "sell"]),
  posSide: z.enum(["net", "long", "short", ""]),
  reduceOnly: z.enum(["true", "false", ""]).default(""),
};
const name = z.string().transform((text) => (text === "" ? undefined : text));
const Order = z.object({
  ...shared,
  ordId: z.string().min(1),
  clOrdId: name,
  ordType: z.string(),
  px: figureOrNone,
  sz: figure,
  accFillSz: figure,
});
const kind = z.union([z.enum(["mark", "last", "index"]), z.literal("").transform((): PriceKind => "last")]);
/** A stop-loss, a take-profit or both; other kinds of waiting orders are not what we know. */
const Stop = z.object({
  ...shared,
  algoId: z.string().min(1),
  algoClOrdId: name,
  ordType: z.enum(["conditional", "oco"]),
  sz: figureOrNone,
  closeFraction: z.string().default(""),
  slTriggerPx: figureOrNone,
  slTriggerPxType: kind,
  slOrdPx: figureOrNone,
  tpTriggerPx: figureOrNone,
  tpTriggerPxType: kind,
  tpOrdPx: figureOrNone,
});

/**
 * What lies at the venue; undefined where a row is not what we know, since a list that lacks one is no list.
 * @source GET trade/orders-pending and trade/orders-algo-pending; a price of -1 is at market
 */
export function readResting(orders: readonly unknown[], waiting: readonly unknown[]): readonly Resting[] | undefined {
  const plain = z.array(answerOf(Order)).safeParse(orders);
  const stops = z.array(answerOf(Stop)).safeParse(waiting);
  if (!plain.success || !stops.success) return undefined;
  return [...plain.data.flat().map(orderRow), ...stops.data.flat().flatMap(stopRows)];
}

const orderRow = (row: z.output<typeof Order>): Resting =>
  restingFrom({
    order: row.ordId,
    reference: row.clOrdId,
    instrument: row.instId,
    side: row.side,
    size: subtract(row.sz, row.accFillSz),
    reduceOnly: reduces(row),
    limit: row.ordType === "market" ? undefined : row.px,
  });

/** One that waits on both sides is two, of which the venue cancels the other. */
function stopRows(row: z.output<typeof Stop>): readonly Resting[] {
  const { algoId: order, algoClOrdId: reference, instId: instrument, side, sz } = row;
  const size = row.closeFraction === "" && sz !== undefined ? sz : "all";
  const loss = side === "sell" ? "at-or-below" : "at-or-above";
  const gain = side === "sell" ? "at-or-above" : "at-or-below";
  const rest = { order, reference, instrument, side, size, reduceOnly: reduces(row) } as const;
  return [
    { trigger: triggerAt(row.slTriggerPx, row.slTriggerPxType, loss), limit: limitOf(row.slOrdPx) },
    { trigger: triggerAt(row.tpTriggerPx, row.tpTriggerPxType, gain), limit: limitOf(row.tpOrdPx) },
  ].flatMap(({ trigger, limit }) => (trigger === undefined ? [] : [restingFrom({ ...rest, trigger, limit })]));
}

const triggerAt = (at: Exact | undefined, of: PriceKind, when: StopTrigger["when"]): StopTrigger | undefined =>
  at === undefined || isZero(at) ? undefined : { kind: of, when, at };
const limitOf = (price: Exact | undefined): Exact | undefined =>
  price === undefined || price.digits <= 0n ? undefined : price;

/** In long/short mode the sides say it. */
const reduces = ({
  posSide,
  side,
  reduceOnly,
}: Pick<z.output<typeof Order>, "posSide" | "side" | "reduceOnly">): boolean =>
  posSide === "long" || posSide === "short" ? (posSide === "long") === (side === "sell") : reduceOnly === "true";
