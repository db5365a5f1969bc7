import { type Conditional, type ExchangeState, type Order, isOpen } from "./core/index.ts";

/**
 * An order of an owner under one id for its whole life: the exchange keeps a stop and the order that it becomes apart, some venues tell
 * them as one.
 */
export interface OneOrder {
  readonly request: Order | Conditional;
  readonly conditional: Conditional | undefined;
  /** What was placed: absent before a stop has triggered. */
  readonly placed: Order | undefined;
}

type Of = { readonly state: Pick<ExchangeState, "orders" | "conditionals"> };

/** An order that the exchange reports, with the stop that it came from. */
export function oneOrderOf({ state }: Of, order: Order): OneOrder {
  const conditional =
    order.origin === "stop" ? [...state.conditionals.values()].find((one) => one.orderId === order.id) : undefined;
  return { request: conditional ?? order, conditional, placed: order };
}

export const oneConditionalOf = ({ state }: Of, conditional: Conditional): OneOrder => ({
  request: conditional,
  conditional,
  placed: state.orders.get(conditional.orderId),
});

/** Every order of an account, in the order in which they came; `more` are orders that the venue knows and the exchange does not. */
export const oneOrders = ({ state }: Of, account: string, more: readonly Order[] = []): readonly OneOrder[] => [
  ...[...state.orders.values(), ...more]
    .filter((order) => order.account === account && order.origin !== "stop")
    .map((order): OneOrder => ({ request: order, conditional: undefined, placed: order })),
  ...[...state.conditionals.values()]
    .filter((one) => one.account === account)
    .map((one) => oneConditionalOf({ state }, one))
    // one that became an order is forgotten with it
    .filter(({ conditional, placed }) => placed !== undefined || conditional?.status !== "FINISHED"),
];

export const isWaiting = ({ conditional, placed }: OneOrder): boolean =>
  placed === undefined ? conditional?.status === "NEW" : isOpen(placed);
