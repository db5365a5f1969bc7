import {
  type Action,
  type BookEvent,
  type Holding,
  type Terms,
  governing,
  parameterSet,
  withParameter,
} from "@plimsoll/core/book";
import type { Quote } from "@plimsoll/core/margin";
import type { TurnPorts } from "@plimsoll/core/turn";
import {
  type HoldingId,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  canonical,
  exact,
  hash,
  invariant,
  ms,
  text,
  venueId,
  why,
} from "@plimsoll/core/units";
import type { AaveTerms } from "@plimsoll/venues/aave-v3";
import { between, heldAt } from "./course.ts";
import { type Drill, type ReserveFlags, channelName } from "./drill.ts";
import { EngineStage } from "./engine-stage.ts";
import { ExchangeStage, isPlayable } from "./exchange-stage.ts";
import { withPool } from "./pool-of.ts";
import type { Happened, Scenery, Stage, Taken } from "./stage.ts";
import { Weather } from "./weather.ts";

/** The other side of a drill: all venues and chains of its book in virtual time. */
export class World implements Scenery {
  readonly weather: Weather;
  readonly quotes = new Map<QuoteKey, Quote>();
  readonly #drill: Drill;
  readonly #ports: TurnPorts;
  /** By parameter set, oldest first. */
  readonly #terms: Map<string, readonly Terms<unknown>[]>;
  readonly #engines: EngineStage;
  readonly #stages: readonly Stage[];
  readonly #venues: ReadonlySet<string>;
  /** Rules that changed since they were last told. */
  #news: BookEvent[] = [];
  #at: Ms;

  constructor(drill: Drill, start: readonly BookEvent[], ports: TurnPorts, seed: bigint) {
    this.#drill = drill;
    this.#ports = ports;
    this.#at = ms(drill.from - 1);
    this.weather = new Weather(drill);
    const documents = start.flatMap((event) => (event.type === "terms" ? [event.terms] : []));
    this.#terms = Map.groupBy(documents, parameterSet);
    for (const event of start)
      if (event.type === "price") this.quotes.set(event.key, { value: event.price, kind: event.kind, asOf: event.at });
    this.#venues = new Set(start.flatMap((event) => (event.type === "holding" ? [event.holding.venue] : [])));
    this.#setQuotes(drill.from);
    const holdings = start.flatMap((event) => (event.type === "holding" ? [event.holding] : []));
    const played = holdings.filter(isPlayable);
    const others = holdings.filter((holding) => !isPlayable(holding));
    this.#engines = new EngineStage(others, this, this.weather, (venue) => this.chainOf(venue)?.chain);
    const exchanges = played.length === 0 ? [] : [new ExchangeStage(played, this, this.weather, drill.from, seed)];
    this.#stages = [this.#engines, ...exchanges];
  }

  get holdings(): readonly Holding[] {
    return this.#stages.flatMap((stage) => stage.holdings());
  }

  ground(holding: Holding, now: Ms) {
    const engine = this.#ports.engineOf(holding.venue, holding.rules);
    const terms = governing(this.#terms.get(parameterSet(holding)) ?? [], now);
    invariant(
      engine !== undefined && terms !== undefined,
      `${holding.venue} ${holding.rules} has no engine or no terms`,
    );
    return { engine, scene: { now, quotes: this.quotes, terms } };
  }

  chainOf(venue: string): Drill["chains"][number] | undefined {
    return this.#drill.chains.find(({ venues }) => venues.includes(venue));
  }

  /** Brings everything to a moment: prices, rules, pools, then the venues act. */
  move(at: Ms): Happened {
    const since = this.#at;
    this.#at = at;
    this.#setQuotes(at);
    this.#setRules(since, at);
    const funding = this.weather
      .of("funding")
      .flatMap(({ venue, symbol, steps }) =>
        between(steps, since, at).map(({ to: rate }) => ({ venue, symbol, rate })),
      );
    const adl = this.weather
      .of("adl")
      .flatMap(({ venue, symbol, steps }) =>
        between(steps, since, at).map(({ to: share }) => ({ venue, symbol, share })),
      );
    const redemptions = this.weather
      .of("redemption")
      .flatMap(({ venue, steps }) => between(steps, since, at).map(({ to: body }) => ({ venue, body })));
    const happened = this.#stages.map((stage) => stage.move({ at, funding, adl, redemptions }));
    return {
      taken: [...happened.flatMap(({ taken }) => taken), ...this.#lost(since, at)],
      woken: happened.flatMap(({ woken }) => woken),
    };
  }

  act(id: HoldingId, action: Action, at: Ms): Result<"whole" | "part", Why> {
    const stage = this.#stages.find((each) => each.holdings().some((holding) => holding.id === id));
    invariant(stage !== undefined, `an intent names the holding ${id}, which is not in the drill`);
    return stage.act(id, action, at);
  }

  /** What a feed would tell now: nothing of a venue whose data are off or whose chain nobody reads. */
  events(at: Ms): readonly BookEvent[] {
    const isRead = (venue: string) => {
      const chain = this.chainOf(venue);
      return (
        this.weather.venue(venue, "data", at).state !== "halted" &&
        (chain === undefined || this.weather.reads(chain.chain, at))
      );
    };
    const prices = [...this.quotes].flatMap(([key, { value: price, kind, asOf }]) =>
      isRead(key.split(":")[0]!) ? [{ type: "price" as const, key, price, kind, at: asOf }] : [],
    );
    const blind = [...new Set(this.holdings.map(({ venue }) => venue))].filter((venue) => !isRead(venue));
    const lost = blind.map((venue) => ({ type: "lost" as const, what: venue, why: why("drill/silent", { venue }) }));
    const holdings = this.holdings
      .filter(({ venue }) => isRead(venue))
      .map((holding) => ({ type: "holding" as const, holding: { ...holding, asOf: at } }));
    const news = this.#news;
    this.#news = [];
    return [...news, ...prices, ...this.#conditions(at), ...holdings, ...lost];
  }

  repayable(id: HoldingId, at: Ms) {
    return this.#engines.repayable(id, at);
  }

  /** Quotes that no channel drives are renewed: frozen prices are the drill's assumption, not stale data. */
  #setQuotes(at: Ms): void {
    const driven = [...this.weather.quotes(at)].filter(([key]) => this.#venues.has(key.split(":")[0]!));
    for (const [key, quote] of this.quotes) this.quotes.set(key, { ...quote, asOf: at });
    for (const [key, value] of driven) this.quotes.set(key, { value, kind: kindOf(key), asOf: at });
  }

  #setRules(since: Ms, at: Ms): void {
    for (const { venue, parameter, steps } of this.weather.of("haircut"))
      for (const { to } of between(steps, since, at)) this.#setParameter(venue, undefined, parameter, to, at);
    for (const channel of this.weather.of("reserve")) {
      const { venue, market, asset, steps } = channel;
      for (const { to } of between(steps, since, at))
        for (const [field, value] of parametersOf(to))
          this.#setParameter(venue, market, `reserves/${asset}/${field}`, value, at);
      const flags = heldAt(steps, at);
      if (between(steps, since, at).length === 0) continue;
      for (const holding of this.#engines.holdings()) {
        if (holding.venue !== venue || holding.market !== market) continue;
        const { engine, scene } = this.ground(holding, at);
        const now = engine.advance(holding, at, scene);
        this.#engines.replace(withPool(now, scene.terms.body as AaveTerms, channel, flags, at));
      }
    }
  }

  /** One parameter of every document of a venue (and market) changes now. */
  #setParameter(venue: string, market: string | undefined, path: string, to: string, at: Ms): void {
    for (const [key, documents] of this.#terms) {
      const now = governing(documents, at);
      if (now?.venue !== venue || (market !== undefined && now.market !== market)) continue;
      const body = withParameter(now.body, path, to);
      invariant(body.ok, `${venue} has no parameter ${path}`);
      const digest = this.#ports.sha256(new TextEncoder().encode(canonical(body.value)));
      const terms = { ...now, validFrom: at, body: body.value, hash: hash(Buffer.from(digest).toString("hex")) };
      this.#terms.set(key, [...documents, terms]);
      this.#news.push({ type: "terms", terms });
    }
  }

  #lost(since: Ms, at: Ms): readonly Taken[] {
    return this.weather.of("loss").flatMap(({ venue, steps }) =>
      between(steps, since, at).flatMap(({ to }) =>
        this.holdings
          .filter((holding) => holding.venue === venue)
          .map(({ id }) => ({
            at,
            holding: id,
            what: `${text(to)} of the equity at ${venue} is gone with the venue`,
          })),
      ),
    );
  }

  #conditions(at: Ms): readonly BookEvent[] {
    const { weather } = this;
    const states = weather.of("venue").map((channel) => ({
      type: "venue-state" as const,
      venue: venueId(channel.venue),
      of: channel.function,
      state: heldAt(channel.steps, at),
      at,
      why: why("drill/scenario", { channel: channelName(channel) }),
    }));
    const here = weather.of("depth").filter(({ venue }) => this.#venues.has(venue));
    const depths = here.map((channel) => ({
      type: "depth" as const,
      venue: venueId(channel.venue),
      instrument: channel.instrument,
      depth: weather.levels(channel, at),
    }));
    const gas = this.#drill.chains.flatMap(({ chain }) => {
      const gwei = weather.gas(chain, at);
      if (gwei === undefined) return [];
      const price = exact(gwei.digits, gwei.scale + GWEI_SCALE);
      return [{ type: "gas" as const, chain, price, inclusionBlocks: weather.inclusionBlocks(chain, at), at }];
    });
    return [...states, ...depths, ...gas];
  }
}

const GWEI_SCALE = 9;

const kindOf = (key: QuoteKey): Quote["kind"] => {
  const kind = key.split(":").at(-1);
  return kind === "mark" || kind === "index" || kind === "oracle" || kind === "last" ? kind : "index";
};

/** Parameters of a reserve that flags change, by the names that terms give them. */
const parametersOf = ({ frozen, paused, ltvZero, flashOff }: ReserveFlags): readonly (readonly [string, string])[] => [
  ...(frozen === undefined ? [] : [["frozen", String(frozen)] as const]),
  ...(paused === undefined ? [] : [["paused", String(paused)] as const]),
  ...(ltvZero === true ? [["ltv", "0"] as const] : []),
  ...(flashOff === undefined ? [] : [["flashLoanEnabled", String(!flashOff)] as const]),
];
