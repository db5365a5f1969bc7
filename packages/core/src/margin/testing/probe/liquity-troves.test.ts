import {
  type Assessment,
  type MarginEngine,
  crossesAt,
  formBuilder,
  liquidationPrices,
  readQuotes,
} from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Ms,
  accountKey,
  assetId,
  dec,
  divide,
  exact,
  fail,
  known,
  ms,
  mulDiv,
  ok,
  pow10,
  quoteKey,
  text,
  unknown,
  why,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { MissingQuote, at, boundTo, holdingOf, integer, lineOf, quoteIn, runGroups, sceneOf } from "./probe.ts";

// Liquity v2: one owner, several troves, each its own account; simple interest until touched; redemption comes from outside.

/** Collateral and debt in wei, the yearly rate as a wad. */
const Trove = z.object({ id: z.string(), coll: integer, debt: integer, rate: integer, touched: z.number().int() });
const Body = z.object({ troves: z.array(Trove) });
type Trove = z.infer<typeof Trove>;
type Body = z.infer<typeof Body>;
interface Terms {
  readonly mcr: Exact;
}
const terms: Terms = { mcr: dec("1.1") };
const price = "liquity-v2:WETH:oracle";
const wad = pow10(18);
const yearMs = 365n * 86_400_000n;
const keyOf = ({ id }: Trove) => accountKey(`trove:${id}`);

/** Recorded debt plus interest to `now`, rounded down twice as the contract does. */
const debtAt = ({ debt, rate, touched }: Trove, now: Ms): bigint =>
  debt + divide(mulDiv(debt * rate, BigInt(now - touched), yearMs, "down"), wad, "down");
const troveOf = ({ troves }: Body, account: AccountKey): Trove => troves.find((trove) => keyOf(trove) === account)!;
const withTrove = ({ troves }: Body, next: Trove): Body => ({
  troves: troves.map((trove) => (trove.id === next.id ? next : trove)),
});

/** Redemption takes debt and collateral at face value from a named trove. */
const Redemption = z.object({ trove: z.string(), debt: integer, coll: integer });

const engine: MarginEngine<Body, Terms> = {
  accounts: ({ troves }) => troves.map(keyOf),
  advance: ({ troves }, to) => ({
    troves: troves.map((trove) => ({ ...trove, debt: debtAt(trove, to), touched: to })),
  }),
  assess: (body, account, scene): Assessment => {
    const trove = troveOf(body, account);
    const frame = { account, unit: assetId("BOLD"), explain: { name: "ICR", value: "" } };
    try {
      const value = exact(
        mulDiv(trove.coll, quoteIn(scene, price).digits * pow10(18 - quoteIn(scene, price).scale), wad, "down"),
        18,
      );
      const debt = debtAt(trove, scene.now);
      const equity = known(exact(value.digits - debt, 18), scene.now);
      if (debt === 0n) return { ...frame, equity, free: equity, lines: [] };
      const have = exact(
        mulDiv(value.digits, pow10(scene.terms.body.mcr.scale), scene.terms.body.mcr.digits, "down"),
        18,
      );
      const line = lineOf("maintenance", have, exact(debt, 18), "the whole trove is liquidated");
      return { ...frame, equity, free: known(line.surplus, scene.now), lines: [line] };
    } catch (error) {
      if (!(error instanceof MissingQuote)) throw error;
      const missing = unknown(why("quote-missing", { quote: error.message }));
      return { ...frame, equity: missing, free: missing, lines: [] };
    }
  },
  compile: (body, account, scene, line) => {
    const trove = troveOf(body, account);
    if (!scene.quotes.has(quoteKey(price))) return { unknown: price };
    const debt = Number(debtAt(trove, scene.now)) / 1e18;
    if (debt === 0) return { none: "no-debt" };
    const form = formBuilder();
    form.have.line(form.price(quoteKey(price)), Number(trove.coll) / 1e18 / 1.1);
    form.need.add(debt);
    form.accrual.add((-Number(trove.debt) / 1e18) * (Number(trove.rate) / 1e18 / 365));
    const error = { absolute: 2e-18, relative: 16 * Number.EPSILON };
    return { form: form.build({ line, unit: "BOLD", atZero: "safe", error, compiledAtMs: scene.now }) };
  },
  liquidate: (body, account, scene) => {
    if (!engine.assess(body, account, scene).lines.some(({ crossed }) => crossed)) return [];
    const trove = troveOf(body, account);
    const taken = [{ asset: assetId("WETH"), amount: exact(trove.coll, 18) }];
    return [
      {
        what: "the whole trove",
        after: withTrove(body, { ...trove, coll: 0n, debt: 0n }),
        taken,
        fee: [],
        badDebt: [],
      },
    ];
  },
  apply: (body, effect, scene) => {
    if ("was" in effect) {
      const read = effect.was === "redemption" ? Redemption.safeParse(effect.body) : undefined;
      const trove = body.troves.find(({ id }) => id === read?.data?.trove);
      if (read?.data === undefined || trove === undefined) return fail(why("not-a-redemption"));
      const now = { ...trove, debt: debtAt(trove, scene.now), touched: scene.now };
      return ok(withTrove(body, { ...now, debt: now.debt - read.data.debt, coll: now.coll - read.data.coll }));
    }
    if (effect.do !== "repay" || effect.amount === "all") return fail(why("not-offered"));
    if (effect.account === undefined && body.troves.length > 1) {
      return fail(why("account-needed", { next: `name one of ${body.troves.map(keyOf).join(", ")}` }));
    }
    const trove =
      effect.account === undefined ? body.troves[0] : body.troves.find((each) => keyOf(each) === effect.account);
    if (trove === undefined) return fail(why("no-such-account"));
    const owed = debtAt(trove, scene.now);
    return ok(withTrove(body, { ...trove, debt: owed - effect.amount.digits, touched: scene.now }));
  },
};

const trove = (id: string, coll: bigint, debt: bigint): Trove => ({
  id,
  coll: coll * wad,
  debt: debt * wad,
  rate: wad / 20n,
  touched: at,
});
const example: Body = { troves: [trove("1", 10n, 20_000n), trove("2", 5n, 12_000n)] };
const scene = sceneOf({ [price]: "3000.00000000" }, terms);
const bound = boundTo(engine, Body);
const holding = holdingOf(example);

describe("two troves of one owner", () => {
  test("are two accounts, each with its own health and price", () => {
    expect(bound.accounts(holding)).toEqual(["trove:1", "trove:2"]);
    const lines = bound.accounts(holding).map((account) => bound.assess(holding, account, scene).lines[0]!);
    expect(lines.map(({ health }) => text(health))).toEqual(["1.363636363636", "1.136363636363"]);
    const prices = bound.accounts(holding).map((account) => {
      const compiled = bound.compile(holding, account, scene, "maintenance");
      if (!("form" in compiled)) throw new Error("no form");
      const quotes = readQuotes(compiled.form, scene);
      if (!quotes.ok) throw new Error("no quotes");
      // interest alone: (have - debt) / (debt * 5 % / 365) days
      const days = (crossesAt(compiled.form, quotes.value) as number) - at;
      return [liquidationPrices(compiled.form, quotes.value, 0).down, Math.round(days / 86_400_000)];
    });
    expect(prices[0]![0]).toBeCloseTo((20_000 * 1.1) / 10, 8);
    expect(prices[1]![0]).toBeCloseTo((12_000 * 1.1) / 5, 8);
    expect(prices.map(([, days]) => days)).toEqual([2_655, 995]);
  });

  test("a redemption is an effect of the venue: debt and collateral leave one trove, its health rises, the other stays", () => {
    const redemption = {
      was: "redemption",
      body: { trove: "2", debt: "3000000000000000000000", coll: "1000000000000000000" },
    } as const;
    const after = bound.apply(holding, redemption, scene);
    if (!after.ok) throw new Error(after.failure.code);
    const lines = bound.accounts(after.value).map((account) => bound.assess(after.value, account, scene).lines[0]!);
    expect(lines.map(({ health }) => text(health))).toEqual(["1.363636363636", "1.212121212121"]);
  });

  test("a repayment names its trove, and is refused where it would have to be guessed", () => {
    const repay = { do: "repay", asset: assetId("BOLD"), amount: exact(2_000n * wad, 18) } as const;
    const guessed = bound.apply(holding, repay, scene);
    expect(!guessed.ok && guessed.failure.code).toBe("account-needed");
    const named = bound.apply(holding, { ...repay, account: accountKey("trove:2") }, scene);
    if (!named.ok) throw new Error(named.failure.code);
    expect(text(bound.assess(named.value, accountKey("trove:2"), scene).lines[0]!.required)).toBe(
      "10000.000000000000000000",
    );
    expect(text(bound.assess(named.value, accountKey("trove:1"), scene).lines[0]!.required)).toBe(
      "20000.000000000000000000",
    );
  });
});

test("form and engine agree around the example, on the line, and later by accrual", () => {
  const troves = fc.array(
    fc.record({ coll: fc.bigInt({ min: 1n, max: 50n }), debt: fc.bigInt({ min: 2_000n, max: 90_000n }) }),
    { minLength: 1, maxLength: 3 },
  );
  const states = troves.map((list) => ({
    holding: holdingOf({ troves: list.map(({ coll, debt }, i) => trove(String(i), coll, debt)) }),
    scene: sceneOf<unknown>({ [price]: "3000.00000000" }, terms),
  }));
  const isName = (path: readonly string[]) => path.at(-1) === "id";
  const spec = { engine: bound, lines: ["maintenance"] as const, isName, laterError: () => 1e-15 };
  expect(() => runGroups(["1", "2", "5", "7", "8", "9 purity"], spec, states)).not.toThrow();
  expect(ms(at)).toBe(scene.now);
});
