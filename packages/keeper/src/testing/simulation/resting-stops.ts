import type { Action, Resting } from "@plimsoll/core/book";
import { exact, rescale } from "@plimsoll/core/units";
import type { Conditional, ConditionalRequest, Order } from "@plimsoll/sim/exchange";

const SCALE = 8;
const digits = (value: Parameters<typeof rescale>[0]): string => String(rescale(value, SCALE, "floor").digits);

/** A stop as it goes over the wire. */
export interface StopWire {
  readonly is: "stop";
  readonly side: "buy" | "sell";
  readonly size: string;
  readonly trigger: string;
  readonly limit?: string;
}

/** @throws where the stop waits for another price than the mark: no guard of a story asks for that. */
export function wireOfStop({ side, size, trigger, limit }: Extract<Action, { readonly do: "stop" }>): StopWire {
  if (trigger.kind !== "mark") throw new Error(`the simulated exchange has no stop on ${trigger.kind}`);
  const common = {
    is: "stop",
    side,
    size: size === "all" ? "all" : digits(size),
    trigger: digits(trigger.at),
  } as const;
  return limit === undefined ? common : { ...common, limit: digits(limit) };
}

export const requestOf = (
  { side, size, trigger, limit }: StopWire,
  symbol: string,
  id: string,
): ConditionalRequest => ({
  ...{ symbol, side, positionSide: "BOTH", type: "STOP_MARKET", watches: "MARK_PRICE", clientId: id },
  ...{ trigger: BigInt(trigger), size: size === "all" ? 0n : BigInt(size) },
  ...{ reduceOnly: size !== "all", closePosition: size === "all" },
  ...(limit !== undefined && { limit: BigInt(limit) }),
});

/** A stop as a reading of the account shows it. */
export function restingOf({ id, clientId, symbol, side, size, trigger, limit, ...rest }: Conditional): Resting {
  const when = side === "sell" ? "at-or-below" : "at-or-above";
  return {
    ...{ order: orderOf(id), reference: clientId, instrument: symbol, side },
    size: rest.closePosition ? "all" : exact(size, SCALE),
    reduceOnly: rest.reduceOnly || rest.closePosition,
    trigger: { kind: "mark", when, at: exact(trigger, SCALE) },
    ...(limit !== undefined && { limit: exact(limit, SCALE) }),
  };
}

/** A stop that woke and stands in the book with its limit. */
export const wokenOf = ({ clientId, symbol, side, size, filled, reduceOnly, price }: Order): Resting => ({
  ...{ order: clientId, reference: clientId, instrument: symbol, side, reduceOnly },
  ...{ size: exact(size - filled, SCALE), limit: exact(price, SCALE) },
});

/** The venue's name of a stop, and of no other order. */
const orderOf = (id: number): string => `stop:${id}`;
export const idOfStop = (order: string): number | undefined =>
  order.startsWith("stop:") ? Number(order.slice("stop:".length)) : undefined;

/** The id that a stop carries, so that it is known as ours; and the key that it was made from. */
export const referenceOf = (key: string): string => `ps-${key}`;
export const keyIn = (reference: string): string => reference.replace(/^ps-/, "");
