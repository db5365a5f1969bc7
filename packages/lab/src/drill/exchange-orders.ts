// What lies at the simulated exchange, in its words and in the house's.
import type { Action, Resting, StopTrigger } from "@plimsoll/core/book";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  exact,
  fail,
  ok,
  rescale,
  why,
} from "@plimsoll/core/units";
import {
  type Account,
  type Conditional,
  type Input,
  ONE,
  type Order,
  type Output,
  type PositionSide,
  SCALE,
  type Simulation,
  isOpen,
} from "@plimsoll/sim/exchange";
import type { Body } from "@plimsoll/venues/binance";
import type { Woken } from "./stage.ts";

type State = Simulation["state"];
type Placed = Extract<Action, { readonly do: "order" | "stop" }>;

const units = (value: Exact): bigint => rescale(value, SCALE, "half-even").digits;
const own = (value: bigint): Exact => exact(value, SCALE);

const WATCHES = { mark: "MARK_PRICE", index: "INDEX_PRICE", last: "CONTRACT_PRICE" } as const;
const KINDS = { MARK_PRICE: "mark", INDEX_PRICE: "index", CONTRACT_PRICE: "last" } as const;

/** The position that a reducing order is for; what opens one adds to the other side. */
const sideOf = ({ hedge }: Account, side: "buy" | "sell", reduces: boolean): PositionSide =>
  hedge ? ((side === "sell") === reduces ? "LONG" : "SHORT") : "BOTH";

/** An action as an input of the exchange; in hedge mode the side of the position says that it reduces. */
export function inputOf(
  account: Account,
  action: Placed,
  clientId: string,
): Result<Extract<Input, { readonly type: "order" | "conditional" }>, Why> {
  const { instrument: symbol, side } = action;
  const reduces = action.do === "stop" || action.reduceOnly;
  const placed = {
    ...{ symbol, side, clientId, positionSide: sideOf(account, side, reduces) },
    reduceOnly: reduces && !account.hedge,
  };
  if (action.do === "order") {
    const order = { ...placed, price: units(action.limit), size: units(action.size) };
    return ok({ type: "order", account: account.id, order: { ...order, type: "LIMIT", timeInForce: "IOC" } });
  }
  const { trigger, size, limit } = action;
  if (!Object.hasOwn(WATCHES, trigger.kind))
    return fail(why("drill/no-such-trigger", { kind: trigger.kind, next: "name mark, index or last" }));
  const isStop = (trigger.when === "at-or-below") === (side === "sell");
  const order = {
    ...placed,
    type: isStop ? ("STOP_MARKET" as const) : ("TAKE_PROFIT_MARKET" as const),
    ...{ trigger: units(trigger.at), watches: WATCHES[trigger.kind as keyof typeof WATCHES] },
    ...{ size: size === "all" ? 0n : units(size), closePosition: size === "all" },
    ...(limit && { limit: units(limit) }),
  };
  return ok({ type: "conditional", account: account.id, order });
}

/** Everything of one account that waits: in the book, or for its price. */
export function restingIn(
  { orders, conditionals }: State,
  { id }: Account,
): Pick<Required<Body>, "orders" | "resting"> {
  const waiting = [...conditionals.values()].filter((each) => each.account === id && each.status === "NEW");
  const open = [...orders.values()].filter((each) => each.account === id && isOpen(each));
  return {
    orders: [
      ...waiting.map((each) => ({ ...named(each), conditional: true as const })),
      ...open.map((each) => named(each)),
    ],
    resting: [...waiting.map(waitingOne), ...open.map(openOne)],
  };
}
const named = ({ id, symbol, positionSide }: Conditional | Order) => ({ id: `${id}`, symbol, positionSide });

const shared = ({ id, clientId, symbol, side }: Conditional | Order) => ({
  ...{ order: `${id}`, reference: clientId, instrument: symbol, side },
});
const waitingOne = (one: Conditional): Resting => ({
  ...shared(one),
  ...{ size: one.closePosition ? "all" : own(one.size), reduceOnly: true, trigger: triggerOf(one) },
  ...(one.limit !== undefined && { limit: own(one.limit) }),
});
const openOne = (one: Order): Resting => ({
  ...shared(one),
  ...{ size: own(one.size - one.filled), reduceOnly: one.reduceOnly || one.positionSide !== "BOTH" },
  limit: own(one.price),
});

const triggerOf = ({ type, side, trigger, watches }: Conditional): StopTrigger => ({
  kind: KINDS[watches],
  when: (type === "STOP_MARKET") === (side === "sell") ? "at-or-below" : "at-or-above",
  at: own(trigger),
});

/** The stops that woke among what the exchange said, and what became of each: an order that fills, rests, or is refused. */
export const wokenIn = (state: State, outputs: readonly Output[], at: Ms): readonly Woken[] =>
  outputs.flatMap((output) =>
    output.type === "conditional" && output.conditional.status === "TRIGGERED"
      ? [wokenOf(state, output.conditional, outputs, at)]
      : [],
  );

function wokenOf({ markets }: State, stop: Conditional, outputs: readonly Output[], at: Ms): Woken {
  const { account, clientId, symbol: instrument, side } = stop;
  const isOfIt = ({ order }: Extract<Output, { type: "order" }>) =>
    order.origin === "stop" && order.account === account && order.clientId === clientId;
  const said = outputs.flatMap((each) => (each.type === "order" && isOfIt(each) ? [each] : []));
  const refusal = outputs.find(
    (each) => each.type === "conditional" && each.conditional.id === stop.id && each.why !== "",
  );
  const fills = said.flatMap(({ trade }) => trade ?? []);
  const { mark } = markets.get(instrument)!;
  const sign = side === "sell" ? 1n : -1n;
  const cost = fills.reduce((sum, { price, size, fee }) => sum + fee + (sign * (mark - price) * size) / ONE, 0n);
  const filled = fills.reduce((sum, { size }) => sum + size, 0n);
  const size = said[0]?.order.size ?? stop.size;
  const worst = fills.map(({ price }) => price).reduce((a, b) => (a === 0n || sign * (b - a) < 0n ? b : a), 0n);
  return {
    ...{
      at,
      holding: account as HoldingId,
      instrument,
      side,
      size: own(size),
      trigger: triggerOf(stop),
      cost: own(cost),
    },
    result: filled === 0n ? "refused" : filled === size ? "whole" : "part",
    ...(filled > 0n && { worst: own(worst) }),
    ...(refusal?.type === "conditional" && { why: why("drill/refused-by-venue", { said: refusal.why }) }),
  };
}
