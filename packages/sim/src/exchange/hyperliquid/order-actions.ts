import { type Result, fail, ok } from "@plimsoll/core/units";
import { type Market, ONE, type OneOrder, absolute, marketOf, sizeOf } from "@plimsoll/sim/exchange";
import { type Action, type Answer, type Call, accountFor, marketsOf } from "./call.ts";
import { placedStatus } from "./order-payload.ts";
import { type Wanted, readOrder } from "./order-request.ts";
import { cloidOf, oidOf, ownOrders } from "./own-order.ts";
import { NO_MATCH, NOT_THERE, TOO_SMALL, inVenueWords, ofAsset } from "./refusals.ts";
import { type Fields, fieldsOf } from "./request.ts";

export const orderActions: Readonly<Record<string, Action>> = {
  order: placeAll,
  cancel: (call) => cancelAll(call, "cancel", ({ a, o }) => [a, (own) => oidOf(own) === o]),
  cancelByCloid: (call) =>
    cancelAll(call, "cancel", ({ asset, cloid }) => [asset, (own) => cloid != null && cloidOf(own) === cloid]),
};

/** Each order of an action stands for itself: some may be taken and others refused. */
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const statuses = (type: string, all: readonly Result<unknown, string>[]): Answer =>
  ok({ type, data: { statuses: all.map((each) => (each.ok ? each.value : { error: each.failure })) } });

const marketAt = (call: Call, asset: unknown): Market | undefined =>
  typeof asset === "number" ? marketsOf(call)[asset] : undefined;

function placeAll(call: Call): Answer {
  const { orders, grouping } = call.fields;
  if (grouping !== "na" && grouping !== "positionTpsl") return fail(`Grouping ${String(grouping)} is not simulated.`);
  return statuses(
    "order",
    listOf(orders).map((order) => {
      const market = marketAt(call, order["a"]);
      if (market === undefined) return fail(ofAsset("Invalid asset.", Number(order["a"])));
      const placed = place(call, order, market, grouping === "positionTpsl");
      return placed.ok ? placed : fail(ofAsset(placed.failure, Number(order["a"])));
    }),
  );
}

function place(call: Call, order: Fields, market: Market, whole: boolean): Result<unknown, string> {
  const { simulation, user } = call;
  const read = readOrder(order, market, whole);
  if (!read.ok) return read;
  const { clientId } = read.value.order;
  if (clientId !== "" && ownOrders(simulation, user).some((own) => cloidOf(own) === clientId))
    return fail(`Duplicate cloid ${clientId}.`);
  if (isCrumb(call, read.value)) return fail(TOO_SMALL);
  const result = simulation.run({ ...read.value, account: user });
  if (!result.ok) return fail(inVenueWords(result.failure));
  const id = (result.value.order ?? result.value.conditional)?.id;
  const own = ownOrders(simulation, user).find((each) => oidOf(each) === id);
  if (own?.placed?.timeInForce === "IOC" && own.placed.filled === 0n) return fail(NO_MATCH);
  return ok(own === undefined ? {} : placedStatus(own));
}

/** A closing order below the least value must close all there is; the exchange lets any closing order pass. */
function isCrumb(call: Call, { type, order }: Wanted): boolean {
  if (type !== "order" || !order.reduceOnly) return false;
  const held = absolute(sizeOf(accountFor(call), order.symbol, order.positionSide));
  const { minNotional } = marketOf(call.simulation, order.symbol).instrument;
  return order.size < held && order.size * order.price < minNotional * ONE;
}

function cancelAll(
  call: Call,
  type: string,
  askedBy: (fields: Fields) => readonly [asset: unknown, is: (own: OneOrder) => boolean],
): Answer {
  return statuses(
    type,
    listOf(call.fields["cancels"]).map((each) => {
      const [asset, is] = askedBy(each);
      const ended = cancel(call, marketAt(call, asset), is);
      return ended.ok ? ended : fail(ofAsset(ended.failure, Number(asset)));
    }),
  );
}

function cancel(
  { simulation, user }: Call,
  market: Market | undefined,
  is: (own: OneOrder) => boolean,
): Result<unknown, string> {
  const own = ownOrders(simulation, user).find(is);
  const symbol = market?.instrument.symbol;
  if (own === undefined || symbol === undefined || own.request.symbol !== symbol) return fail(NOT_THERE);
  const result =
    own.placed === undefined
      ? simulation.run({ type: "cancel-conditional", account: user, ref: { id: own.request.id } })
      : simulation.run({ type: "cancel", account: user, symbol, ref: { id: own.placed.id } });
  return result.ok ? ok("success") : fail(inVenueWords(result.failure));
}
