import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  isNegative,
  isZero,
  larger,
  magnitude,
  ok,
  subtract,
} from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { OpenOrder, Position, Side } from "./holding.ts";
import { answerOf, figure, side } from "./raw.ts";
import { OKX } from "./written.ts";

const id = z.string().min(1);
/** Orders of spot pairs have no side of a position. */
const posSide = z.union([side, z.literal("")]).transform((text): Side => (text === "" ? "net" : text));

const Order = z.object({
  ordId: id,
  instId: z.string().min(1),
  instType: z.string(),
  side: z.enum(["buy", "sell"]),
  posSide,
  sz: figure,
  accFillSz: figure,
  reduceOnly: z.enum(["true", "false", ""]).default(""),
});
type Order = z.infer<typeof Order>;

const AlgoOrder = z.object({ algoId: id, instId: z.string().min(1), posSide });

const read = readerOf(OKX);

/** Open orders of GET trade/orders-pending, one page or several joined; `opens` counts against the positions held. */
export function readOrders(raw: unknown, positions: readonly Position[]): Result<readonly OpenOrder[], Why> {
  const rows = read("orders", answerOf(Order), raw);
  if (!rows.ok) return rows;
  return ok(
    rows.value.map((order) => ({
      id: order.ordId,
      instrument: order.instId,
      side: order.posSide,
      opens: opensOf(order, positions),
    })),
  );
}

/** Orders that wait for a trigger, of GET trade/orders-algo-pending: until then they count toward no tier. */
export function readAlgoOrders(raw: unknown): Result<readonly OpenOrder[], Why> {
  const rows = read("algo orders", answerOf(AlgoOrder), raw);
  if (!rows.ok) return rows;
  return ok(rows.value.map((each) => ({ id: each.algoId, instrument: each.instId, side: each.posSide, opens: ZERO })));
}

/** Contracts that the rest of an order would add: what is beyond closing the other side, in net mode. */
function opensOf(order: Order, positions: readonly Position[]): Exact {
  if (order.instType !== "SWAP" && order.instType !== "FUTURES") return ZERO;
  if (order.reduceOnly === "true") return ZERO;
  const left = larger(ZERO, subtract(order.sz, order.accFillSz));
  if (order.posSide !== "net") return (order.side === "buy") === (order.posSide === "long") ? left : ZERO;
  const held = positions.find((each) => each.kind === "contract" && each.instrument === order.instId);
  if (held?.kind !== "contract" || isZero(held.contracts)) return left;
  const closes = isNegative(held.contracts) === (order.side === "buy");
  return closes ? larger(ZERO, subtract(left, magnitude(held.contracts))) : left;
}
