import type { Holding, Terms } from "@plimsoll/core/book";
import { type BoundEngine, type Lever, type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import {
  type Exact,
  ONE,
  ZERO,
  accountKey,
  add,
  assetId,
  compare,
  cutToStep,
  dec,
  exact,
  fail,
  hash,
  holdingId,
  isMultiple,
  isNegative,
  known,
  larger,
  limitWithin,
  magnitude,
  ms,
  multiply,
  negate,
  none,
  ok,
  quoteKey,
  quotient,
  smaller,
  subtract,
  venueId,
  why,
} from "@plimsoll/core/units";

/** A desk small enough to be worked by hand: dollars of cash, money posted at a weight, positions with a need in two tiers. */
export interface DeskBody {
  readonly cash: Exact;
  readonly wallet: Readonly<Record<string, Exact>>;
  readonly posted: Readonly<Record<string, Exact>>;
  /** Signed sizes. */
  readonly positions: Readonly<Record<string, { readonly size: Exact; readonly entry: Exact }>>;
  /** Every position pays the cap of funding. */
  readonly capped?: true;
}
export interface DeskTerms {
  readonly weights: Readonly<Record<string, Exact>>;
  readonly lots: Readonly<Record<string, Exact>>;
  /** Need per dollar of a position up to `tier` dollars, and above. */
  readonly low: Exact;
  readonly high: Exact;
  readonly tier: Exact;
  readonly fee: Exact;
  /** Smallest unit in which money is posted. */
  readonly unit: Exact;
  /** What longs pay shorts an hour, as a share; absent: not known. */
  readonly funding?: Readonly<Record<string, Exact>>;
  readonly fundingCap?: Exact;
}
export const deskVenue = venueId("desk");
export const deskPrice = (name: string) => quoteKey(`desk:${name}:mark`);
const TICK = dec("0.01");
const account = accountKey("desk");

const priceOf = ({ quotes }: Scene<unknown>, name: string): Exact => quotes.get(deskPrice(name))?.value ?? ONE;

function totals({ cash, posted, positions }: DeskBody, scene: Scene<DeskTerms>) {
  const { weights, low, high, tier } = scene.terms.body;
  let [equity, have, need] = [cash, cash, ZERO];
  for (const [asset, amount] of Object.entries(posted)) {
    const value = multiply(amount, priceOf(scene, asset));
    equity = add(equity, value);
    have = add(have, multiply(value, weights[asset] ?? ZERO));
  }
  for (const [name, { size, entry }] of Object.entries(positions)) {
    const price = priceOf(scene, name);
    const profit = multiply(size, subtract(price, entry));
    const value = multiply(magnitude(size), price);
    [equity, have] = [add(equity, profit), add(have, profit)];
    need = add(need, add(multiply(smaller(value, tier), low), multiply(larger(ZERO, subtract(value, tier)), high)));
  }
  return { equity, have, need };
}

const deskEngine: MarginEngine<DeskBody, DeskTerms> = {
  accounts: () => [account],
  advance: (body, to, scene) => {
    const { funding = {}, fundingCap = ZERO } = scene.terms.body;
    const hours = exact(BigInt(Math.floor((to - scene.now) / 3_600_000)));
    const cash = Object.entries(body.positions).reduce((sum, [name, { size }]) => {
      const value = multiply(size, priceOf(scene, name));
      const due = body.capped ? multiply(magnitude(value), fundingCap) : multiply(value, funding[name] ?? ZERO);
      return subtract(sum, multiply(due, hours));
    }, body.cash);
    return { ...body, cash };
  },
  atWorstRates: (body, { terms }) =>
    terms.body.fundingCap === undefined ? fail(why("desk/no-cap")) : ok({ ...body, capped: true }),
  assess: (body, key, scene) => {
    const { equity, have, need } = totals(body, scene);
    const lines =
      compare(need, ZERO) === 0
        ? []
        : [
            {
              name: "maintenance" as const,
              required: need,
              surplus: subtract(have, need),
              health: quotient(have, need, 12, "floor"),
              crossed: compare(have, need) < 0,
              strict: true,
              meaning: "the desk closes everything",
            },
          ];
    const common = { account: key, unit: assetId("USD"), explain: { name: "desk", value: key } };
    return { ...common, equity: known(equity, scene.now), free: none(why("not-told")), lines };
  },
  compile: () => ({ none: "no-position" }),
  liquidate: () => [],
  apply: (body, effect, scene) => {
    if (!("do" in effect)) return fail(why("desk/unknown-effect"));
    if (effect.do === "supply" && effect.amount !== "all") {
      const held = body.wallet[effect.asset] ?? ZERO;
      if (compare(effect.amount, held) > 0) return fail(why("desk/wallet-empty"));
      const posted = add(body.posted[effect.asset] ?? ZERO, effect.amount);
      return ok({
        ...body,
        wallet: { ...body.wallet, [effect.asset]: subtract(held, effect.amount) },
        posted: { ...body.posted, [effect.asset]: posted },
      });
    }
    if (effect.do !== "order") return fail(why("desk/not-modelled"));
    const { instrument, side, size, limit, reduceOnly } = effect;
    const change = side === "buy" ? size : negate(size);
    const before = body.positions[instrument] ?? { size: ZERO, entry: limit };
    const left = add(before.size, change);
    const opens = compare(magnitude(left), magnitude(before.size)) > 0;
    if (opens && (reduceOnly || effect.hedges === undefined)) return fail(why("desk/would-open"));
    if (!isMultiple(size, scene.terms.body.lots[instrument] ?? ONE)) return fail(why("desk/off-lot"));
    const fee = multiply(multiply(size, limit), scene.terms.body.fee);
    const realised = opens ? ZERO : multiply(negate(change), subtract(limit, before.entry));
    const cash = subtract(add(body.cash, realised), fee);
    const { [instrument]: _closed, ...others } = body.positions;
    const held = compare(left, ZERO) === 0 ? others : { ...others, [instrument]: { ...before, size: left } };
    return ok({ ...body, cash, positions: held });
  },
  wallet: (body, asset) => body.wallet[asset],
  gas: ({ do: what }) => (what === "supply" ? 100_000n : undefined),
  levers: (body, _key, scene): readonly Lever[] => {
    const { weights, lots, unit } = scene.terms.body;
    const supplies = Object.entries(body.wallet)
      .filter(([asset, amount]) => weights[asset] !== undefined && compare(amount, ZERO) > 0)
      .map(([asset, amount]): Lever => ({
        ...{ use: "supply", on: asset, step: unit, most: cutToStep(amount, unit) },
        act: (posted) => ({ do: "supply", asset: assetId(asset), amount: posted }),
      }));
    const reduces = Object.entries(body.positions).map(([name, { size }]): Lever => {
      const lot = lots[name] ?? ONE;
      const short = isNegative(size);
      const limitAt = (slippage: Exact) => limitWithin(priceOf(scene, name), short ? slippage : negate(slippage), TICK);
      return {
        ...{ use: "reduce", on: name, step: lot, most: cutToStep(magnitude(size), lot) },
        act: (amount, slippage) => ({
          ...{ do: "order", instrument: name, side: short ? "buy" : "sell", size: amount },
          ...{ limit: limitAt(slippage), reduceOnly: true },
        }),
      };
    });
    return [...supplies, ...reduces];
  },
  hedges: (_body, instrument, scene): readonly Lever[] =>
    (["sell", "buy"] as const).map((side) => ({
      ...{ use: "hedge", on: instrument, step: scene.terms.body.lots[instrument] ?? ONE, most: dec("1000000") },
      act: (size, slippage) => ({
        ...{ do: "order", instrument, side, size, reduceOnly: false, hedges: "unnamed" },
        limit: limitWithin(priceOf(scene, instrument), side === "buy" ? slippage : negate(slippage), TICK),
      }),
    })),
};

const trusted = <V>(raw: unknown) => ok(raw as V);
export const boundDesk: BoundEngine = bindEngine(deskEngine, trusted<DeskBody>, trusted<DeskTerms>, ok);

export const deskHolding = (body: DeskBody, id = "desk:me"): Holding => ({
  ...{ id: holdingId(id), venue: deskVenue, rules: "1", asOf: ms(1), body },
});
export const deskTerms: DeskTerms = {
  weights: { USDC: dec("0.95"), ETH: dec("0.8") },
  lots: {},
  low: dec("0.05"),
  high: dec("0.1"),
  tier: dec("50000"),
  fee: dec("0.0005"),
  unit: exact(1n, 2),
};
export const deskScene = (
  prices: Readonly<Record<string, Exact>>,
  body: Partial<DeskTerms> = {},
  now = 1,
): Scene<unknown> => {
  const terms: Terms<DeskTerms> = {
    ...{ venue: deskVenue, rules: "1", validFrom: ms(0), hash: hash("desk"), source: "invented for tests" },
    body: { ...deskTerms, ...body },
  };
  const quotes = Object.entries(prices).map(
    ([name, value]) => [deskPrice(name), { value, kind: "mark", asOf: ms(now) }] as const,
  );
  return { now: ms(now), quotes: new Map(quotes), terms };
};
export const deskAccount = account;
