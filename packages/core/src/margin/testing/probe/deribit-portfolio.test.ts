import {
  type Assessment,
  type MarginEngine,
  type Scene,
  evaluate,
  formBuilder,
  liquidationPrices,
  readQuotes,
  sampleCurve,
} from "@plimsoll/core/margin";
import { blackPrice } from "@plimsoll/core/math";
import {
  type Exact,
  DAY_MS,
  accountKey,
  assetId,
  fail,
  fromNumber,
  known,
  ms,
  ok,
  quoteKey,
  rescale,
  toNumber,
  unknown,
  why,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { MissingQuote, at, boundTo, holdingOf, integer, lineOf, quoteIn, runGroups, sceneOf } from "./probe.ts";

// Deribit portfolio margin: the worst of 27 scenarios of one underlying, in coin; a sampled leg of one price while vols and clock stand
// still. Scenario figures are doubles, rounded against us to nine decimals. The assessment is in coin, the form in USD.

/** Balance in 1e-8 coins, an inverse future in dollars at an entry in cents, contracts of one option. */
const Body = z.object({ btc: integer, future: integer, entry: integer, contracts: integer });
type Body = z.infer<typeof Body>;
interface Terms {
  readonly option: { readonly type: "call" | "put"; readonly strike: number; readonly expiryMs: number };
  readonly priceRange: number;
  readonly volUp: number;
  readonly volDown: number;
  readonly power: number;
  readonly roll: number;
  readonly factor: number;
}
const [index, iv] = ["deribit:BTC:index", "deribit:BTC-C-110000:iv"];
const expiryMs = at + 36.5 * DAY_MS;
const terms: Terms = {
  option: { type: "call", strike: 110_000, expiryMs },
  priceRange: 0.16,
  volUp: 0.5,
  volDown: 0.25,
  power: 0.13,
  roll: 0.01,
  factor: 0.8,
};
const account = accountKey("BTC");

/** Everything in coin at one price: equity, and what the scenarios require. */
function coins(body: Body, { terms: { body: rules }, now }: Scene<Terms>, p: number, vol: number) {
  const { option, priceRange, volUp, volDown, power, roll, factor } = rules;
  const [future, contracts] = [Number(body.future), Number(body.contracts)];
  const years = (option.expiryMs - now) / (365 * DAY_MS);
  const optionCoins = (forward: number, at: number) => blackPrice({ ...option, forward, years, vol: at }) / forward;
  const widening = (30 / (years * 365)) ** power;
  const vols = [vol, vol * (1 + volUp * widening), vol * (1 - volDown * widening)];
  const losses = Array.from({ length: 9 }, (_, k) => p * (1 + ((k - 4) / 4) * priceRange)).flatMap((moved) =>
    vols.map(
      (shocked) => future / moved - future / p - contracts * (optionCoins(moved, shocked) - optionCoins(p, vol)),
    ),
  );
  const equity =
    Number(body.btc) / 1e8 + future / (Number(body.entry) / 100) - future / p + contracts * optionCoins(p, vol);
  return { equity, need: factor * (Math.max(0, ...losses) + (roll * Math.abs(future)) / p) };
}

/** A double as the venue shows it: nine decimals, against us. */
const shown = (value: number, rounding: "floor" | "ceil"): Exact => rescale(fromNumber(value), 9, rounding);

const engine: MarginEngine<Body, Terms> = {
  accounts: () => [account],
  advance: (body) => body,
  assess: (body, of, scene): Assessment => {
    const frame = { account: of, unit: assetId("BTC"), explain: { name: "margin balance", value: "" } };
    try {
      const { equity, need } = coins(body, scene, toNumber(quoteIn(scene, index)), toNumber(quoteIn(scene, iv)));
      const have = shown(equity, "floor");
      if (need === 0) return { ...frame, equity: known(have, scene.now), free: known(have, scene.now), lines: [] };
      const line = lineOf("maintenance", have, shown(need, "ceil"), "positions are reduced step by step");
      return { ...frame, equity: known(have, scene.now), free: known(line.surplus, scene.now), lines: [line] };
    } catch (error) {
      if (!(error instanceof MissingQuote)) throw error;
      const missing = unknown(why("quote-missing", { quote: error.message }));
      return { ...frame, equity: missing, free: missing, lines: [] };
    }
  },
  compile: (body, _of, scene, line) => {
    const missing = [index, iv].find((key) => !scene.quotes.has(quoteKey(key)));
    if (missing !== undefined) return { unknown: missing };
    if (body.future === 0n && body.contracts === 0n) return { none: "no-position" };
    const [p, vol] = [toNumber(quoteIn(scene, index)), toNumber(quoteIn(scene, iv))];
    const { option } = scene.terms.body;
    const form = formBuilder();
    const price = form.price(quoteKey(index));
    const future = Number(body.future);
    form.have.add(-future).line(price, Number(body.btc) / 1e8 + future / (Number(body.entry) / 100));
    form.have.curve(price, { kind: "black", quantity: Number(body.contracts), ...option, vol });
    const need = (at: number) => coins(body, scene, at, vol).need * at;
    const curve = sampleCurve(need, [p / 3, p, p * 3], 5e-3 * Math.max(need(p), 1));
    form.need.curve(price, curve);
    // two figures rounded to 1e-9 of a coin, and the samples
    const error = { absolute: curve.error + 2e-9 * 3 * p, relative: 64 * Number.EPSILON };
    return { form: form.build({ line, unit: "USD", atZero: "safe", error, compiledAtMs: scene.now }) };
  },
  liquidate: (body, of, scene) =>
    engine.assess(body, of, scene).lines.some(({ crossed }) => crossed)
      ? [{ what: "reduce the future", after: { ...body, future: body.future / 2n }, taken: [], fee: [], badDebt: [] }]
      : [],
  apply: (body, effect) =>
    "was" in effect && effect.was === "settlement" ? ok({ ...body, contracts: 0n }) : fail(why("not-offered")),
};

const example: Body = { btc: 500_000_000n, future: 1_000_000n, entry: 10_000_000n, contracts: -10n };
const quotes = { [index!]: "100000.00", [iv!]: "0.6000" };

test("one short call against a long future, worked apart in 30 digits", () => {
  const scene = sceneOf(quotes, terms);
  const line = engine.assess(example, account, scene).lines[0]!;
  const compiled = engine.compile(example, account, scene, "maintenance");
  if (!("form" in compiled)) throw new Error("no form");
  const read = readQuotes(compiled.form, scene);
  if (!read.ok) throw new Error("no quotes");
  const { have, need } = evaluate(compiled.form, read.value);
  expect(have / 100_000).toBeCloseTo(toNumber(line.surplus) + toNumber(line.required), 8);
  expect(have).toBeCloseTo(460_871.76556798, 4);
  expect(need).toBeCloseTo(152_344.80184815, 4);
  const { down, up, searched } = liquidationPrices(compiled.form, read.value, 0);
  expect(Math.abs(down! / 77_575.512438002 - 1)).toBeLessThan(1e-3);
  expect(up).toBeUndefined();
  // beyond its samples the form claims nothing
  expect(searched.high).toBeCloseTo(300_000, 6);
});

test("form and engine agree around the example, across its units, and to the line", () => {
  const states = fc
    .record({
      btc: fc.bigInt({ min: 100_000_000n, max: 1_500_000_000n }),
      future: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }).filter((size) => size !== 0n),
      entry: fc.constant(10_000_000n),
      contracts: fc.bigInt({ min: -20n, max: 20n }),
    })
    .map((body) => ({ holding: holdingOf(body), scene: sceneOf<unknown>(quotes, terms) }));
  const spec = {
    engine: boundTo(engine, Body),
    lines: ["maintenance"] as const,
    moves: () => [0.4, 2.5] as const,
    runs: 40, // each samples a curve of 27 scenarios, and few states can be liquidated at all
    unitIn: ({ scene }: { scene: Scene<unknown> }) => toNumber(quoteIn(scene, index!)),
  };
  expect(() => runGroups(["1", "2 at the line", "8", "9 purity"], spec, states)).not.toThrow();
  expect(ms(at)).toBe(at);
});
