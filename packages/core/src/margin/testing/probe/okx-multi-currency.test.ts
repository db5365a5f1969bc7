import {
  type Assessment,
  type MarginEngine,
  type Scene,
  formBuilder,
  liquidationPrices,
  boundaries,
  evaluate,
  readQuotes,
  slopedBend,
} from "@plimsoll/core/margin";
import {
  type Exact,
  accountKey,
  add,
  assetId,
  dec,
  exact,
  fail,
  isNegative,
  known,
  multiply,
  negate,
  ok,
  quoteKey,
  smaller,
  subtract,
  toNumber,
  unknown,
  why,
  compare,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { MissingQuote, boundTo, holdingOf, integer, lineOf, only, quoteIn, runGroups, sceneOf } from "./probe.ts";

// OKX multi-currency margin: discounts and liability margin act on the sum inside one coin, so each coin is a pool.

/** USDT in millionths, BTC in 1e-8, the contract position in thousandths of a coin, its entry in cents. */
const Body = z.object({ usdt: integer, btc: integer, size: integer, entry: integer });
type Body = z.infer<typeof Body>;
interface Terms {
  readonly mmr: Exact;
  readonly taker: Exact;
  readonly coins: Readonly<
    Record<
      "USDT" | "BTC",
      { readonly upTo: Exact | "all"; readonly discount: Exact; readonly above: Exact; readonly liability: Exact }
    >
  >;
}
const terms: Terms = {
  mmr: dec("0.005"),
  taker: dec("0.0005"),
  coins: {
    USDT: { upTo: "all", discount: dec("1"), above: dec("1"), liability: dec("0.03") },
    BTC: { upTo: dec("100000"), discount: dec("0.98"), above: dec("0.9"), liability: dec("0.04") },
  },
};
const account = accountKey("cross");
/** need counted this many times: a warning at 300 %, liquidation at 100 %. */
const times = { warn: 3, maintenance: 1 } as const;

function sums(body: Body, scene: Scene<Terms>): { have: Exact; need: Exact } {
  const mark = quoteIn(scene, "okx:BTC-USDT-SWAP:mark");
  const size = exact(body.size, 3);
  const gain = multiply(size, subtract(mark, exact(body.entry, 2)));
  const value = {
    USDT: multiply(add(exact(body.usdt, 6), gain), quoteIn(scene, "okx:USDT:index")),
    BTC: multiply(exact(body.btc, 8), quoteIn(scene, "okx:BTC:index")),
  };
  const notional = multiply(multiply(size, mark), quoteIn(scene, "okx:USDT:index"));
  const charged = isNegative(notional) ? negate(notional) : notional;
  let [have, need] = [exact(0n), multiply(charged, add(scene.terms.body.mmr, scene.terms.body.taker))];
  for (const coin of ["USDT", "BTC"] as const) {
    const { upTo, discount, above, liability } = scene.terms.body.coins[coin];
    if (isNegative(value[coin])) {
      have = add(have, value[coin]);
      need = add(need, multiply(negate(value[coin]), liability));
      continue;
    }
    const first = upTo === "all" ? value[coin] : smaller(value[coin], upTo);
    have = add(have, add(multiply(first, discount), multiply(subtract(value[coin], first), above)));
  }
  return { have, need };
}

const engine: MarginEngine<Body, Terms> = {
  accounts: () => [account],
  advance: (body) => body,
  assess: (body, of, scene): Assessment => {
    const frame = { account: of, unit: assetId("USD"), explain: { name: "adjusted equity", value: "" } };
    try {
      const { have, need } = sums(body, scene);
      const lines = (["warn", "maintenance"] as const).map((name) =>
        lineOf(
          name,
          have,
          multiply(need, exact(BigInt(times[name]))),
          name === "warn" ? "a warning" : "positions step down by tiers",
        ),
      );
      return { ...frame, equity: known(have, scene.now), free: known(subtract(have, need), scene.now), lines };
    } catch (error) {
      if (!(error instanceof MissingQuote)) throw error;
      const missing = unknown(why("quote-missing", { quote: error.message }));
      return { ...frame, equity: missing, free: missing, lines: [] };
    }
  },
  compile: (body, _of, scene, line) => {
    if (line !== "warn" && line !== "maintenance") return { unknown: `no line ${line}` };
    const quotes = {
      mark: quoteKey("okx:BTC-USDT-SWAP:mark"),
      usdt: quoteKey("okx:USDT:index"),
      btc: quoteKey("okx:BTC:index"),
    };
    for (const key of Object.values(quotes)) if (!scene.quotes.has(key)) return { unknown: key };
    const form = formBuilder();
    const contract = form.factor([quotes.mark, 1], [quotes.usdt, 1]);
    const size = Number(body.size) / 1e3;
    const pool = (coin: "USDT" | "BTC") => {
      const { upTo, discount, above, liability } = scene.terms.body.coins[coin];
      const from = upTo === "all" ? [-Infinity, 0] : [-Infinity, 0, toNumber(upTo)];
      const slopes = [1, toNumber(discount), toNumber(above)].slice(0, from.length);
      return form.pool(
        slopedBend({ into: "have", from, slopes }),
        slopedBend({ into: "need", from: [-Infinity, 0], slopes: [-times[line] * toNumber(liability), 0] }),
      );
    };
    pool("USDT")
      .line(form.price(quotes.usdt), Number(body.usdt) / 1e6 - (size * Number(body.entry)) / 100)
      .line(contract, size);
    pool("BTC").line(form.price(quotes.btc), Number(body.btc) / 1e8);
    form.need.line(
      contract,
      times[line] * Math.abs(size) * (toNumber(scene.terms.body.mmr) + toNumber(scene.terms.body.taker)),
    );
    const error = { absolute: 0, relative: 32 * Number.EPSILON };
    return { form: form.build({ line, unit: "USD", atZero: "safe", error, compiledAtMs: scene.now }) };
  },
  liquidate: (body, of, scene) => {
    const crossed = engine.assess(body, of, scene).lines.some(({ name, crossed: is }) => name === "maintenance" && is);
    if (!crossed) return [];
    const after = { ...body, size: body.size / 2n };
    return [{ what: "step down by tiers", after, taken: [], fee: [], badDebt: [] }];
  },
  apply: (body, effect) => {
    if (!("do" in effect) || effect.do !== "order") return fail(why("not-offered"));
    const change = effect.size.digits * (effect.side === "buy" ? 1n : -1n);
    return compare(effect.size, exact(0n, 3)) > 0 && effect.size.scale === 3
      ? ok({ ...body, size: body.size + change })
      : fail(why("size-not-a-lot"));
  },
};

const example: Body = { usdt: 30_000_000_000n, btc: 200_000_000n, size: 5_000n, entry: 10_000_000n };
const quotes = (mark: string, btc: string) => ({
  "okx:BTC-USDT-SWAP:mark": mark,
  "okx:USDT:index": "1.0000",
  "okx:BTC:index": btc,
});

test("the worked figures come out of assess and out of the form", () => {
  const scene = sceneOf(quotes("100000.0", "100000.0"), terms);
  const lower = sceneOf(quotes("90000.0", "90000.0"), terms);
  const [now, then] = [scene, lower].map((each) => engine.assess(example, account, each).lines[1]!);
  expect([toNumber(now!.surplus), toNumber(now!.required)]).toEqual([215_250, 2_750]);
  expect([toNumber(then!.surplus), toNumber(then!.required)]).toEqual([146_925, 3_075]);
  const compiled = engine.compile(example, account, scene, "maintenance");
  if (!("form" in compiled)) throw new Error("no form");
  const today = readQuotes(compiled.form, scene);
  if (!today.ok) throw new Error("no quotes");
  expect(evaluate(compiled.form, today.value).have).toBe(218_000);
  const which = ["okx:BTC-USDT-SWAP:mark", "okx:BTC:index"].map((key) => compiled.form.quotes.indexOf(quoteKey(key)));
  expect(liquidationPrices(compiled.form, today.value, which[0]!).down).toBeCloseTo(57_803.80673, 5);
  expect(100_000 * boundaries(compiled.form, today.value, which).down!).toBeCloseTo(68_775.73131, 5);
});

test("form and engine agree around the example, on both lines, to the knots and the line", () => {
  const amounts = fc.record({
    usdt: fc.bigInt({ min: -100_000_000_000n, max: 300_000_000_000n }),
    btc: fc.bigInt({ min: -200_000_000n, max: 500_000_000n }),
    size: fc.bigInt({ min: -8_000n, max: 8_000n }).filter((size) => size !== 0n),
    entry: fc.constant(10_000_000n),
  });
  const states = amounts.map((body) => ({
    holding: holdingOf(body),
    scene: sceneOf<unknown>(quotes("100000.0", "100100.0"), terms),
  }));
  const bound = boundTo(engine, Body);
  expect(() =>
    runGroups(["1", "2", "5", "8", "9 purity"], { engine: bound, lines: ["warn", "maintenance"] }, states),
  ).not.toThrow();
  expect(only(bound.accounts(holdingOf(example)))).toBe("cross");
});
