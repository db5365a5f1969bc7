import { type Conditional, type Order, type Simulation, isOpen } from "@plimsoll/sim/exchange";

/** One order under one `oid` for its whole life: the exchange keeps a trigger order and the order that it becomes apart. */
export interface OwnOrder {
  readonly request: Order | Conditional;
  readonly trigger: Conditional | undefined;
  /** Absent before a trigger order has fired. */
  readonly placed: Order | undefined;
}

/** The exchange names what its owner did not after its number; only a `cloid` begins with 0x. */
export const cloidOf = ({ request: { clientId } }: OwnOrder): string | null =>
  clientId.startsWith("0x") ? clientId : null;
export const oidOf = ({ request: { id } }: OwnOrder): number => id;

/** Every order of an account, newest first. */
export function ownOrders({ state }: Simulation, account: string): readonly OwnOrder[] {
  const own: OwnOrder[] = [];
  for (const placed of state.orders.values())
    if (placed.account === account && placed.origin !== "stop")
      own.push({ request: placed, trigger: undefined, placed });
  for (const trigger of state.conditionals.values()) {
    const placed = state.orders.get(trigger.orderId);
    // one that became an order is forgotten with it
    if (trigger.account === account && (placed !== undefined || trigger.status !== "FINISHED"))
      own.push({ request: trigger, trigger, placed });
  }
  return own.toSorted((a, b) => oidOf(b) - oidOf(a));
}

/** The order that a fill belongs to: of a trigger order that fired, the trigger order. */
export function ownOrderOf({ state }: Simulation, order: Order): OwnOrder {
  const trigger =
    order.origin === "stop" ? [...state.conditionals.values()].find((one) => one.orderId === order.id) : undefined;
  return { request: trigger ?? order, trigger, placed: order };
}

export const isWaiting = ({ trigger, placed }: OwnOrder): boolean =>
  placed === undefined ? trigger?.status === "NEW" : isOpen(placed);

/** @source the statuses of hyperliquid.gitbook.io, order status; which one ends an order here is assumed where the exchange knows one word only */
export function statusOf({ trigger, placed }: OwnOrder): string {
  if (placed === undefined) {
    if (trigger?.status === "NEW") return "open";
    return trigger?.status === "CANCELED" ? "canceled" : "rejected";
  }
  if (isOpen(placed)) return "open";
  if (placed.status === "FILLED") return "filled";
  if (placed.status === "CANCELED") return "canceled";
  if (placed.timeInForce === "IOC" && placed.filled === 0n) return "iocCancelRejected";
  return placed.reduceOnly && placed.timeInForce !== "IOC" ? "reduceOnlyCanceled" : "canceled";
}
