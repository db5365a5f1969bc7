import type { Action } from "@plimsoll/core/book";
import { type OrderAction, type StopAction, restingNamed } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, ZERO, fail, negate, ok, text, trim, why } from "@plimsoll/core/units";
import { type Draft, clientIdOf, noSuchAction, watchedAs } from "@plimsoll/venues/exchange";
import { exactJson } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, ContractPosition } from "./holding.ts";
import { checkMove } from "./move-margin.ts";
import { reducedBy } from "./order.ts";
import { OKX } from "./written.ts";

const params = z.record(z.string(), z.union([z.string(), z.boolean()]));
/** What goes over the wire, as the intent's journal keeps it; parameters are the venue's own words. */
export const Message = z.discriminatedUnion("call", [
  z.object({ call: z.literal("order"), coin: z.string(), params }),
  z.object({ call: z.literal("stop"), coin: z.string(), params }),
  z.object({ call: z.literal("cancel"), params }),
  z.object({ call: z.literal("cancel-stop"), params }),
  z.object({
    call: z.literal("margin"),
    asset: z.string(),
    at: z.number(),
    before: exactJson,
    change: exactJson,
    params,
  }),
]);
export type Message = z.infer<typeof Message>;
type Made = Result<Draft<Message>, Why>;

/** @source OKX API documentation, clOrdId and algoClOrdId: 32 letters and digits */
const LONGEST_ID = 32;

/** Turns an action into a message; `at` is the client's clock. */
export function makeMessage(key: string, body: Body, action: Action, at: number): Made {
  switch (action.do) {
    case "order":
      return orderMessage(key, body, action);
    case "stop":
      return stopMessage(key, body, action);
    case "cancel":
      return cancelMessage(body, action.order);
    case "move-margin":
      return marginMessage(key, body, action, at);
    case "supply":
    case "repay":
    case "withdraw":
      return noSuchAction(OKX, action.do);
  }
}

const plain = (value: Exact): string => text(trim(value));

/** A limit order that fills at once or not at all; without `reduceOnly` one that protects another position, in the cross account. */
function orderMessage(key: string, body: Body, order: OrderAction): Made {
  const { instrument, side, size, limit, reduceOnly, hedges } = order;
  if (!reduceOnly && hedges === undefined)
    return fail(why("okx/not-reduce-only", { instrument, next: "send reduce-only orders" }));
  const reduced = reduceOnly ? held(body, order) : undefined;
  if (reduced?.ok === false) return reduced;
  const opened = body.positionMode === "net" ? {} : { posSide: side === "buy" ? "long" : "short" };
  const reference = clientIdOf(key, "pl", LONGEST_ID);
  return ok({
    reference,
    message: {
      call: "order",
      coin: reduced?.value.coin ?? instrument.split("-")[1] ?? "",
      params: {
        instId: instrument,
        ...(reduced === undefined ? { tdMode: "cross", ...opened } : directionOf(reduced.value)),
        side,
        ordType: "ioc",
        sz: plain(size),
        px: plain(limit),
        clOrdId: reference,
      },
    },
  });
}

/** Waits at the venue, under the id of a waiting order: `clOrdId`, which the client library sends, names none. */
function stopMessage(key: string, body: Body, stop: StopAction): Made {
  const { instrument, side, size, trigger, limit } = stop;
  const position = held(body, stop);
  if (!position.ok) return position;
  const kind = watchedAs(OKX, TRIGGERS, trigger.kind);
  if (!kind.ok) return kind;
  const withLoss = (trigger.when === "at-or-below") === (side === "sell");
  const [at, of, px] = [plain(trigger.at), kind.value, limit === undefined ? "-1" : plain(limit)];
  const reference = clientIdOf(key, "ps", LONGEST_ID);
  return ok({
    reference,
    message: {
      call: "stop",
      coin: position.value.coin,
      params: {
        instId: instrument,
        ...directionOf(position.value),
        side,
        ordType: "conditional",
        ...(size === "all" ? { closeFraction: "1" } : { sz: plain(size) }),
        ...(withLoss
          ? { slTriggerPx: at, slTriggerPxType: of, slOrdPx: px }
          : { tpTriggerPx: at, tpTriggerPxType: of, tpOrdPx: px }),
        algoClOrdId: reference,
      },
    },
  });
}

const TRIGGERS = { mark: "mark", last: "last", index: "index" } as const;

/** Net mode has a flag, long/short mode the side of the position; the margin mode is the position's. */
const directionOf = ({ side, margin }: ContractPosition) => ({
  tdMode: margin.mode,
  ...(side === "net" ? { reduceOnly: true } : { posSide: side }),
});

function held(body: Body, action: OrderAction | StopAction): Result<ContractPosition, Why> {
  const { instrument, side } = action;
  const position = reducedBy(body, action);
  if (!position.ok) return position;
  return position.value === undefined
    ? fail(why("okx/no-position", { instrument, side, next: "nothing is left to reduce" }))
    : ok(position.value);
}

/** By the venue's id of an order in the holding, or by the id of whoever placed it: the venue wants the instrument too. */
function cancelMessage(body: Body, name: string): Made {
  const lies = restingNamed(body, name);
  const instId = lies?.instrument ?? body.orders.find(({ id }) => id === name)?.instrument;
  if (instId === undefined)
    return fail(why("okx/no-order", { order: name, next: "it is already gone; read the account again" }));
  const [id, reference] = [lies?.order ?? name, `cancel:${name}`];
  return lies?.trigger === undefined
    ? ok({ reference, message: { call: "cancel", params: { instId, ordId: id } } })
    : ok({ reference, message: { call: "cancel-stop", params: { instId, algoId: id } } });
}

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves have no id at the venue: what identifies one is what the position's margin becomes. */
function marginMessage(key: string, body: Body, move: MoveMargin, at: number): Made {
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const { position, adding } = checked.value;
  const { instrument: instId, side: posSide, coin: asset, margin } = position;
  const before = margin.mode === "isolated" ? margin.balance : ZERO;
  const type = adding ? "add" : "reduce";
  return ok({
    reference: clientIdOf(key, "pl", LONGEST_ID),
    message: {
      call: "margin",
      asset,
      at,
      before,
      change: adding ? move.amount : negate(move.amount),
      params: { instId, posSide, type, amt: plain(move.amount) },
    },
  });
}
