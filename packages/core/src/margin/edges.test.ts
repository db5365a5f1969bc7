import { quoteKey } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { crossesAt } from "./accrual.ts";
import { boundariesAlong, liquidationPrices } from "./boundaries.ts";
import { curveAt } from "./curve.ts";
import { evaluate } from "./evaluate.ts";
import { floor } from "./floor.ts";
import { formBuilder } from "./form-builder.ts";
import { jointMove } from "./joint-move.ts";
import { sampleCurve } from "./sample-curve.ts";
import { slopedBend, tierCurve } from "./tiers.ts";

const facts = {
  line: "maintenance",
  unit: "USD",
  atZero: "safe",
  error: { absolute: 0, relative: 0 },
  compiledAtMs: 1_000,
} as const;
const [A, B] = [quoteKey("edge:A:mark"), quoteKey("edge:B:mark")];

test("a bend with a knot below 0 is still 0 at 0", () => {
  const liability = slopedBend({ into: "need", from: [-Infinity, -100, 0], slopes: [-0.2, -0.05, 0] });
  const needAt = (u: number) => {
    const form = formBuilder();
    form.pool(liability).add(u);
    return evaluate(form.build(facts), []).need;
  };
  expect([50, 0, -40, -200].map(needAt)).toEqual([0, 0, 2, 25]);
});

test("on a box that is a point the floor is the value, however rounding falls inside a pool", () => {
  const option = { kind: "black", strike: 90, expiryMs: 1_000 + 36.5 * 86_400_000, vol: 0.5 } as const;
  for (let price = 80; price < 100; price += 0.1) {
    const form = formBuilder();
    form
      .pool(slopedBend({ into: "have", from: [-Infinity, 0], slopes: [1, 0.95] }))
      .curve(form.price(A), { ...option, quantity: 0.1, type: "put" })
      .curve(form.price(A), { ...option, quantity: -0.1, type: "call" })
      .line(form.price(A), 0.7);
    const built = form.build(facts);
    expect(floor(built, { low: [price], high: [price] })).toBeCloseTo(evaluate(built, [price]).surplus(), 9);
  }
});

test("a bend that falls is not called concave", () => {
  const form = formBuilder();
  form.pool(slopedBend({ into: "have", from: [-Infinity], slopes: [-1] })).line(form.price(A), 1);
  expect(form.build(facts).concave).toBe(false);
});

test("accrual alone: days to the line, never, or there already", () => {
  const losing = (cash: number, perDay: number) => {
    const form = formBuilder();
    form.have.add(cash);
    form.accrual.add(perDay);
    return crossesAt(form.build(facts), []);
  };
  expect(losing(100, -10)).toBe(1_000 + 10 * 86_400_000);
  expect(losing(100, 10)).toBe("never");
  expect(losing(100, 0)).toBe("never");
  expect(losing(-1, 10)).toBe(1_000);
});

test("samples see a wave whose middle lies on the chord", () => {
  const wave = (x: number) => Math.sin(2 * Math.PI * (x - 1));
  const curve = sampleCurve(wave, [1, 2], 1e-3);
  for (let x = 1; x <= 2; x += 0.001) expect(Math.abs(curveAt(curve, x, 0) - wave(x))).toBeLessThan(1e-3);
});

test("a dip between two search points is found by its turning point", () => {
  const form = formBuilder();
  form.have
    .add(1.01)
    .line(form.price(A), -2.01)
    .line(form.factor([A, 2]), 1);
  expect(liquidationPrices(form.build(facts), [2], 0).down).toBeCloseTo(1.01, 10);
});

test("the nearer of two ways to the line is found though the slope points to the other", () => {
  const form = formBuilder();
  const knot = 21.6 / 22;
  form.have.curve(form.price(A), {
    kind: "pieces",
    knots: Float64Array.of(0, knot),
    a: Float64Array.of(-18.6, 3),
    b: Float64Array.of(20, -2),
  });
  const move = jointMove(form.build(facts), [1], [[0.01]]);
  expect(move === "none" ? move : move.distance).toBeCloseTo(-Math.log(0.93) / 0.1, 9);
});

test("no direction all around comes nearer than the joint move, also with a tier knot in the way", () => {
  for (const from of [40, 60, 75, 85, 95, 110]) {
    const form = formBuilder();
    for (const [quote, size] of [
      [A, 1],
      [B, 2],
    ] as const) {
      form.have.add(-size * 90).line(form.price(quote), size);
      form.need.curve(
        form.price(quote),
        tierCurve(
          [
            { from: 0, rate: 0.02, deduct: 0 },
            { from, rate: 0.4, deduct: 0.38 * from },
          ],
          size,
        ),
      );
    }
    form.have.add(60);
    const book = form.build(facts);
    const move = jointMove(
      book,
      [100, 100],
      [
        [0.01, 0],
        [0, 0.01],
      ],
    );
    const directions = Array.from({ length: 360 }, (_, i) => [Math.cos(i * 0.0174533), Math.sin(i * 0.0174533)]);
    const distances = directions.map((way) => Math.log(boundariesAlong(book, [100, 100], way).up ?? Infinity) / 0.1);
    const nearest = Math.min(...distances);
    expect(move === "none" ? Infinity : move.distance).toBeLessThanOrEqual(nearest * (1 + 1e-9));
    expect(move === "none" ? Infinity : move.distance).toBeGreaterThan(nearest * 0.99);
  }
});
