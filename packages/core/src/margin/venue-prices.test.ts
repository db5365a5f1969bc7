import { quoteKey } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { liquidationPrices } from "./boundaries.ts";
import { formBuilder } from "./form-builder.ts";
import { type Tier, inverseTierCurve, tierCurve } from "./tiers.ts";

// Liquidation prices from the closed forms of the venues' own rules:
//   linear  LP = (wallet + A - side*S*E) / (S*mmr - side*S),  inverse  LP = N*(side + mmr) / (wallet + A + side*N/E),
// the tier being the one at LP. Source of the BTCUSDT rows used: Binance USD-M brackets of May 2026, 1 % (A 12,000) to 12M, then 2 % (A 132,000).

const facts = {
  line: "maintenance",
  unit: "USDT",
  atZero: "liquidatable",
  error: { absolute: 0, relative: 0 },
  compiledAtMs: 0,
} as const;
const BTC = quoteKey("binance:BTCUSDT:mark");
interface Leg {
  readonly side: 1 | -1;
  readonly size: number;
  readonly entry: number;
}

function lpOf(wallet: number, legs: readonly Leg[], tiers: readonly Tier[], mark: number) {
  const form = formBuilder();
  const price = form.price(BTC);
  form.have.add(wallet);
  for (const { side, size, entry } of legs) {
    form.have.add(-side * size * entry).line(price, side * size);
    form.need.curve(price, tierCurve(tiers, size));
  }
  return liquidationPrices(form.build(facts), [mark], 0);
}
const upperTiers: readonly Tier[] = [
  { from: 0, rate: 0.01, deduct: 12_000 },
  { from: 12_000_000, rate: 0.02, deduct: 132_000 },
];
const one: readonly Tier[] = [{ from: 0, rate: 0.004, deduct: 0 }];

// oxfmt-ignore
test.each([
  // case                                 wallet     legs                                          tiers       mark     side    price
  ["A  long 100, deduction counted",      1_000_000, [{ side: 1, size: 100, entry: 100_000 }],     upperTiers, 100_000, "down", 90_787.8788],
  ["A' the same without the deduction",   1_000_000, [{ side: 1, size: 100, entry: 100_000 }],     [{ from: 0, rate: 0.01, deduct: 0 }], 100_000, "down", 90_909.0909],
  ["B  short 120, another tier at LP",    1_200_000, [{ side: -1, size: 120, entry: 99_000 }],     upperTiers,  99_000, "up",  107_941.1765],
  ["C  hedge mode, long 2 and short 1",   20_000,    [{ side: 1, size: 2, entry: 100_000 }, { side: -1, size: 1, entry: 98_000 }], one, 99_000, "down", 82_995.9514],
] as const)("%s", (_case, wallet, legs, tiers, mark, side, figure) => {
  expect(lpOf(wallet, legs, tiers, mark)[side]).toBeCloseTo(figure, 4);
});

test("B with the tier at entry would be 108,019.80", () => {
  const atEntry = lpOf(1_200_000, [{ side: -1, size: 120, entry: 99_000 }], upperTiers.slice(0, 1), 99_000);
  expect(atEntry.up).toBeCloseTo(108_019.802, 3);
});

test("D COIN-M: long 1,000 contracts of 100 USD with 0.125 BTC, in the quote currency", () => {
  const [notional, entry] = [100_000, 80_000];
  const form = formBuilder();
  const price = form.price(quoteKey("binance:BTCUSD_PERP:mark"));
  form.have.add(-notional).line(price, 0.125 + notional / entry);
  form.need.curve(price, inverseTierCurve(one, notional));
  expect(liquidationPrices(form.build(facts), [80_000], 0).down).toBeCloseTo(73_018.1818, 4);
});

test("a root exactly on a knot is found there, whichever side rounding puts it on", () => {
  for (const [knot, steep] of [
    [0.7, 3],
    [1 / 3, 0.1],
    [0.1, 1.1],
    [1.3, 0.7],
    [4.9, 1 / 7],
  ] as const) {
    const form = formBuilder();
    const price = form.price(BTC);
    const side = knot < 1 ? 1 : -1;
    form.have.curve(price, {
      kind: "pieces",
      knots: Float64Array.of(0, knot),
      a: Float64Array.of(-side * steep * knot, -side * knot),
      b: Float64Array.of(side * steep, side),
    });
    const { down, up } = liquidationPrices(form.build(facts), [1], 0);
    expect((knot < 1 ? down : up)! / knot).toBeCloseTo(1, 14);
    expect(knot < 1 ? up : down).toBeUndefined();
  }
});
