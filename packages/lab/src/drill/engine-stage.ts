import type { Action, Holding } from "@plimsoll/core/book";
import type { Market } from "@plimsoll/core/margin";
import { maintenanceOf } from "@plimsoll/core/risk";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  ZERO,
  cutToStep,
  fail,
  fromNumber,
  invariant,
  isZero,
  known,
  multiply,
  ok,
  rescale,
  smaller,
  text,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import { averageAtDepth, fillAtDepth } from "./depth-fill.ts";
import type { Happened, Scenery, Stage, Taken, Weathering } from "./stage.ts";
import type { Weather } from "./weather.ts";

type Order = Extract<Action, { readonly do: "order" }>;

/** An engine knows what lies there, and has no prices that wake it. */
export const STOPS_AT =
  "let stops lie at an account that the simulated exchange plays: Binance, linear contracts that it lists";

/** On a chain a stranger may be unable to act; an exchange always takes what is over its line. */
const UNSAID = "over its line; its engine does not say what the venue takes";

/** Holdings whose venue is played by its engine: interest, funding, deleveraging, liquidation and orders by the venue's own rules. */
export class EngineStage implements Stage {
  readonly #holdings: Map<HoldingId, Holding>;
  readonly #scenery: Scenery;
  readonly #weather: Weather;
  readonly #chainOf: (venue: string) => string | undefined;

  constructor(
    holdings: readonly Holding[],
    scenery: Scenery,
    weather: Weather,
    chainOf: (venue: string) => string | undefined,
  ) {
    this.#holdings = new Map(holdings.map((holding) => [holding.id, holding]));
    this.#scenery = scenery;
    this.#weather = weather;
    this.#chainOf = chainOf;
  }

  holdings(): readonly Holding[] {
    return [...this.#holdings.values()];
  }

  /** Puts another holding in the place of one: what is said of a pool from outside. */
  replace(holding: Holding): void {
    this.#holdings.set(holding.id, holding);
  }

  move(weathering: Weathering): Happened {
    const { at } = weathering;
    const taken = this.holdings().flatMap((before) => {
      const { engine, scene } = this.#scenery.ground(before, at);
      this.replace(engine.advance(before, at, scene));
      this.#settle(before.id, weathering);
      return this.#venueActs(before.venue, at) ? this.#liquidate(before.id, at) : [];
    });
    return { taken, woken: [] };
  }

  act(id: HoldingId, action: Action, at: Ms): Result<"whole" | "part", Why> {
    if (action.do === "order") return this.#order(id, action, at);
    if (action.do === "stop") return fail(why("drill/stops-not-played", { next: STOPS_AT }));
    const holding = this.#holding(id);
    const { engine, scene } = this.#scenery.ground(holding, at);
    const applied = engine.apply(holding, action, scene);
    if (!applied.ok) return applied;
    this.replace({ ...applied.value, asOf: at });
    return ok("whole");
  }

  #holding(id: HoldingId): Holding {
    const holding = this.#holdings.get(id);
    invariant(holding !== undefined, `no holding ${id} in this drill`);
    return holding;
  }

  #venueActs(venue: string, at: Ms): boolean {
    const chain = this.#chainOf(venue);
    if (chain !== undefined && !this.#weather.runs(chain, at)) return false;
    return this.#weather.venue(venue, "orders", at).liquidates;
  }

  #settle(id: HoldingId, { at, funding, adl, redemptions }: Weathering): void {
    const effects = [
      ...funding.map(({ venue, symbol, rate }) => ({
        venue,
        effect: { was: "funding" as const, body: { symbol, rate } },
      })),
      ...redemptions.map(({ venue, body }) => ({ venue, effect: { was: "redemption" as const, body } })),
    ];
    for (const { venue, effect } of effects) {
      const holding = this.#holding(id);
      if (holding.venue !== venue) continue;
      const { engine, scene } = this.#scenery.ground(holding, at);
      const done = engine.apply(holding, effect, scene);
      invariant(done.ok, `${venue} knows no such ${effect.was}: ${done.ok ? "" : JSON.stringify(done.failure)}`);
      this.replace({ ...done.value, asOf: at });
    }
    for (const { venue, symbol, share } of adl)
      if (this.#holding(id).venue === venue) this.#deleverage(id, symbol, share, at);
  }

  /** Closes a share of a position at its mark, as a reducing order: its taker fee is counted, which the venue may not charge. */
  #deleverage(id: HoldingId, symbol: string, share: Exact, at: Ms): void {
    const reduce = this.#leverOf(id, symbol, at);
    if (reduce === undefined) return;
    const size = cutToStep(rescale(multiply(reduce.most, share), reduce.most.scale, "down"), reduce.step);
    if (isZero(size)) return;
    const holding = this.#holding(id);
    const { engine, scene } = this.#scenery.ground(holding, at);
    const closed = engine.apply(holding, reduce.act(size, ZERO), scene);
    invariant(closed.ok, `${symbol} of ${id} cannot be deleveraged`);
    this.replace({ ...closed.value, asOf: at });
  }

  #leverOf(id: HoldingId, instrument: string, at: Ms, side?: Order["side"]) {
    const holding = this.#holding(id);
    const { engine, scene } = this.#scenery.ground(holding, at);
    const levers = engine.accounts(holding).flatMap((account) => engine.levers(holding, account, scene));
    return levers.find((lever) => {
      const order = lever.use === "reduce" && lever.on === instrument ? lever.act(lever.step, ZERO) : undefined;
      return order?.do === "order" && (side === undefined || order.side === side);
    });
  }

  /** An immediate order fills as far as depth and its limit reach; where no depth is said, whole at its limit. */
  #order(id: HoldingId, order: Order, at: Ms): Result<"whole" | "part", Why> {
    const holding = this.#holding(id);
    const { engine, scene } = this.#scenery.ground(holding, at);
    const depth = this.#weather.depth(holding.venue, order.instrument);
    const lever = this.#leverOf(id, order.instrument, at, order.side);
    let meets: Action = order;
    if (depth !== undefined && lever !== undefined) {
      const middle = toNumber(this.#weather.middle(depth, at));
      const away = order.side === "sell" ? 1 - toNumber(order.limit) / middle : toNumber(order.limit) / middle - 1;
      const fill = fillAtDepth(this.#weather, depth, at, toNumber(order.size), away);
      const size = smaller(order.size, cutToStep(fromNumber(fill.size), lever.step));
      if (isZero(size))
        return fail(
          why("drill/unfilled", { instrument: order.instrument, limit: text(order.limit), next: "raise the slippage" }),
        );
      meets = lever.act(size, rescale(fromNumber(fill.slip), 6, "up"));
    }
    const applied = engine.apply(holding, meets, scene);
    if (!applied.ok) return applied;
    this.replace({ ...applied.value, asOf: at });
    return ok(
      meets === order || (meets.do === "order" && toNumber(meets.size) === toNumber(order.size)) ? "whole" : "part",
    );
  }

  #market(venue: string, at: Ms): Market {
    return {
      fill: (instrument, side, size) => {
        const depth = this.#weather.depth(venue, instrument);
        if (depth !== undefined) return known(averageAtDepth(this.#weather, depth, at, side, size), at);
        const mark = [...this.#scenery.quotes].find(([key]) => key.startsWith(`${venue}:${instrument}:`))?.[1];
        return mark === undefined ? unknown(why("drill/no-depth", { venue, instrument })) : known(mark.value, at);
      },
    };
  }

  /** What can be paid by which route, as the market is now. */
  repayable(id: HoldingId, at: Ms) {
    const holding = this.#holding(id);
    const { engine, scene } = this.#scenery.ground(holding, at);
    return engine
      .accounts(holding)
      .flatMap((account) => engine.repayable(holding, account, scene, this.#market(holding.venue, at)));
  }

  #liquidate(id: HoldingId, at: Ms): readonly Taken[] {
    const { engine } = this.#scenery.ground(this.#holding(id), at);
    return engine.accounts(this.#holding(id)).flatMap((account) => {
      const holding = this.#holding(id);
      if (!engine.accounts(holding).includes(account)) return [];
      const { scene } = this.#scenery.ground(holding, at);
      const line = maintenanceOf(engine.assess(holding, account, scene));
      if (line?.crossed !== true) return [];
      const steps = engine.liquidate(holding, account, scene, this.#market(holding.venue, at), "worst-for-owner");
      const after = steps.at(-1)?.after;
      if (after !== undefined) this.replace({ ...after, asOf: at });
      if (steps.length === 0 && this.#chainOf(holding.venue) === undefined)
        return [{ at, holding: id, what: UNSAID, health: line.health }];
      return steps.map(({ what }) => ({ at, holding: id, what, health: line.health }));
    });
  }
}
