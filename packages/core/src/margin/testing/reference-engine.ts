import type { Effect } from "@plimsoll/core/book";
import {
  type Assessment,
  type Compiled,
  type Line,
  type MarginEngine,
  type Scene,
  formBuilder,
  slopedBend,
  tierCurve,
} from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Ms,
  type Result,
  type Why,
  accountKey,
  add,
  assetId,
  compare,
  divide,
  exact,
  fail,
  isNegative,
  isZero,
  known,
  mulDiv,
  multiply,
  negate,
  none,
  ok,
  pow10,
  quoteKey,
  quotient,
  rescale,
  subtract,
  unknown,
  why,
} from "@plimsoll/core/units";

// A made-up venue with one of everything the suite looks at: tiers, a haircut pool, an index that grows, funding, a debt that rounds up.

/** Amounts in integers: cash and scaled debt in millionths of a dollar, coins in 1e-8, sizes in thousandths, entries in cents. */
export interface Body {
  readonly cash: bigint;
  readonly coin: bigint;
  readonly debt: bigint;
  readonly positions: readonly { readonly symbol: "BTC" | "ETH"; readonly size: bigint; readonly entry: bigint }[];
}
export interface Terms {
  /** Ascending; the rate in thousandths, `from` and `deduct` in dollars. */
  readonly tiers: readonly { readonly from: bigint; readonly rate: bigint; readonly deduct: bigint }[];
  /** What a coin counts, in per cent, while the balance is positive. */
  readonly coinWeight: bigint;
  /** Longs pay this many millionths of their notional a day, shorts receive it. */
  readonly fundingPerDay: bigint;
}

export const quotesOf = {
  BTC: quoteKey("ref:BTC:mark"),
  ETH: quoteKey("ref:ETH:mark"),
  coin: quoteKey("ref:COIN:index"),
  debtIndex: quoteKey("ref:USD:debt-index"),
} as const;
const account: AccountKey = accountKey("cross");
const dayMs = 86_400_000n;

const quoteIn = (scene: Scene<Terms>, name: keyof typeof quotesOf): Exact => {
  const quote = scene.quotes.get(quotesOf[name]);
  if (quote === undefined) throw new MissingQuote(quotesOf[name]);
  return quote.value;
};
class MissingQuote extends Error {}

/** What counts, and what is needed, exactly; the debt alone is rounded: up to a millionth. */
function sums(body: Body, scene: Scene<Terms>): { have: Exact; need: Exact } {
  const coin = multiply(exact(body.coin, 8), quoteIn(scene, "coin"));
  const weight = isNegative(coin) ? exact(1n) : exact(scene.terms.body.coinWeight, 2);
  const index = quoteIn(scene, "debtIndex");
  const debt = exact(mulDiv(body.debt, index.digits, pow10(index.scale), "up"), 6);
  let have = subtract(add(exact(body.cash, 6), multiply(coin, weight)), debt);
  let need = exact(0n);
  for (const { symbol, size, entry } of body.positions) {
    const mark = quoteIn(scene, symbol);
    have = add(have, multiply(exact(size, 3), subtract(mark, exact(entry, 2))));
    need = add(need, maintenance(multiply(exact(size < 0n ? -size : size, 3), mark), scene.terms.body));
  }
  return { have, need };
}

function maintenance(notional: Exact, { tiers }: Terms): Exact {
  const tier = tiers.findLast(({ from }) => compare(notional, exact(from)) >= 0)!;
  return subtract(multiply(notional, exact(tier.rate, 3)), exact(tier.deduct));
}

function assess(body: Body, of: AccountKey, scene: Scene<Terms>): Assessment {
  const frame = { account: of, unit: assetId("USD"), explain: { name: "surplus", value: "" } };
  try {
    const { have, need } = sums(body, scene);
    const equity = known(have, scene.now);
    if (isZero(need)) return { ...frame, equity, free: none(why("no-position")), lines: [] };
    const surplus = subtract(have, need);
    const line: Line = {
      name: "maintenance",
      required: need,
      surplus,
      health: quotient(have, need, 12, "floor"),
      crossed: isNegative(surplus),
      strict: true,
      meaning: "all positions are closed",
    };
    return { ...frame, equity, free: known(surplus, scene.now), lines: [line] };
  } catch (error) {
    if (!(error instanceof MissingQuote)) throw error;
    const missing = unknown(why("quote-missing", { quote: error.message }));
    return { ...frame, equity: missing, free: missing, lines: [] };
  }
}

function compile(body: Body, _of: AccountKey, scene: Scene<Terms>): Compiled {
  const missing = Object.values(quotesOf).find((key) => !scene.quotes.has(key));
  if (missing !== undefined) return { unknown: missing };
  if (body.positions.length === 0) return { none: "no-position" };
  const { tiers, coinWeight, fundingPerDay } = scene.terms.body;
  const table = tiers.map((tier) => ({
    from: Number(tier.from),
    rate: Number(tier.rate) / 1e3,
    deduct: Number(tier.deduct),
  }));
  const form = formBuilder();
  form.have.add(Number(body.cash) / 1e6).line(form.price(quotesOf.debtIndex), -Number(body.debt) / 1e6);
  form
    .pool(slopedBend({ into: "have", from: [-Infinity, 0], slopes: [1, Number(coinWeight) / 100] }))
    .line(form.price(quotesOf.coin), Number(body.coin) / 1e8);
  for (const { symbol, size, entry } of body.positions) {
    const [price, coins] = [form.price(quotesOf[symbol]), Number(size) / 1e3];
    form.have.add((-coins * Number(entry)) / 100).line(price, coins);
    form.need.curve(price, tierCurve(table, Math.abs(coins)));
    form.accrual.line(price, (-coins * Number(fundingPerDay)) / 1e6);
  }
  // the debt rounds by less than a millionth; every term is a handful of roundings away from its integers
  const error = { absolute: 1e-6, relative: 32 * Number.EPSILON };
  return {
    form: form.build({ line: "maintenance", unit: "USD", atZero: "safe", error, compiledAtMs: scene.now }),
  };
}

/** Funding at the scene's marks, rounded against us to a millionth. */
function advance(body: Body, to: Ms, scene: Scene<Terms>): Body {
  const elapsed = BigInt(to - scene.now);
  const paid = body.positions.map(({ symbol, size }) => {
    const notional = multiply(exact(size, 3), quoteIn(scene, symbol));
    const perDay = multiply(notional, exact(scene.terms.body.fundingPerDay, 6));
    return divide(rescale(perDay, 12, "ceil").digits * elapsed, dayMs * pow10(6), "ceil");
  });
  return { ...body, cash: body.cash - paid.reduce((sum, amount) => sum + amount, 0n) };
}

function apply(body: Body, effect: Effect, scene: Scene<Terms>): Result<Body, Why> {
  if (!("do" in effect) || (effect.do !== "supply" && effect.do !== "withdraw")) return fail(why("not-offered"));
  if (effect.amount === "all") return fail(why("amount-not-a-number"));
  const amount = rescale(effect.amount, 6, "down").digits;
  const after = { ...body, cash: effect.do === "supply" ? body.cash + amount : body.cash - amount };
  const [line] = assess(after, account, scene).lines;
  return effect.do === "withdraw" && line?.crossed === true ? fail(why("below-the-line")) : ok(after);
}

export const referenceEngine: MarginEngine<Body, Terms> = {
  accounts: () => [account],
  advance,
  assess,
  compile,
  liquidate: (body, of, scene) => {
    const { lines } = assess(body, of, scene);
    if (!lines.some(({ crossed }) => crossed)) return [];
    const gain = subtract(sums({ ...body, coin: 0n, debt: 0n }, scene).have, exact(body.cash, 6));
    const cash = body.cash + rescale(gain, 6, "floor").digits;
    const taken = [{ asset: assetId("USD"), amount: negate(gain) }];
    return [{ what: "close all", after: { ...body, cash, positions: [] }, taken, fee: [], badDebt: [] }];
  },
  apply,
};

const refused = (what: string) => fail(why("unreadable", { what }));
const integerIn = (raw: unknown): bigint | undefined => {
  if (typeof raw === "bigint") return raw;
  return typeof raw === "string" && /^-?\d+$/.test(raw) ? BigInt(raw) : undefined;
};

/** Reads named integers of a plain object; undefined when one is not there or not an integer. */
function integers<K extends string>(raw: object, names: readonly K[]): Record<K, bigint> | undefined {
  const read = names.map((name) => [name, integerIn((raw as Record<string, unknown>)[name])] as const);
  if (read.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(read) as Record<K, bigint>;
}

export function readBody(raw: unknown): Result<Body, Why> {
  if (typeof raw !== "object" || raw === null || !("positions" in raw) || !Array.isArray(raw.positions)) {
    return refused("body");
  }
  const amounts = integers(raw, ["cash", "coin", "debt"]);
  if (amounts === undefined) return refused("an amount");
  const positions: Body["positions"][number][] = [];
  for (const item of raw.positions as unknown[]) {
    if (typeof item !== "object" || item === null || !("symbol" in item)) return refused("a position");
    const { symbol } = item;
    const read = integers(item, ["size", "entry"]);
    if (read === undefined || (symbol !== "BTC" && symbol !== "ETH")) return refused("a position");
    positions.push({ symbol, ...read });
  }
  return ok({ ...amounts, positions });
}

export function readTerms(raw: unknown): Result<Terms, Why> {
  if (typeof raw !== "object" || raw === null || !("tiers" in raw) || !Array.isArray(raw.tiers))
    return refused("terms");
  const rates = integers(raw, ["coinWeight", "fundingPerDay"]);
  const tiers = (raw.tiers as unknown[]).map((tier) =>
    typeof tier === "object" && tier !== null ? integers(tier, ["from", "rate", "deduct"]) : undefined,
  );
  if (rates === undefined || tiers.includes(undefined)) return refused("terms");
  return ok({ ...rates, tiers: tiers.filter((tier) => tier !== undefined) });
}
