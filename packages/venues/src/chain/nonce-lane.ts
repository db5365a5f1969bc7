import { type Result, type Why, ok } from "@plimsoll/core/units";
import type { Hex, PublicClient } from "viem";
import { askEach } from "./operators.ts";

/** A message that was given nonces and has not left yet: until then the next one waits. */
interface Held {
  readonly key: string;
  readonly until: number;
  readonly left: Promise<void>;
  readonly leave: () => void;
}

/** Of the first and the last transaction of a message. */
export interface Nonces {
  readonly from: number;
  readonly upTo: number;
}

/** How long a message is taken to be under way that nobody asked about any more. */
const forgottenMs = 600_000;

/**
 * The nonces of one wallet on one chain. Messages are prepared and sent one after the other, so that no two get the same nonce; what
 * was prepared and never leaves is not waited for long, and then the worst is that the later one is refused. A nonce is never skipped:
 * whatever came after the gap would wait for ever.
 */
export interface NonceLane {
  /** Waits for its turn; the same key does not wait for itself. */
  enter(key: string): Promise<void>;
  /** The nonce after all that waits at the operators, and after what of other keys is under way out of their sight. */
  next(key: string, operators: readonly PublicClient[], address: Hex): Promise<Result<number, Why>>;
  /** The key's message has left, or never will. */
  leave(key: string): void;
  /** A message of these nonces is under way; told again while it is. */
  sent(key: string, nonces: Nonces): void;
  /** It was mined, was refused, or is known to nobody. */
  ended(key: string): void;
}

const lanes = new Map<string, NonceLane>();

/** The lane of a wallet: all actors of this process that pay from it share it. */
export function laneOf(chainId: number, address: Hex, holdMs: number): NonceLane {
  const name = `${chainId} ${address.toLowerCase()}`;
  const lane = lanes.get(name) ?? nonceLane(holdMs);
  lanes.set(name, lane);
  return lane;
}

export function nonceLane(holdMs: number, now: () => number = () => performance.now()): NonceLane {
  let held: Held | undefined;
  const underWay = new Map<string, Nonces & { readonly at: number }>();
  const leave = (key: string) => {
    if (held?.key !== key) return;
    held.leave();
    held = undefined;
  };
  return {
    enter: async (key) => {
      while (held !== undefined && held.key !== key && held.until > now()) await leftWithin(held, held.until - now());
      held?.leave();
      const { promise: left, resolve } = Promise.withResolvers<void>();
      held = { key, until: now() + holdMs, left, leave: resolve };
    },
    next: async (key, operators, address) => {
      const waiting = await askEach("eth_getTransactionCount", operators, (client) =>
        client.getTransactionCount({ address, blockTag: "pending" }),
      );
      if (!waiting.ok) return waiting;
      const others = [...underWay].flatMap(([other, nonces]) =>
        other === key || nonces.at + forgottenMs < now() ? [] : [nonces],
      );
      let nonce = waiting.value.reduce((least, each) => Math.min(least, each));
      // What others have under way is passed over, and only where it begins here: nothing may be left open before it.
      for (let taken = others.find(covers(nonce)); taken !== undefined; taken = others.find(covers(nonce)))
        nonce = taken.upTo + 1;
      return ok(nonce);
    },
    leave,
    sent: (key, nonces) => void underWay.set(key, { ...nonces, at: now() }),
    ended: (key) => void underWay.delete(key),
  };
}

const covers =
  (nonce: number) =>
  ({ from, upTo }: Nonces): boolean =>
    from <= nonce && nonce <= upTo;

/** Waits until a message has left, at most so long. */
async function leftWithin({ left }: Held, forMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([left, new Promise((done) => (timer = setTimeout(done, forMs)))]);
  clearTimeout(timer);
}
