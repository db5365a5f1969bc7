import {
  type Conditional,
  type OneOrder,
  type Order,
  type Simulation,
  isReducing,
  oneConditionalOf,
  oneOrderOf,
  oneOrders,
} from "@plimsoll/sim/exchange";
import { positionIndexOf } from "./account-payload.ts";
import type { Front } from "./call.ts";

/** One order as its owner knows it, under one id for its whole life. */
export interface OwnOrder extends OneOrder {
  readonly id: string;
  readonly linkId: string;
  readonly createdAt: number;
}

/** The venue's ids are UUIDs; one that the exchange never took on has another first digit. */
export const orderIdOf = (id: number): string =>
  `${id < 0 ? 1 : 0}0000000-0000-4000-8000-${Math.abs(id).toString(16).padStart(12, "0")}`;

/** The owner's name for an order; the exchange names those that have none after their number. */
const linkIdOf = ({ id, clientId }: Order | Conditional): string =>
  clientId === `sim-${id}` || clientId === `sim-algo-${id}` ? "" : clientId;

const named = (one: OneOrder): OwnOrder => ({
  ...one,
  id: orderIdOf(one.request.id),
  linkId: linkIdOf(one.request),
  createdAt: one.request.createdAt,
});

/** An order that the exchange reports, with the stop that it came from. */
export const ownOrderOf = (simulation: Simulation, order: Order): OwnOrder => named(oneOrderOf(simulation, order));
export const ownConditionalOf = (simulation: Simulation, conditional: Conditional): OwnOrder =>
  named(oneConditionalOf(simulation, conditional));

/** Every order of an account, newest first. */
export const ownOrders = ({ simulation, declined }: Front, account: string): readonly OwnOrder[] =>
  oneOrders(simulation, account, declined)
    .map(named)
    .toSorted((a, b) => b.createdAt - a.createdAt || Math.abs(b.request.id) - Math.abs(a.request.id));

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
