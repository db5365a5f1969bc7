import fc from "fast-check";
import { expect, test } from "vitest";
import { type Route, bestDeal, leastInput, pairCurve } from "./routes.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const amount = fc.bigInt({ min: 1n, max: 10n ** 26n });
const route = (name: string, curve: Route["curve"]): Route => ({ name, address: "0x", curve, data: () => "0x" });

test("the least input brings what is wanted and one unit less does not; what no route brings is sold whole", () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (reserveIn, reserveOut, wanted, most) => {
      const curve = pairCurve(reserveIn, reserveOut, 997n);
      const least = leastInput(curve, wanted, most);
      expect(curve(least ?? most) >= wanted).toBe(least !== undefined);
      expect((least ?? most) <= most).toBe(true);
      if (least !== undefined && least > 0n) expect(curve(least - 1n)).toBeLessThan(wanted);
    }),
    { numRuns },
  );
});

test("of several routes the cheapest is taken, of none that suffices the one that brings the most", () => {
  const [shallow, deep] = [
    route("shallow", pairCurve(1_000n, 1_000n, 997n)),
    route("deep", pairCurve(10n ** 9n, 10n ** 9n, 997n)),
  ];
  expect(bestDeal([shallow, deep], 100n, 1_000n)).toMatchObject({ route: deep, amountIn: 101n });
  expect(bestDeal([shallow, deep], 5_000n, 1_000n)).toMatchObject({ route: deep, amountIn: 1_000n, amountOut: 996n });
  expect(bestDeal([], 100n, 1_000n)).toBeUndefined();
  expect(bestDeal([deep], 100n, 0n)).toBeUndefined();
});
