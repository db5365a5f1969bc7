import type { Action, Effect, Holding, Resting, VenueEffect } from "@plimsoll/core/book";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  type PriceKind,
  type QuoteKey,
  type Result,
  type Why,
  fail,
  known,
  ok,
  why,
} from "@plimsoll/core/units";
import type {
  Assessment,
  Chooser,
  Lever,
  LineName,
  MarginEngine,
  Market,
  Repayable,
  Scene,
  Step,
  Terms,
} from "./contract.ts";
import type { Compiled } from "./form.ts";

/** What every other room holds: the venue's types are closed over, the state inside stays plain data. */
export interface BoundEngine {
  accounts(holding: Holding): readonly AccountKey[];
  advance(holding: Holding, to: Ms, scene: Scene<unknown>): Holding;
  assess(holding: Holding, account: AccountKey, scene: Scene<unknown>): Assessment;
  compile(holding: Holding, account: AccountKey, scene: Scene<unknown>, line: LineName): Compiled;
  liquidate(
    holding: Holding,
    account: AccountKey,
    scene: Scene<unknown>,
    market: Market,
    chooser: Chooser,
  ): readonly Step<Holding>[];
  apply(holding: Holding, effect: Effect, scene: Scene<unknown>): Result<Holding, Why>;
  /** What can be done for one account now; empty where the venue is only watched. */
  levers(holding: Holding, account: AccountKey, scene: Scene<unknown>): readonly Lever[];
  /** The two orders, one a side, that would open one perpetual as a hedge; empty where none can be opened. */
  hedges(holding: Holding, instrument: string, scene: Scene<unknown>): readonly Lever[];
  /** Orders that lie at the venue for one account; unknown where the holding was read without them. */
  resting(holding: Holding, account: AccountKey, scene: Scene<unknown>): Figure<readonly Resting[]>;
  /** The price that wakes an order which waits for one of a kind; undefined where the quotes say it by their names. */
  wakes?(instrument: string, kind: PriceKind): QuoteKey | undefined;
  /** The holding as if all it pays were charged at the worst rate the venue's rules allow; a failure where no bound is known. */
  atWorstRates(holding: Holding, scene: Scene<unknown>): Result<Holding, Why>;
  /** For each debt and route, the largest amount that can be repaid now, or why none; empty where nothing is borrowed. */
  repayable(holding: Holding, account: AccountKey, scene: Scene<unknown>, market: Market): readonly Repayable[];
  /** What the wallet that pays for a holding has of an asset; undefined where it was not read, or none pays. */
  wallet?(holding: Holding, asset: string, scene: Scene<unknown>): Exact | undefined;
  /** Units of gas that an action's message usually takes at most; undefined where no chain is paid. */
  gas?(action: Action): bigint | undefined;
  /** Whether a holding's body and a terms document have the shape this engine reads; the door for outside data. */
  readable(holding: Holding, terms: Terms<unknown>): Result<void, Why>;
}

/**
 * Closes a venue's types over its engine. Readers validate outside data: bodies and documents once per object, remembered.
 * @throws when an unreadable holding or document gets past `readable`: a bug of the caller.
 */
export function bindEngine<H, T, V extends VenueEffect>(
  engine: MarginEngine<H, T, V>,
  readBody: (raw: unknown) => Result<H, Why>,
  readTerms: (raw: unknown) => Result<T, Why>,
  readEffect: (effect: VenueEffect) => Result<V, Why>,
): BoundEngine {
  const bodies = remembered(readBody);
  const documents = remembered(readTerms);
  const body = (holding: Holding): H => sure(bodies.read(holding.body));
  const scene = (from: Scene<unknown>): Scene<T> => ({
    ...from,
    terms: { ...from.terms, body: sure(documents.read(from.terms.body)) },
  });
  const withBody = (holding: Holding, next: H, asOf: Ms = holding.asOf): Holding => {
    bodies.own(next);
    return { ...holding, asOf, body: next };
  };
  return {
    accounts: (holding) => engine.accounts(body(holding)),
    // time passes from the holding's own moment; a caller's clock may be further already
    advance: (holding, to, at) =>
      withBody(holding, engine.advance(body(holding), to, scene({ ...at, now: holding.asOf })), to),
    assess: (holding, account, at) => engine.assess(body(holding), account, scene(at)),
    compile: (holding, account, at, line) => engine.compile(body(holding), account, scene(at), line),
    liquidate: (holding, account, at, market, chooser) =>
      engine
        .liquidate(body(holding), account, scene(at), market, chooser)
        .map((step) => ({ ...step, after: withBody(holding, step.after) })),
    apply: (holding, effect, at) => {
      const known = "was" in effect ? readEffect(effect) : ok(effect);
      if (!known.ok) return known;
      const applied = engine.apply(body(holding), known.value, scene(at));
      return applied.ok ? ok(withBody(holding, applied.value)) : applied;
    },
    levers: (holding, account, at) => engine.levers?.(body(holding), account, scene(at)) ?? [],
    hedges: (holding, instrument, at) => engine.hedges?.(body(holding), instrument, scene(at)) ?? [],
    resting: (holding, account, at) => engine.resting?.(body(holding), account, scene(at)) ?? known([], holding.asOf),
    wakes: (instrument, kind) => engine.wakes?.(instrument, kind),
    atWorstRates: (holding, at) => {
      if (engine.atWorstRates === undefined) return fail(noWorstRates(holding));
      const worst = engine.atWorstRates(body(holding), scene(at));
      return worst.ok ? ok(withBody(holding, worst.value)) : worst;
    },
    repayable: (holding, account, at, market) => engine.repayable?.(body(holding), account, scene(at), market) ?? [],
    wallet: (holding, asset, at) => engine.wallet?.(body(holding), asset, scene(at)),
    gas: (action) => engine.gas?.(action),
    readable: (holding, terms) => {
      const read = bodies.read(holding.body);
      if (!read.ok) return fail(read.failure);
      const document = documents.read(terms.body);
      return document.ok ? ok(undefined) : fail(document.failure);
    },
  };
}

const noWorstRates = ({ venue, rules }: Holding): Why => why("margin/no-worst-rates", { venue, rules });

interface Reader<V> {
  readonly read: (raw: unknown) => Result<V, Why>;
  readonly own: (value: V) => void;
}

/** Reads each object once; a value that an engine itself made (`own`) is not read again. */
function remembered<V>(read: (raw: unknown) => Result<V, Why>): Reader<V> {
  const seen = new WeakMap<object, Result<V, Why>>();
  return {
    read: (raw) => {
      if (typeof raw !== "object" || raw === null) return read(raw);
      const before = seen.get(raw);
      if (before !== undefined) return before;
      const result = read(raw);
      seen.set(raw, result);
      return result;
    },
    own: (value) => {
      if (typeof value === "object" && value !== null) seen.set(value, ok(value));
    },
  };
}

function sure<V>(result: Result<V, Why>): V {
  if (result.ok) return result.value;
  throw new Error(
    `invariant broken: unreadable data reached an engine: ${result.failure.code} ${JSON.stringify(result.failure.facts)}`,
  );
}
