// The rules once more, straight from their formulas: whole fractions, seconds one by one, no shared code. Compared at random.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { skyMargin } from "./margin.ts";
import { skyAccount } from "./names.ts";
import { lowestSafePrice } from "./prices.ts";
import { THEN, WEI, bodyOf, noMarket, sceneOf, vaultOf, withIlk } from "./testing.ts";
import type { IlkTerms, PriceFall } from "./terms.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 60);
const ONE = 1_000_000_000_000_000_000_000_000_000n;
const account = skyAccount("ETH-A", "7");

/** Powers by the bits of the exponent, written as text; the products in the order of the lowest bit first. */
function power(x: bigint, n: bigint): bigint {
  const times = (a: bigint, b: bigint): bigint => {
    const [whole, rest] = [(a * b) / ONE, (a * b) % ONE];
    return rest + rest >= ONE ? whole + 1n : whole;
  };
  let answer: bigint | undefined;
  let value = x;
  for (const [place, bit] of n.toString(2).split("").toReversed().entries()) {
    if (place > 0) value = times(value, value);
    if (bit === "1") answer = answer === undefined ? value : times(answer, value);
  }
  return answer ?? ONE;
}

interface Vat {
  readonly ink: bigint;
  readonly art: bigint;
  readonly rate: bigint;
  readonly fee: bigint;
  readonly seconds: bigint;
  readonly price: bigint;
  readonly mat: bigint;
}
const spotOf = ({ price, mat }: Vat): bigint => (((price * 1_000_000_000n * ONE) / ONE) * ONE) / mat;
const rateOf = ({ rate, fee, seconds }: Vat): bigint => (power(fee, seconds) * rate) / ONE;

/** The whole of bark and take in one go: what is sold, what comes back, what nobody paid, for a whole vault. */
function naiveEnd(vat: Vat, ilk: IlkTerms, seconds: bigint) {
  const due = vat.art * rateOf(vat);
  const tab = (due * ilk.chop) / WEI;
  const start = (vat.price * 1_000_000_000n * ilk.auction.buf) / ONE;
  const price = naivePrice(start, ilk.auction.fall, seconds);
  const need = price === 0n ? vat.ink : tab / price;
  const sold = vat.ink * price <= tab ? vat.ink : need;
  const paid = sold === vat.ink && vat.ink * price <= tab ? vat.ink * price : tab;
  return { sold, back: vat.ink - sold, unpaid: paid >= due ? 0n : due - paid };
}
function naivePrice(start: bigint, fall: PriceFall, seconds: bigint): bigint {
  if (fall.kind === "linear")
    return fall.tau <= seconds ? 0n : (start * (((fall.tau - seconds) * ONE) / fall.tau)) / ONE;
  const steps = fall.kind === "stairstep" ? seconds / fall.step : seconds;
  return (start * power(fall.cut, steps)) / ONE;
}
/** Second by second until one at which nothing sells. */
function naiveLast(start: bigint, { auction }: IlkTerms): bigint {
  let second = 0n;
  while (second + 1n <= auction.tail && (naivePrice(start, auction.fall, second + 1n) * ONE) / start >= auction.cusp)
    second++;
  return second;
}

const big = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const vats: fc.Arbitrary<Vat> = fc.record({
  ink: big(1n, 10_000n * WEI),
  art: big(8_000n * WEI, 20_000_000n * WEI),
  rate: big(ONE, 2n * ONE),
  fee: big(ONE, ONE + 10n ** 19n),
  seconds: big(0n, 40_000_000n),
  price: big(WEI, 20_000n * WEI),
  mat: big(ONE, 3n * ONE),
});
const falls: fc.Arbitrary<PriceFall> = fc.oneof(
  fc.record({ kind: fc.constant("linear" as const), tau: big(1n, 2_000n) }),
  fc.record({ kind: fc.constant("stairstep" as const), step: big(1n, 200n), cut: big((9n * ONE) / 10n, ONE) }),
  fc.record({ kind: fc.constant("exponential" as const), cut: big((99n * ONE) / 100n, ONE) }),
);

const enginesOf = (vat: Vat, change: Partial<IlkTerms> = {}) => {
  const vault = vaultOf({ ink: vat.ink, art: vat.art });
  const body = bodyOf([vault], { timestamp: THEN + vat.seconds }, { rate: vat.rate, fee: vat.fee });
  const terms = withIlk("ETH-A", { mat: vat.mat, hole: 10n ** 60n, ...change });
  const price = `${vat.price / WEI}.${(vat.price % WEI).toString().padStart(18, "0")}`;
  return { body, scene: sceneOf({ ETH: price }, { ...terms, hole: 10n ** 60n }), terms };
};

test("debt, cover and verdict are those of the formulas", () => {
  let crossed = 0;
  fc.assert(
    fc.property(vats, (vat) => {
      const { body, scene } = enginesOf(vat);
      const [line] = skyMargin.assess(body, account, scene).lines;
      const [have, need] = [vat.ink * spotOf(vat), vat.art * rateOf(vat)];
      expect(line!.required.digits).toBe(need);
      expect(line!.surplus.digits).toBe(have - need);
      expect(line!.crossed).toBe(have < need);
      if (have < need) crossed++;
    }),
    { numRuns: runs },
  );
  expect(crossed).toBeGreaterThan(0);
});

test("the lowest safe price is safe, and one unit less is not", () => {
  fc.assert(
    fc.property(vats, big(ONE / 2n, 2n * ONE), (vat, par) => {
      const { body, scene } = enginesOf(vat);
      const terms = { ...scene.terms.body, par };
      const ilk = terms.ilks.find((each) => each.ilk === "ETH-A")!;
      const { ink, art } = body.vaults[0]!;
      const debt = art * rateOf(vat);
      const lowest = lowestSafePrice(debt, ink, ilk, terms);
      const covers = (price: bigint) => ink * ((((price * 10n ** 9n * ONE) / par) * ONE) / vat.mat);
      expect([covers(lowest) >= debt, covers(lowest - 1n) >= debt]).toEqual([true, false]);
    }),
    { numRuns: runs },
  );
});

test("an auction ends as the formulas say, at any second and at the last", () => {
  let [returned, unpaid] = [0, 0];
  fc.assert(
    fc.property(vats, falls, big(0n, 3_000n), fc.nat({ max: 90 }), (drawn, fall, at, least) => {
      // a price at which the vault is unsafe by up to a tenth
      const debt = (drawn.art * rateOf(drawn)) / ONE;
      const vat = { ...drawn, price: (debt * drawn.mat * BigInt(900 + least)) / drawn.ink / 1_000n / 10n ** 9n };
      const auction = { tail: 2_500n, cusp: (4n * ONE) / 10n, buf: (11n * ONE) / 10n, tip: 0n, chip: 0n, fall };
      const { body, scene, terms } = enginesOf(vat, { auction });
      const ilk = terms.ilks.find((each) => each.ilk === "ETH-A")!;
      if (vat.price === 0n || vat.ink * spotOf(vat) >= vat.art * rateOf(vat)) return;
      const last = naiveLast((vat.price * 1_000_000_000n * auction.buf) / ONE, ilk);
      for (const [chooser, seconds] of [
        ["worst-for-owner", last],
        [{ fixed: [`${at}`] }, at],
      ] as const) {
        const steps = skyMargin.liquidate(body, account, scene, noMarket, chooser);
        expect(steps).toHaveLength(seconds <= last ? 2 : 1);
        if (seconds > last) continue;
        const end = naiveEnd(vat, ilk, seconds);
        const { taken, after, badDebt } = steps[1]!;
        expect(taken[0]!.amount.digits).toBe(end.sold);
        expect(after.vaults[0]).toMatchObject({ ink: 0n, art: 0n, gem: end.back });
        expect(badDebt[0]?.amount.digits ?? 0n).toBe((end.unpaid + ONE - 1n) / ONE);
        if (end.back > 0n) returned++;
        if (end.unpaid > 0n) unpaid++;
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(returned, unpaid)).toBeGreaterThan(0);
});
