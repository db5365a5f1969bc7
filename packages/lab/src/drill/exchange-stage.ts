import type { Action, Holding } from "@plimsoll/core/book";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type QuoteKey,
  type Result,
  type Why,
  divide,
  exact,
  fail,
  invariant,
  ms,
  ok,
  quoteKey,
  quotient,
  rescale,
  toNumber,
  why,
} from "@plimsoll/core/units";
import {
  type Account,
  type Input,
  type Instrument,
  MAKER,
  ONE,
  type Output,
  type Position,
  SCALE,
  Simulation,
  applyChange,
  fixed,
  listings,
} from "@plimsoll/sim/exchange";
import { type Body, markKey } from "@plimsoll/venues/binance";
import { heldAt } from "./course.ts";
import { inputOf, restingIn, wokenIn } from "./exchange-orders.ts";
import type { Happened, Scenery, Stage, Taken, Weathering } from "./stage.ts";
import type { Weather } from "./weather.ts";

const VENUE = "binance";
const isListed = (symbol: string): symbol is keyof typeof listings => Object.hasOwn(listings, symbol);

/** Whether the simulated exchange can play a holding: linear contracts it lists, each asset for itself. */
export function isPlayable({ venue, body }: Holding): boolean {
  if (venue !== VENUE) return false;
  const { positions, unified } = body as Body;
  return unified === undefined && positions.every(({ symbol }) => isListed(symbol));
}

const units = (value: Exact): bigint => rescale(value, SCALE, "half-even").digits;

/** Parts of an instrument that a scenario changes while the exchange runs. */
interface Driven {
  readonly instrument: Instrument;
  readonly funding: { everyMs: number; cap: bigint; floor: bigint; interest: bigint };
  readonly depth: { base: bigint };
  readonly calm: bigint;
}

/**
 * Holdings at Binance played by the simulated exchange, which knows the venue's rules without our engine and can disagree with
 * it: matching against depth, marks, funding, stops, liquidation, insurance and deleveraging are its own.
 */
export class ExchangeStage implements Stage {
  readonly #sim: Simulation;
  readonly #holdings: ReadonlyMap<HoldingId, Holding>;
  readonly #scenery: Scenery;
  readonly #weather: Weather;
  readonly #driven: ReadonlyMap<string, Driven>;
  #news: Output[] = [];
  /** Whether the venue takes no orders. */
  #stopped = false;
  /** What a reading would say, until something happens: one object, so that engines read it once. */
  #read: readonly Holding[] | undefined;

  constructor(holdings: readonly Holding[], scenery: Scenery, weather: Weather, startAt: Ms, seed: bigint) {
    this.#holdings = new Map(holdings.map((holding) => [holding.id, holding]));
    this.#scenery = scenery;
    this.#weather = weather;
    const symbols = holdings.flatMap(({ body }) => (body as Body).positions.map(({ symbol }) => symbol));
    const [first] = holdings;
    invariant(first !== undefined, "a stage without holdings");
    const terms = scenery.ground(first, startAt).scene.terms.body as {
      readonly symbols: Readonly<Record<string, unknown>>;
    };
    this.#driven = new Map([...new Set(symbols)].map((symbol) => [symbol, drivenOf(symbol, terms.symbols[symbol])]));
    const prices = new Map([...this.#driven.keys()].map((symbol) => [symbol, this.#price(symbol, "mark")]));
    this.#sim = new Simulation({
      instruments: [...this.#driven.values()].map(({ instrument }) => instrument),
      prices,
      accounts: [...this.#holdings.keys()],
      fund: new Map([["USDT", FUND]]),
      startAt,
      seed,
    });
    this.#sim.listen((outputs) => {
      this.#news.push(...outputs);
      this.#read = undefined;
    });
    for (const holding of holdings) this.#open(holding);
  }

  holdings(): readonly Holding[] {
    this.#read ??= [...this.#holdings.values()].map((holding) => ({
      ...holding,
      asOf: ms(this.#sim.now()),
      body: bodyOf(this.#sim.state, this.#account(holding.id)),
    }));
    return this.#read;
  }

  move({ at, funding, adl }: Weathering): Happened {
    this.#setModes(at);
    for (const { symbol, rate } of funding.filter(({ venue }) => venue === VENUE)) {
      const driven = this.#driven.get(symbol);
      if (driven !== undefined) [driven.funding.cap, driven.funding.floor] = [units(rate), units(rate)];
    }
    for (const [symbol, driven] of this.#driven) {
      const said = this.#weather.depth(VENUE, symbol);
      if (said !== undefined) driven.depth.base = (driven.calm * units(heldAt(said.steps, at))) / ONE;
      this.#sim.play({ at, symbol, index: this.#price(symbol, "mark"), mid: this.#price(symbol, "last") });
    }
    for (const driven of this.#driven.values()) [driven.funding.cap, driven.funding.floor] = [0n, 0n];
    for (const { venue, symbol, share } of adl) if (venue === VENUE) this.#deleverage(symbol, share);
    this.#read = undefined;
    this.#tellMarks(at);
    const news = this.#news;
    this.#news = [];
    return { taken: news.flatMap((output) => takenOf(output, at)), woken: wokenIn(this.#sim.state, news, at) };
  }

  act(id: HoldingId, action: Action, at: Ms): Result<"whole" | "part", Why> {
    const refused = (code: string, facts: Record<string, string>) => fail(why(`drill/${code}`, facts));
    const input = this.#inputOf(id, action);
    if (!input.ok) return input;
    const answer = this.#sim.run(input.value);
    this.#tellMarks(at);
    if (!answer.ok) return refused("refused-by-venue", { code: `${answer.failure.code}`, said: answer.failure.msg });
    if (action.do !== "order") return ok("whole");
    const { filled = 0n, size = 0n } = answer.value.order ?? {};
    if (filled === 0n) return refused("unfilled", { instrument: action.instrument, next: "raise the slippage" });
    return ok(filled === size ? "whole" : "part");
  }

  /** An action in the exchange's words; ours are known by their names. */
  #inputOf(id: HoldingId, action: Action): Result<Input, Why> {
    const { conditionals, orders, ids } = this.#sim.state;
    if (action.do === "order" || action.do === "stop")
      return inputOf(this.#account(id), action, `${action.do === "stop" ? "ps" : "pl"}.drill.${ids + 1}`);
    if (action.do !== "cancel")
      return fail(
        why("drill/no-such-action", { action: action.do, next: "reduce by an order, or let a stop lie there" }),
      );
    const ref = { id: Number(action.order) };
    const order = orders.get(ref.id);
    if (conditionals.has(ref.id)) return ok({ type: "cancel-conditional", account: id, ref });
    if (order !== undefined) return ok({ type: "cancel", account: id, symbol: order.symbol, ref });
    return fail(why("drill/no-such-order", { order: action.order, next: "read the account again" }));
  }

  #account(id: HoldingId): Account {
    const account = this.#sim.state.accounts.get(id);
    invariant(account !== undefined, `no account ${id} at the simulated exchange`);
    return account;
  }

  /** The scenario's price of a kind; where the perpetual's last trades are not said they are at the mark. */
  #price(symbol: string, kind: "mark" | "last"): bigint {
    const { quotes } = this.#scenery;
    const quote = quotes.get(quoteKey(`${VENUE}:${symbol}:${kind}`)) ?? quotes.get(markKey(symbol));
    invariant(quote !== undefined, `no mark of ${symbol}`);
    return units(quote.value);
  }

  /** What is written is there at once: wallets by deposit, positions against the market maker at their entry. */
  #open({ id, body }: Holding): void {
    const { wallets, positions, mode, resting = [] } = body as Body;
    const account = this.#account(id);
    account.hedge = mode === "hedge";
    const turn = { state: this.#sim.state, now: this.#sim.now(), seed: this.#sim.seed, out: [] };
    for (const { asset, cross } of wallets)
      this.#sim.run({ type: "deposit", account: id, asset, amount: units(cross) });
    for (const { symbol, positionSide: side, size, entry, margin, leverage = exact(20n) } of positions) {
      account.settings.set(symbol, { leverage: toNumber(leverage), margin: margin.mode });
      const change = {
        ...{ symbol, side, size: units(size) },
        notional: divide(units(size) * units(entry), ONE, "half-even"),
      };
      trade(turn, id, change);
      const held = account.positions.get(`${symbol}:${side}`);
      if (held !== undefined && margin.mode === "isolated") {
        account.cross.set("USDT", (account.cross.get("USDT") ?? 0n) + held.isolated);
        held.isolated = units(margin.wallet);
      }
    }
    for (const { reference: _reference, order, ...lies } of resting) {
      const placed =
        lies.trigger === undefined
          ? undefined
          : inputOf(account, { do: "stop", ...lies, trigger: lies.trigger }, order);
      const answer = placed?.ok === true ? this.#sim.run(placed.value) : undefined;
      invariant(answer?.ok === true, `${id}: ${order} cannot lie at the simulated exchange`);
    }
  }

  #setModes(at: Ms): void {
    const { state, stops, liquidates, cancels } = this.#weather.venue(VENUE, "orders", at);
    if (stops && cancels && !this.#stopped) this.#cancelAll();
    this.#stopped = stops;
    // Where orders are refused and accounts are taken all the same, the market goes on without us: see `refusesOrders`.
    const mode = liquidates ? "normal" : state === "halted" ? "halted" : "cancel-only";
    if ([...this.#sim.state.markets.values()].some((market) => market.mode !== mode))
      this.#sim.run({ type: "mode", mode });
  }

  /** A share of each winning position goes back to the market maker at the mark, free of charge. */
  #deleverage(symbol: string, share: Exact): void {
    const { state } = this.#sim;
    const market = state.markets.get(symbol);
    const turn = { state, now: this.#sim.now(), seed: this.#sim.seed, out: [] };
    if (market === undefined) return;
    for (const id of this.#holdings.keys())
      for (const held of this.#account(id).positions.values()) {
        if (held.symbol !== symbol || !wins(held, market.mark)) continue;
        const { lot } = market.instrument;
        const size = -quotient(exact(held.size * units(share)), exact(ONE * lot), 0, "down").digits * lot;
        if (size === 0n) continue;
        trade(turn, id, { symbol, side: held.side, size, notional: divide(size * market.mark, ONE, "half-even") });
      }
  }

  /** What lies there is lost, as venues lose it when they stop. */
  #cancelAll(): void {
    for (const account of this.#holdings.keys())
      for (const symbol of this.#driven.keys()) {
        this.#sim.run({ type: "cancel-all", account, symbol });
        this.#sim.run({ type: "cancel-all-conditionals", account, symbol });
      }
  }

  #tellMarks(at: Ms): void {
    for (const [symbol, { mark, last }] of this.#sim.state.markets) {
      const say = (key: QuoteKey, value: bigint, kind: "mark" | "last") =>
        this.#scenery.quotes.set(key, { value: exact(value, SCALE), kind, asOf: at });
      say(markKey(symbol), mark, "mark");
      const lastKey = quoteKey(`${VENUE}:${symbol}:last`);
      if (this.#scenery.quotes.has(lastKey)) say(lastKey, last, "last");
    }
  }
}

type Change = Parameters<typeof applyChange>[2];
/** The market maker stands against everybody, with one position a symbol. */
function trade(turn: Parameters<typeof applyChange>[0], id: string, change: Change): void {
  applyChange(turn, id, change);
  applyChange(turn, MAKER, { ...change, side: "BOTH", size: -change.size, notional: -change.notional });
}

/** Money of the insurance fund, far above what a drill's book can cost it: who pays beyond it is not what is drilled. */
const FUND = 1_000_000_000n * ONE;

/** The listing with the grid, the fees and the brackets of the document that the engine reads too: the rules stay two. */
function drivenOf(symbol: string, written: unknown): Driven {
  invariant(isListed(symbol), `${symbol} is not listed`);
  const listing = listings[symbol];
  const { tick, step, minNotional, takerFee, liquidationFee, tiers } = written as WrittenSymbol;
  const funding = { ...listing.funding, cap: 0n, floor: 0n };
  const depth = { ...listing.depth };
  const instrument: Instrument = {
    ...listing,
    tick: fixed(tick),
    lot: fixed(step),
    minNotional: fixed(minNotional),
    takerFee: fixed(takerFee),
    liquidationFee: fixed(liquidationFee),
    tiers: tiers.map(({ floor, cap, rate, amount, maxLeverage }, index) => ({
      tier: index + 1,
      floor: fixed(floor),
      cap: index === tiers.length - 1 ? null : fixed(cap),
      rate: fixed(rate),
      amount: fixed(amount),
      maxLeverage: Number(maxLeverage),
    })),
    funding,
    depth,
  };
  return { instrument, funding, depth, calm: depth.base };
}

/** What the exchange reads of a symbol in a terms document. */
type WrittenSymbol = Readonly<Record<"tick" | "step" | "minNotional" | "takerFee" | "liquidationFee", string>> & {
  readonly tiers: readonly Readonly<Record<"floor" | "cap" | "rate" | "amount" | "maxLeverage", string>>[];
};

const wins = ({ size, cost }: Position, mark: bigint): boolean => size * mark > cost * ONE;

const ENTRY_SCALE = 12;

/** What a reading of the account would say, in the words of the engine's holding. */
function bodyOf(state: Simulation["state"], account: Account): Body {
  const positions = [...account.positions.values()].map((held): Body["positions"][number] => {
    const { leverage, margin } = account.settings.get(held.symbol) ?? { leverage: 20, margin: "cross" };
    return {
      symbol: held.symbol,
      positionSide: held.side,
      asset: "USDT",
      size: exact(held.size, SCALE),
      entry: quotient(exact(held.cost, SCALE), exact(held.size, SCALE), ENTRY_SCALE, "half-even"),
      margin: margin === "cross" ? { mode: "cross" } : { mode: "isolated", wallet: exact(held.isolated, SCALE) },
      leverage: exact(BigInt(leverage)),
    };
  });
  const wallets = [...account.cross].map(([asset, cross]) => ({
    asset,
    cross: exact(cross, SCALE),
    orderMargin: exact(0n, SCALE),
  }));
  return { mode: account.hedge ? "hedge" : "one-way", wallets, positions, ...restingIn(state, account), funding: [] };
}

function takenOf(output: Output, at: Ms): readonly Taken[] {
  if (output.type === "liquidation") {
    const { account, side, size, symbol } = output.order;
    const done = `${side} ${exactText(size)} ${symbol} by the liquidation engine`;
    return [{ at, holding: account as HoldingId, what: done }];
  }
  if (output.type !== "takeover") return [];
  return [{ at, holding: output.from as HoldingId, what: `${output.symbol} taken over by the insurance fund` }];
}
const exactText = (value: bigint): string => `${Number(value) / Number(ONE)}`;
