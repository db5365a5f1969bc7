import type { Resting, StopTrigger } from "@plimsoll/core/book";
import { type Exact, isZero } from "@plimsoll/core/units";
import { decimal, restingFrom } from "@plimsoll/venues/wire";
import * as z from "zod";

const amount = decimal(18);
const Rows = z.array(
  z.object({
    coin: z.string().min(1),
    side: z.enum(["A", "B"]),
    limitPx: amount,
    sz: amount,
    oid: z.number().int(),
    cloid: z.string().nullish(),
    reduceOnly: z.boolean(),
    isTrigger: z.boolean(),
    triggerPx: amount,
    triggerCondition: z.string(),
    isPositionTpsl: z.boolean(),
    orderType: z.string(),
  }),
);

/**
 * What lies at the venue in one dex; undefined where a row is not what we know, since a list that lacks one is no list.
 * @source info request `frontendOpenOrders`; `openOrders` does not tell triggers
 */
export function readResting(raw: unknown): readonly Resting[] | undefined {
  const rows = Rows.safeParse(raw);
  if (!rows.success) return undefined;
  const read = rows.data.map(restingRow);
  return read.every((each) => each !== undefined) ? read : undefined;
}

function restingRow(row: z.output<typeof Rows>[number]): Resting | undefined {
  const trigger = row.isTrigger ? triggerOf(row.triggerCondition, row.triggerPx) : undefined;
  if (row.isTrigger && trigger === undefined) return undefined;
  const market = row.isTrigger && row.orderType.endsWith("Market");
  return restingFrom({
    order: `${row.oid}`,
    reference: row.cloid ?? undefined,
    instrument: row.coin,
    side: row.side === "B" ? "buy" : "sell",
    size: row.isPositionTpsl || isZero(row.sz) ? "all" : row.sz,
    reduceOnly: row.reduceOnly,
    trigger,
    limit: market ? undefined : row.limitPx,
  });
}

/** "Price below 95000". */
function triggerOf(condition: string, at: Exact): StopTrigger | undefined {
  const way = /^Price (above|below)\b/.exec(condition)?.[1];
  return way === undefined ? undefined : { kind: "mark", when: way === "above" ? "at-or-above" : "at-or-below", at };
}
