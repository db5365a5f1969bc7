import { type Conditional, type Order, type Simulation, isOpen, isReducing } from "@plimsoll/sim/exchange";
import { positionIndexOf } from "./account-payload.ts";
import type { Front } from "./call.ts";

/**
 * One order as its owner knows it, under one id for its whole life. The exchange keeps a stop and the order that it becomes apart;
 * here they are one.
 */
export interface OwnOrder {
  readonly id: string;
  readonly linkId: string;
  readonly createdAt: number;
  readonly request: Order | Conditional;
  readonly conditional: Conditional | undefined;
  /** What was placed: absent before a stop has triggered. */
  readonly placed: Order | undefined;
}

/** The venue's ids are UUIDs; one that the exchange never took on has another first digit. */
export const orderIdOf = (id: number): string =>
  `${id < 0 ? 1 : 0}0000000-0000-4000-8000-${Math.abs(id).toString(16).padStart(12, "0")}`;

/** The owner's name for an order; the exchange names those that have none after their number. */
const linkIdOf = ({ id, clientId }: Order | Conditional): string =>
  clientId === `sim-${id}` || clientId === `sim-algo-${id}` ? "" : clientId;

const ownOrder = (
  request: Order | Conditional,
  conditional: Conditional | undefined,
  placed: Order | undefined,
): OwnOrder => ({
  id: orderIdOf(request.id),
  linkId: linkIdOf(request),
  createdAt: request.createdAt,
  request,
  conditional,
  placed,
});

/** An order that the exchange reports, with the stop that it came from. */
export function ownOrderOf({ state }: Simulation, order: Order): OwnOrder {
  const conditional =
    order.origin === "stop" ? [...state.conditionals.values()].find((one) => one.orderId === order.id) : undefined;
  return ownOrder(conditional ?? order, conditional, order);
}
export const ownConditionalOf = ({ state }: Simulation, conditional: Conditional): OwnOrder =>
  ownOrder(conditional, conditional, state.orders.get(conditional.orderId));

/** Every order of an account, newest first. */
export function ownOrders({ simulation, declined }: Front, account: string): readonly OwnOrder[] {
  const { orders, conditionals } = simulation.state;
  const all = [
    ...[...orders.values(), ...declined]
      .filter((order) => order.account === account && order.origin !== "stop")
      .map((order) => ownOrder(order, undefined, order)),
    ...[...conditionals.values()]
      .filter((one) => one.account === account)
      .map((one) => ownConditionalOf(simulation, one))
      // one that became an order is forgotten with it
      .filter(({ conditional, placed }) => placed !== undefined || conditional?.status !== "FINISHED"),
  ];
  return all.toSorted((a, b) => b.createdAt - a.createdAt || Math.abs(b.request.id) - Math.abs(a.request.id));
}

export const isWaiting = ({ conditional, placed }: OwnOrder): boolean =>
  placed === undefined ? conditional?.status === "NEW" : isOpen(placed);

/** The status in the venue's words. @source bybit-exchange.github.io/docs/v5/enum, orderStatus */
export function statusOf({ conditional, placed }: OwnOrder): string {
  if (placed === undefined) {
    if (conditional?.status === "NEW") return "Untriggered";
    if (conditional?.status === "TRIGGERED") return "Triggered";
    return conditional?.status === "CANCELED" ? "Deactivated" : "Rejected";
  }
  const words = {
    NEW: "New",
    PARTIALLY_FILLED: "PartiallyFilled",
    FILLED: "Filled",
    CANCELED: "Cancelled",
    EXPIRED: "Cancelled",
  };
  return words[placed.status];
}

/** In hedge mode the side alone says that an order reduces. */
export const reduces = (request: Order | Conditional): boolean => request.closePosition || isReducing(request);
export const indexOf = ({ request }: OwnOrder): number => positionIndexOf(request.positionSide);
