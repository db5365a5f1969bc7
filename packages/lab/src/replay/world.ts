import { type Action, type BookEvent, type Holding, governing, parameterSet } from "@plimsoll/core/book";
import type { BoundEngine, Market, Quote, Scene, Terms } from "@plimsoll/core/margin";
import { maintenanceOf } from "@plimsoll/core/risk";
import type { TurnPorts } from "@plimsoll/core/turn";
import {
  type AccountKey,
  type Exact,
  type HoldingId,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  add,
  invariant,
  known,
  ok,
  unknown,
  why,
} from "@plimsoll/core/units";

/** A quote that follows the tape, and the instrument it prices where orders in it are filled. */
export interface Driven {
  readonly quote: QuoteKey;
  readonly instrument?: string;
}

/** What the venue took in one liquidation step. */
export interface Taken {
  readonly at: Ms;
  readonly holding: HoldingId;
  readonly account: AccountKey;
  readonly what: string;
}

/** The other side of a replay: holdings and prices as the venues have them, moved by the tape and by our actions. */
export class World {
  readonly #ports: Pick<TurnPorts, "engineOf">;
  readonly #holdings = new Map<HoldingId, Holding>();
  readonly #quotes = new Map<QuoteKey, Quote>();
  /** By parameter set, oldest first: each day has its own rules. */
  readonly #terms: ReadonlyMap<string, readonly Terms<unknown>[]>;
  readonly #driven: readonly Driven[];

  constructor(ports: Pick<TurnPorts, "engineOf">, start: readonly BookEvent[], driven: readonly Driven[]) {
    this.#ports = ports;
    this.#driven = driven;
    const documents = start.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
    this.#terms = Map.groupBy(
      documents.toSorted((a, b) => a.validFrom - b.validFrom),
      parameterSet,
    );
    for (const event of start) {
      if (event.type === "holding") this.#holdings.set(event.holding.id, event.holding);
      if (event.type === "price") this.#quotes.set(event.key, { value: event.price, kind: event.kind, asOf: event.at });
    }
  }

  get holdings(): readonly Holding[] {
    return [...this.#holdings.values()];
  }
  /** Prices at a moment. Quotes that are not named are renewed: frozen prices are a replay's assumption, not stale data. */
  move(prices: ReadonlyMap<QuoteKey, Exact>, at: Ms): readonly BookEvent[] {
    for (const [key, quote] of this.#quotes)
      this.#quotes.set(key, { ...quote, value: prices.get(key) ?? quote.value, asOf: at });
    for (const holding of this.holdings) {
      const { engine, scene } = this.#ground(holding, at);
      this.#holdings.set(holding.id, engine.advance(holding, at, scene));
    }
    return [...this.#quotes].map(([key, { value, kind, asOf }]) => ({
      type: "price",
      key,
      price: value,
      kind,
      at: asOf,
    }));
  }

  /** The holdings as a feed would read them now. */
  snapshot(): readonly BookEvent[] {
    return this.holdings.map((holding) => ({ type: "holding", holding }));
  }

  /** An action of ours, as the venue's own rules apply it now: an order fills whole at its limit, the worst price its guard allows. */
  act(id: HoldingId, action: Action, at: Ms): Result<void, Why> {
    const holding = this.#holdings.get(id);
    invariant(holding !== undefined, `an intent names the holding ${id}, which is not in the replay`);
    const { engine, scene } = this.#ground(holding, at);
    const applied = engine.apply(holding, action, scene);
    if (!applied.ok) return applied;
    this.#holdings.set(id, { ...applied.value, asOf: at });
    return ok(undefined);
  }

  /** One funding settlement of the driven instruments at the prices of now; a venue that knows no such thing is left alone. */
  fund(rate: Exact, at: Ms): void {
    for (const holding of this.holdings) {
      const { engine, scene } = this.#ground(holding, at);
      let after = holding;
      for (const { instrument } of this.#driven) {
        if (instrument === undefined) continue;
        const paid = engine.apply(after, { was: "funding", body: { symbol: instrument, rate } }, scene);
        if (paid.ok) after = paid.value;
      }
      this.#holdings.set(holding.id, after);
    }
  }

  /** Takes every account that is over its line, as its venue would; a step of no effect ends it. */
  liquidate(at: Ms): readonly Taken[] {
    return this.holdings.flatMap((holding) => {
      const { engine } = this.#ground(holding, at);
      return engine.accounts(holding).flatMap((account) => this.#liquidate(holding.id, account, at));
    });
  }

  /** Sum of known equities by unit; undefined where one is not known. */
  equity(at: Ms): ReadonlyMap<string, Exact> | undefined {
    const sums = new Map<string, Exact>();
    for (const holding of this.holdings) {
      const { engine, scene } = this.#ground(holding, at);
      for (const account of engine.accounts(holding)) {
        const { equity, unit } = engine.assess(holding, account, scene);
        if (equity.is !== "known") return undefined;
        const sum = sums.get(unit);
        sums.set(unit, sum === undefined ? equity.value : add(sum, equity.value));
      }
    }
    return sums;
  }

  /** Liquidation orders fill at the tape's price: a candle knows no depth. */
  #market(at: Ms): Market {
    return {
      fill: (instrument) => {
        const quote = this.#driven.find((each) => each.instrument === instrument)?.quote;
        const price = quote === undefined ? undefined : this.#quotes.get(quote);
        return price === undefined ? unknown(why("replay/no-price", { instrument })) : known(price.value, at);
      },
    };
  }

  #liquidate(id: HoldingId, account: AccountKey, at: Ms): readonly Taken[] {
    const holding = this.#holdings.get(id);
    if (holding === undefined) return [];
    const { engine, scene } = this.#ground(holding, at);
    if (!engine.accounts(holding).includes(account)) return [];
    if (maintenanceOf(engine.assess(holding, account, scene))?.crossed !== true) return [];
    const steps = engine.liquidate(holding, account, scene, this.#market(at), "worst-for-owner");
    const after = steps.at(-1)?.after;
    if (after !== undefined) this.#holdings.set(id, { ...after, asOf: at });
    return steps.map(({ what }) => ({ at, holding: id, account, what }));
  }

  #ground(holding: Holding, now: Ms): { readonly engine: BoundEngine; readonly scene: Scene<unknown> } {
    const engine = this.#ports.engineOf(holding.venue, holding.rules);
    const terms = governing(this.#terms.get(parameterSet(holding)) ?? [], now);
    invariant(
      engine !== undefined && terms !== undefined,
      `${holding.venue} ${holding.rules} has no engine or no terms in the replay`,
    );
    return { engine, scene: { now, quotes: this.#quotes, terms } };
  }
}
