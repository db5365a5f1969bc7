import { type Conditional, type Order, type Simulation, isOpen } from "@plimsoll/sim/exchange";
import { CURRENCY } from "./perpetuals.ts";

/**
 * One order as its owner sees it. A trigger order and the order that it becomes are two here, as they are in the exchange: the second
 * names the first.
 */
export type OwnOrder =
  | { readonly is: "trigger"; readonly trigger: Conditional }
  | { readonly is: "placed"; readonly placed: Order; readonly from: Conditional | undefined };

/** "SLMS": a stop ("SL") or take ("TP") on mark, index or last trade, to sell or buy. @source docs.deribit.com, "SLTB-187015" and "SLIS-103" */
const headOf = ({ type, watches, side }: Conditional): string => {
  const of = { MARK_PRICE: "M", INDEX_PRICE: "I", CONTRACT_PRICE: "T" }[watches];
  return `${type === "STOP_MARKET" ? "SL" : "TP"}${of}${side === "buy" ? "B" : "S"}`;
};
export const orderIdOf = (order: Order): string => `${CURRENCY}-${order.id}`;
export const triggerIdOf = (trigger: Conditional): string => `${CURRENCY}-${headOf(trigger)}-${trigger.id}`;
export const idOf = (own: OwnOrder): string =>
  own.is === "trigger" ? triggerIdOf(own.trigger) : orderIdOf(own.placed);

/** Labels need not be unique and the exchange's client ids must be: a number goes before them. */
export const asClientId = ({ state }: Simulation, label: string): string => `${state.ids + 1}:${label}`;
/** The owner's label; "" for an order of the venue's own. */
export const labelOf = (own: OwnOrder): string => {
  const { clientId } = own.is === "trigger" ? own.trigger : own.placed;
  return /^\d+:(.*)$/s.exec(clientId)?.[1] ?? "";
};

export const requestOf = (own: OwnOrder): Order | Conditional => (own.is === "trigger" ? own.trigger : own.placed);

/** An order that the exchange reports, with the trigger order that it came from. */
export const ownOrderOf = ({ state }: Simulation, placed: Order): OwnOrder => ({
  is: "placed",
  placed,
  from:
    placed.origin === "stop"
      ? [...state.conditionals.values()].find((one) => one.orderId === placed.id || one.clientId === placed.clientId)
      : undefined,
});

/** Every order of an account, newest first. */
export function ownOrders(simulation: Simulation, account: string): readonly OwnOrder[] {
  const { orders, conditionals } = simulation.state;
  const all = [
    ...[...conditionals.values()].map((trigger): OwnOrder => ({ is: "trigger", trigger })),
    ...[...orders.values()].map((placed) => ownOrderOf(simulation, placed)),
  ];
  return all.filter((own) => requestOf(own).account === account).toSorted((a, b) => requestOf(b).id - requestOf(a).id);
}

export const isWaiting = (own: OwnOrder): boolean =>
  own.is === "trigger" ? own.trigger.status === "NEW" : isOpen(own.placed);

/** The state in the venue's words. @source docs.deribit.com, order_state */
export function stateOf(own: OwnOrder): "open" | "filled" | "rejected" | "cancelled" | "untriggered" | "triggered" {
  if (own.is === "placed") return isOpen(own.placed) ? "open" : own.placed.status === "FILLED" ? "filled" : "cancelled";
  const words = {
    NEW: "untriggered",
    TRIGGERED: "triggered",
    FINISHED: "triggered",
    CANCELED: "cancelled",
    EXPIRED: "rejected",
  } as const;
  return words[own.trigger.status];
}
