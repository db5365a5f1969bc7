import { type Resting, isOurs } from "@plimsoll/core/book";
import type { BookCover, Facts, Input } from "@plimsoll/core/turn";
import { type Exact, type HoldingId, add, atLeast, isZero, text } from "@plimsoll/core/units";
import type { OwnCancel } from "./effects.ts";
import type { SimulatedExchange } from "./exchange.ts";

/** Milliseconds by which the clock of the exchange may be further: no two of its readings are of one moment. */
const AHEAD_MS = 50;

/** What must hold of the stops that lie at the exchange, and of what is said of them. */
export class StopLaws {
  readonly #break: (sentence: string) => void;
  readonly #facts: Facts;
  readonly #accounts: readonly string[];
  #cancels = 0;
  /** What was last heard of a halt: how long it lasts, or when it ended. */
  #haltedUntil = 0;
  readonly #lostAt = new Map<string, number>();

  constructor(accounts: readonly string[], facts: Facts, broken: (sentence: string) => void) {
    this.#break = broken;
    this.#facts = facts;
    this.#accounts = accounts;
  }

  learn({ event, at }: Input): void {
    if (event.type === "lost") this.#lostAt.set(event.what, at);
    if (event.type !== "venue-state" || event.of !== "orders") return;
    if (event.state !== "normal") this.#haltedUntil = Infinity;
    else if (this.#haltedUntil === Infinity) this.#haltedUntil = at;
  }

  /** As they lie at the exchange at this moment, whatever anybody was told. */
  lying(exchange: SimulatedExchange): void {
    for (const cancel of exchange.cancels.slice(this.#cancels)) this.#cancelled(cancel);
    this.#cancels = exchange.cancels.length;
    for (const account of this.#accounts)
      for (const { status, reduceOnly, closePosition, clientId } of exchange.stops(account))
        if (status === "NEW" && !reduceOnly && !closePosition) this.#break(`${clientId} lies there and may open`);
  }

  /** A stop goes only when another one for the whole position lies there, and a reading has shown it. */
  #cancelled({ stop, holding, position, others }: OwnCancel): void {
    if (isZero(position)) return;
    const shown = restingIn(this.#facts, holding);
    const serves = (each: Resting) =>
      isOurs(each) && each.side === stop.side && (each.size === "all" || atLeast(each.size, position));
    const left = others.filter(serves).filter(({ order }) => shown.some((each) => each.order === order));
    if (left.length === 0)
      this.#break(`${stop.order} was cancelled and no other stop for ${text(position)} was seen to lie at ${holding}`);
  }

  /** A cover counts only stops that lay there when the account was read, since the last halt and the last loss that were told. */
  covered(covers: readonly BookCover[], exchange: SimulatedExchange): void {
    for (const { holding, by, size } of covers) {
      const stops = by.filter((shield) => shield.is === "stop");
      if (stops.length === 0) continue;
      const asOf = this.#facts.holdings.get(holding)?.asOf ?? 0;
      const name = holding.slice(holding.indexOf(":") + 1);
      if (asOf <= Math.max(this.#haltedUntil, this.#lostAt.get(holding) ?? 0))
        this.#break(`${holding} counts a stop that nobody saw since the last halt or loss`);
      const known = exchange.stops(name);
      let counted: Exact = { digits: 0n, scale: 0 };
      for (const { order, size: covering } of stops) {
        const stop = known.find(({ id }) => order === `stop:${id}`);
        const lay =
          stop !== undefined && stop.createdAt <= asOf && (stop.status === "NEW" || stop.updatedAt + AHEAD_MS >= asOf);
        if (!lay) this.#break(`${holding} counts ${order}, which did not lie there`);
        counted = add(counted, covering === "all" ? (size ?? counted) : covering);
      }
      if (size !== undefined && !atLeast(counted, size))
        this.#break(`${holding} counts as covered what its stops do not close`);
    }
  }
}

const restingIn = ({ holdings }: Facts, id: HoldingId): readonly Resting[] =>
  (holdings.get(id)?.body as { readonly resting?: readonly Resting[] } | undefined)?.resting ?? [];
