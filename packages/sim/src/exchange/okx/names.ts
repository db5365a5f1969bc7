import type { Conditional, Order } from "@plimsoll/sim/exchange";

/** The venue's ids are long numbers; one that the exchange never took on has other first digits. */
export const orderIdOf = (id: number): string =>
  `${(id < 0 ? 410_000_000_000_000_000n : 310_000_000_000_000_000n) + BigInt(Math.abs(id))}`;

/** The owner's name for an order; the exchange names those that have none after their number, and a stop's order after the stop. */
export const nameOf = ({ id, clientId, origin }: Order): string =>
  clientId === `sim-${id}` || origin === "stop" ? "" : clientId;

/** Names of stops are apart from those of orders; the exchange knows one kind of name. */
const MARK = "algo:";
export const asAlgoName = (name: string): string => (name === "" ? "" : `${MARK}${name}`);
export const algoNameOf = ({ clientId }: Conditional): string =>
  clientId.startsWith(MARK) ? clientId.slice(MARK.length) : "";
