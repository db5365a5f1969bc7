import type { Holding, Terms } from "@plimsoll/core/book";
import {
  type BoundEngine,
  type Compiled,
  type Lever,
  type MarginEngine,
  type Scene,
  bindEngine,
} from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  assetId,
  divide,
  exact,
  fail,
  hash,
  holdingId,
  known,
  minOf,
  ms,
  ok,
  pow10,
  quoteKey,
  rescale,
  text,
  unknown,
  venueId,
  why,
} from "@plimsoll/core/units";

/** A lender of dollars against coins, one loan an account, small enough to be right at sight: coins 1e-8, dollars 1e-6. */
export interface ToyHolding {
  readonly wallet: bigint;
  readonly loans: Readonly<Record<string, { readonly coin: string; readonly coins: bigint; readonly debt: bigint }>>;
}
export interface ToyTerms {
  /** Share of the coins' value that counts, in basis points. */
  readonly threshold: bigint;
  /** Sizes sold are multiples of it, in 1e-8 coins; the fee is taken from the proceeds, in basis points. */
  readonly lot: bigint;
  readonly fee: bigint;
}
export const toyVenue = venueId("toy");
export const toyPrice = (coin: string) => quoteKey(`toy:${coin}:mark`);
const usd = assetId("USD");
/** Where money lies before it pays down a loan: not an account, nothing can liquidate it. */
const toyWallet = accountKey("wallet");

const dollars = (coins: bigint, price: Exact): bigint => divide(coins * price.digits, pow10(price.scale + 2), "floor");

const loanOf = (holding: ToyHolding, account: string) => {
  const loan = holding.loans[account];
  if (loan === undefined) throw new Error(`invariant broken: no loan ${account}`);
  return loan;
};

export const toyEngine: MarginEngine<ToyHolding, ToyTerms> = {
  accounts: ({ loans }) => Object.keys(loans).map(accountKey),
  advance: (holding) => holding,
  assess: (holding, account, { quotes, terms, now }) => {
    const { coin, coins, debt } = loanOf(holding, account);
    const price = quotes.get(toyPrice(coin));
    const common = { account, unit: usd, explain: { name: "toy", value: account } };
    if (price === undefined && debt > 0n && coins > 0n) {
      const missing = unknown(why("quote-missing", { quote: toyPrice(coin) }));
      return { ...common, equity: missing, free: missing, lines: [] };
    }
    const value = price === undefined ? 0n : dollars(coins, price.value);
    const equity = known(exact(value - debt, 6), now);
    if (debt === 0n) return { ...common, equity, free: equity, lines: [] };
    const have = divide(value * terms.body.threshold, 10_000n, "floor");
    return {
      ...common,
      equity,
      free: known(exact(have - debt, 6), now),
      lines: [
        {
          name: "maintenance",
          required: exact(debt, 6),
          surplus: exact(have - debt, 6),
          health: exact(divide(have * pow10(8), debt, "floor"), 8),
          crossed: have < debt,
          strict: true,
          meaning: "the lender sells half",
        },
      ],
    };
  },
  compile: (holding, account, { now, terms }, line): Compiled => {
    const { coin, coins, debt } = loanOf(holding, account);
    if (line !== "maintenance") return { unknown: `no ${line} line` };
    if (debt === 0n) return { none: "no-debt" };
    const slope = (Number(coins) / 1e8) * (Number(terms.body.threshold) / 1e4);
    return {
      form: {
        line,
        unit: "USD",
        quotes: [toyPrice(coin)],
        factors: [{ powers: [[0, 1]] }],
        have: { constant: 0, legs: [{ factor: 0, curve: { kind: "line", slope } }] },
        need: { constant: Number(debt) / 1e6, legs: [] },
        pools: [],
        atZero: "safe",
        concave: true,
        error: { absolute: 2e-6, relative: 1e-15 },
        compiledAtMs: now,
      },
    };
  },
  liquidate: (holding, account, scene) => {
    const { coin, coins, debt } = loanOf(holding, account);
    const price = scene.quotes.get(toyPrice(coin));
    const [line] = toyEngine.assess(holding, account, scene).lines;
    if (price === undefined || line === undefined || !line.crossed) return [];
    const repaid = debt / 2n;
    const seized = minOf(coins, divide(repaid * 110n * pow10(price.value.scale), price.value.digits, "up"));
    const after = withLoan(holding, account, { coin, coins: coins - seized, debt: debt - repaid });
    return [{ what: "half", after, taken: [], fee: [], badDebt: [] }];
  },
  apply: (holding, effect, { quotes, terms }) => {
    if (!("do" in effect)) return fail(why("toy/unknown-effect"));
    if (effect.do === "move-margin") {
      const amount = rescale(effect.amount, 6, "up").digits;
      const loan = loanOf(holding, effect.to);
      if (amount <= 0n || amount > holding.wallet || amount > loan.debt)
        return fail(why("toy/not-payable", { amount: text(effect.amount), wallet: `${holding.wallet}` }));
      const wallet = holding.wallet - amount;
      return ok(withLoan({ ...holding, wallet }, effect.to, { ...loan, debt: loan.debt - amount }));
    }
    if (effect.do === "order" && effect.side === "sell" && effect.reduceOnly) {
      const loan = loanOf(holding, effect.instrument);
      const price = quotes.get(toyPrice(loan.coin));
      const size = rescale(effect.size, 8, "up").digits;
      if (price === undefined || size <= 0n || size > loan.coins || size % terms.body.lot !== 0n)
        return fail(why("toy/order-refused", { size: text(effect.size) }));
      const proceeds = divide(dollars(size, price.value) * (10_000n - terms.body.fee), 10_000n, "floor");
      const repaid = minOf(proceeds, loan.debt);
      return ok(
        withLoan({ ...holding, wallet: holding.wallet + proceeds - repaid }, effect.instrument, {
          ...loan,
          coins: loan.coins - size,
          debt: loan.debt - repaid,
        }),
      );
    }
    return fail(why("toy/not-modelled", { action: effect.do }));
  },
  levers: (holding, account, { quotes, terms }): readonly Lever[] => {
    const { coin, coins, debt } = loanOf(holding, account);
    const price = quotes.get(toyPrice(coin))?.value;
    const pay: Lever = {
      use: "add-margin",
      on: "USD",
      step: exact(1n, 6),
      most: exact(minOf(debt, holding.wallet), 6),
      act: (amount) => ({ do: "move-margin", from: toyWallet, to: account, asset: usd, amount }),
    };
    if (price === undefined) return [pay];
    const reduce: Lever = {
      use: "reduce",
      on: coin,
      step: exact(terms.body.lot, 8),
      most: exact(coins, 8),
      act: (size) => ({ do: "order", instrument: account, side: "sell", size, limit: price, reduceOnly: true }),
    };
    return [pay, reduce];
  },
};

const withLoan = (holding: ToyHolding, account: string, loan: ToyHolding["loans"][string]): ToyHolding => ({
  ...holding,
  loans: { ...holding.loans, [account]: loan },
});

const trusted = <V>(raw: unknown) => ok(raw as V);
export const boundToy: BoundEngine = bindEngine(toyEngine, trusted<ToyHolding>, trusted<ToyTerms>, ok);

export const toyHolding = (body: ToyHolding, asOf: number, id = "toy:me"): Holding => ({
  id: holdingId(id),
  venue: toyVenue,
  rules: "1",
  asOf: ms(asOf),
  body,
});
export const toyTerms = (body: Partial<ToyTerms> = {}): Terms<ToyTerms> => {
  const whole = { threshold: 8_000n, lot: 100_000n, fee: 10n, ...body };
  const id = `${whole.threshold}/${whole.lot}/${whole.fee}`;
  return { venue: toyVenue, rules: "1", validFrom: ms(0), hash: hash(id), source: "invented for tests", body: whole };
};
export const toyScene = (prices: Readonly<Record<string, Exact>>, now: number, terms = toyTerms()): Scene<unknown> => ({
  now: ms(now),
  quotes: new Map(
    Object.entries(prices).map(([coin, value]) => [toyPrice(coin), { value, kind: "mark", asOf: ms(now) } as const]),
  ),
  terms,
});
