import type { Order, OrderRequest } from "./core/index.ts";
import type { Simulation } from "./simulation.ts";

/** An order that the exchange refuses and a venue takes and ends at once; ids of such are below all others. */
export const stillbornOrder = (
  { state: { now } }: Simulation,
  account: string,
  request: OrderRequest,
  before: readonly Order[],
): Order => ({
  ...request,
  ...{ id: -1 - before.length, account, closePosition: false, origin: "user" },
  ...{ createdAt: now, updatedAt: now, filled: 0n, paid: 0n, status: "EXPIRED" },
});
