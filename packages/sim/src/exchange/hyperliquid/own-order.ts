import { type OneOrder, type Simulation, isOpen, oneOrders } from "@plimsoll/sim/exchange";

/** The exchange names what its owner did not after its number; only a `cloid` begins with 0x. */
export const cloidOf = ({ request: { clientId } }: OneOrder): string | null =>
  clientId.startsWith("0x") ? clientId : null;
export const oidOf = ({ request: { id } }: OneOrder): number => id;

/** Every order of an account under one `oid` for its whole life, newest first. */
export const ownOrders = (simulation: Simulation, account: string): readonly OneOrder[] =>
  oneOrders(simulation, account).toSorted((a, b) => oidOf(b) - oidOf(a));

/** @source the statuses of hyperliquid.gitbook.io, order status; which one ends an order here is assumed where the exchange knows one word only */
export function statusOf({ conditional, placed }: OneOrder): string {
  if (placed === undefined) {
    if (conditional?.status === "NEW") return "open";
    return conditional?.status === "CANCELED" ? "canceled" : "rejected";
  }
  if (isOpen(placed)) return "open";
  if (placed.status === "FILLED") return "filled";
  if (placed.status === "CANCELED") return "canceled";
  if (placed.timeInForce === "IOC" && placed.filled === 0n) return "iocCancelRejected";
  return placed.reduceOnly && placed.timeInForce !== "IOC" ? "reduceOnlyCanceled" : "canceled";
}
