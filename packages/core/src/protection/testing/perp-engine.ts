import type { Holding, Resting, StopTrigger } from "@plimsoll/core/book";
import {
  type BoundEngine,
  type Lever,
  type MarginEngine,
  type Scene,
  type Terms,
  bindEngine,
  reduceLever,
} from "@plimsoll/core/margin";
import { type Ground } from "@plimsoll/core/planner";
import {
  type Exact,
  type QuoteKey,
  ZERO,
  accountKey,
  add,
  assetId,
  canonical,
  compare,
  dec,
  fail,
  hash,
  holdingId,
  isNegative,
  isZero,
  known,
  limitWithin,
  magnitude,
  ms,
  multiply,
  negate,
  ok,
  quotient,
  quoteKey,
  subtract,
  toNumber,
  unknown,
  venueId,
  why,
} from "@plimsoll/core/units";

/** A dealer in linear perpetuals with one pool, small enough to be right at sight: everything is charged at the mark. */
export interface PerpHolding {
  readonly cash: Exact;
  /** Signed sizes and the price at which they were entered. */
  readonly positions: Readonly<Record<string, { readonly size: Exact; readonly entry: Exact }>>;
  /** Left out: the holding was read without its orders. */
  readonly orders?: readonly Resting[];
}
export interface PerpTerms {
  /** Share of the positions' value that must stay in the pool. */
  readonly maintenance: Exact;
  /** Share of the value filled. */
  readonly fee: Exact;
  readonly step: Exact;
  readonly tick: Exact;
  /** The venue takes one stop for an instrument at a time. */
  readonly oneStop: boolean;
  /** The venue takes stops for the whole position only. */
  readonly wholeOnly: boolean;
}

export const perpVenue = venueId("perp");
export const perpMark = (instrument: string): QuoteKey => quoteKey(`perp:${instrument}:mark`);
export const pool = accountKey("pool");
const usd = assetId("USD");

const markOf = (scene: Scene<unknown>, instrument: string) => scene.quotes.get(perpMark(instrument))?.value;

const enginePerp: MarginEngine<PerpHolding, PerpTerms> = {
  accounts: () => [pool],
  advance: (holding) => holding,
  assess: (holding, account, scene) => {
    const common = { account, unit: usd, explain: { name: "perp", value: account } };
    let [equity, need] = [holding.cash, ZERO];
    for (const [instrument, { size, entry }] of Object.entries(holding.positions)) {
      const mark = markOf(scene, instrument);
      if (mark === undefined) {
        const missing = unknown(why("quote-missing", { quote: perpMark(instrument) }));
        return { ...common, equity: missing, free: missing, lines: [] };
      }
      equity = add(equity, multiply(size, subtract(mark, entry)));
      need = add(need, multiply(multiply(magnitude(size), mark), scene.terms.body.maintenance));
    }
    const surplus = subtract(equity, need);
    const figures = { equity: known(equity, scene.now), free: known(surplus, scene.now) };
    if (isZero(need)) return { ...common, ...figures, lines: [] };
    const health = quotient(equity, need, 8, "floor");
    const crossed = isNegative(surplus);
    const line = {
      name: "maintenance",
      required: need,
      surplus,
      health,
      crossed,
      strict: true,
      meaning: "all is sold",
    } as const;
    return { ...common, ...figures, lines: [line] };
  },
  compile: ({ cash, positions }, _account, { now, terms }, line) => {
    const held = Object.entries(positions);
    if (line !== "maintenance") return { unknown: `no ${line} line` };
    if (held.length === 0) return { none: "no-position" };
    const rate = toNumber(terms.body.maintenance);
    const leg = (slope: number, factor: number) => ({ factor, curve: { kind: "line", slope } as const });
    const spent = held.reduce((sum, [, { size, entry }]) => add(sum, multiply(size, entry)), ZERO);
    return {
      form: {
        line,
        unit: "USD",
        quotes: held.map(([instrument]) => perpMark(instrument)),
        factors: held.map((_, index) => ({ powers: [[index, 1]] as const })),
        have: {
          constant: toNumber(subtract(cash, spent)),
          legs: held.map(([, { size }], i) => leg(toNumber(size), i)),
        },
        need: { constant: 0, legs: held.map(([, { size }], i) => leg(Math.abs(toNumber(size)) * rate, i)) },
        pools: [],
        atZero: "safe",
        concave: true,
        error: { absolute: 1e-6, relative: 1e-12 },
        compiledAtMs: now,
      },
    };
  },
  liquidate: () => [],
  apply: (holding, effect, scene) => {
    const { fee, oneStop, wholeOnly, tick } = scene.terms.body;
    const refuse = (code: string) => fail(why(`perp/${code}`, { next: "see the rules of this dealer" }));
    if (!("do" in effect)) {
      if (effect.was !== "adl" && effect.was !== "liquidation") return refuse("no-such-effect");
      const { instrument, size } = effect.body as { readonly instrument: string; readonly size: Exact };
      return ok(traded(holding, instrument, size, markOf(scene, instrument)!, ZERO));
    }
    if (effect.do === "cancel") {
      const orders = holding.orders ?? [];
      if (!orders.some(({ order }) => order === effect.order)) return refuse("no-order");
      return ok({ ...holding, orders: orders.filter(({ order }) => order !== effect.order) });
    }
    if (effect.do === "stop") {
      const { instrument, side, size, trigger, limit } = effect;
      const orders = holding.orders ?? [];
      if (wholeOnly && size !== "all") return refuse("whole-only");
      if (oneStop && orders.some((order) => order.instrument === instrument)) return refuse("one-at-a-time");
      if (!isZero(subtract(trigger.at, limitWithin(trigger.at, ZERO, tick)))) return refuse("off-tick");
      const order = { order: `${orders.length + 1}`, instrument, side, size, reduceOnly: true, trigger } as const;
      return ok({ ...holding, orders: [...orders, { ...order, ...(limit !== undefined && { limit }) }] });
    }
    if (effect.do !== "order" || !effect.reduceOnly) return refuse("no-such-action");
    const { instrument, side, size, limit } = effect;
    const held = holding.positions[instrument]?.size ?? ZERO;
    if (isNegative(held) === (side === "sell") || compare(size, magnitude(held)) > 0) return refuse("not-held");
    const cost = multiply(multiply(size, limit), fee);
    return ok(traded(holding, instrument, side === "sell" ? negate(size) : size, limit, cost));
  },
  levers: (holding, _account, scene): readonly Lever[] =>
    Object.entries(holding.positions).flatMap(([instrument, { size, entry }]) => {
      const mark = markOf(scene, instrument);
      const { step, tick } = scene.terms.body;
      return mark === undefined
        ? []
        : reduceLever(instrument, size, step, (share) => limitWithin(mark, share, tick), entry);
    }),
  resting: ({ orders }, _account, { now }) =>
    orders === undefined ? unknown(why("perp/orders-not-read")) : known(orders, now, "venue"),
};

/** The holding after `size` (signed) of an instrument changed hands at a price. */
function traded(holding: PerpHolding, instrument: string, size: Exact, price: Exact, cost: Exact): PerpHolding {
  const { [instrument]: held = { size: ZERO, entry: price }, ...others } = holding.positions;
  const cash = subtract(subtract(holding.cash, cost), multiply(size, subtract(price, held.entry)));
  const left = add(held.size, size);
  const positions = isZero(left) ? others : { ...others, [instrument]: { ...held, size: left } };
  return { ...holding, cash, positions };
}

const trusted = <V>(raw: unknown) => ok(raw as V);
export const perpEngine: BoundEngine = bindEngine(enginePerp, trusted<PerpHolding>, trusted<PerpTerms>, ok);

export const perpTerms = (over: Partial<PerpTerms> = {}): Terms<PerpTerms> => {
  const plain = { maintenance: dec("0.05"), fee: dec("0.0005"), step: dec("0.001"), tick: dec("0.1") };
  const body = { ...plain, oneStop: false, wholeOnly: false, ...over };
  const id = canonical(body);
  return { venue: perpVenue, rules: "1", validFrom: ms(0), hash: hash(id), source: "invented for tests", body };
};
export const perpHolding = (body: PerpHolding, asOf = 1, id = "perp:me"): Holding => ({
  ...{ id: holdingId(id), venue: perpVenue, rules: "1" },
  ...{ asOf: ms(asOf), body },
});
export const perpScene = (marks: Readonly<Record<string, string>>, now = 1, terms = perpTerms()): Scene<unknown> => ({
  now: ms(now),
  quotes: new Map(
    Object.entries(marks).map(([instrument, mark]) => [
      perpMark(instrument),
      { value: dec(mark), kind: "mark", asOf: ms(now) } as const,
    ]),
  ),
  terms,
});
/** A holding under its engine at marks of one moment. */
export const perpGround = (
  body: PerpHolding,
  marks: Readonly<Record<string, string>>,
  terms = perpTerms(),
): Ground => ({
  engine: perpEngine,
  holding: perpHolding(body),
  scene: perpScene(marks, 1, terms),
});

/** A stop of ours that lies at the dealer's. */
export const lyingStop = (
  over: Partial<Resting> & { readonly at: string; readonly kind?: StopTrigger["kind"] },
): Resting => {
  const { at, kind = "mark", side = "sell", ...rest } = over;
  const trigger = { kind, when: side === "sell" ? "at-or-below" : "at-or-above", at: dec(at) } as const;
  return { order: "1", reference: "pl.1", instrument: "BTC", size: "all", reduceOnly: true, side, trigger, ...rest };
};
