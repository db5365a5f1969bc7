// The rules once more, straight from their formulas, with fractions that are cut where the contracts cut; no shared code. Compared at random.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { liquityV2Margin } from "./margin.ts";
import { troveAccount } from "./names.ts";
import { NOW, THEN, WEI, batchOf, batchedOf, bodyOf, branchOf, noMarket, sceneOf, troveOf } from "./testing.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 80);
const account = troveAccount("WETH", "1");
const big = (min: bigint, max: bigint) => fc.bigInt({ min, max });

/** A number as numerator and denominator; `cut` is the contracts' floor. */
type Fraction = readonly [bigint, bigint];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const cut = ([a, b]: Fraction): bigint => (a - (a % b)) / b;
const whole = (value: bigint): Fraction => [value, 1n];
const wad = (value: bigint): Fraction => [value, WEI];
const yearsOf = (seconds: bigint): Fraction => [seconds, 365n * 24n * 60n * 60n];

/** A debt's growth: the weighted debt by the year is cut, then brought back to 18 decimals and cut again. */
const grown = (debt: bigint, rate: bigint, seconds: bigint): bigint =>
  cut(wad(cut(times(whole(debt * rate), yearsOf(seconds)))));

const growth = fc.record({
  debt: big(2_000n * WEI, 50_000_000n * WEI),
  rate: big(WEI / 200n, (5n * WEI) / 2n),
  fee: big(0n, WEI / 10n),
  seconds: big(0n, 100_000_000n),
  shares: big(WEI, 10_000_000n * WEI),
  share: big(1n, 1_000n),
  stake: big(0n, 10_000n * WEI),
  since: fc.record({ coll: big(0n, WEI), debt: big(0n, 1_000n * WEI) }),
  shutAt: fc.option(big(0n, 1_000n), { nil: undefined }),
});

test("debt and collateral of a trove, by itself and in a batch, are those of the formulas", () => {
  fc.assert(
    fc.property(growth, fc.boolean(), ({ debt, rate, fee, seconds, shares, share, stake, since, shutAt }, batched) => {
      const lastUpdate = THEN - seconds;
      const counted = shutAt === undefined ? seconds : (seconds * shutAt) / 1_000n;
      const branch = branchOf({
        perStake: since,
        shutdownTime: shutAt === undefined ? 0n : lastUpdate + counted,
      });
      const own = (shares * share) / 1_000n;
      const trove = batched
        ? batchedOf(10n * WEI, own, { stake })
        : troveOf(10n * WEI, 0n, 0n, { stake, recorded: { by: "owner", debt, rate, lastUpdate } });
      const batches = batched ? [batchOf({ debt, rate, fee, shares, lastUpdate })] : [];
      const { lines, equity } = liquityV2Margin.assess(
        bodyOf([trove], { branches: [branch], batches }),
        account,
        sceneOf({ WETH: "1000" }),
      );

      const mine = (amount: bigint) => (batched ? cut([amount * own, shares]) : amount);
      const owed =
        mine(debt) +
        mine(grown(debt, rate, counted)) +
        (batched ? mine(grown(debt, fee, counted)) : 0n) +
        cut(times(whole(stake), wad(since.debt)));
      const held = 10n * WEI + cut(times(whole(stake), wad(since.coll)));
      expect(lines[0]?.required.digits ?? 0n).toBe((owed * 11n * WEI) / 10n);
      expect(equity).toMatchObject({ value: { digits: held * 1_000n * WEI - owed * WEI } });
    }),
    { numRuns: runs },
  );
});

/** Who gets what of a liquidated trove, by taking turns at one heap of collateral. */
function naiveLiquidation(coll: bigint, debt: bigint, pool: bigint, price: bigint) {
  const paid = pool < debt ? pool : debt;
  const heapOfPool = paid === 0n ? 0n : cut([coll * paid, debt]);
  let heap = heapOfPool;
  const takeUpTo = (most: bigint) => {
    const part = most < heap ? most : heap;
    heap -= part;
    return part;
  };
  const worth = (owed: bigint, percent: bigint) => cut([owed * (WEI + (percent * WEI) / 100n), price]);
  const caller = takeUpTo([cut([heapOfPool, 200n]), 2n * WEI].reduce((a, b) => (a < b ? a : b)));
  const toPool = paid > 0n ? takeUpTo(worth(paid, 5n)) : 0n;
  let toOthers = 0n;
  if (paid < debt && coll > heapOfPool) {
    heap += coll - heapOfPool;
    toOthers = takeUpTo(worth(debt - paid, 10n));
  }
  return { caller, taken: caller + toPool + toOthers, surplus: heap };
}

test("a liquidation shares out the collateral as the formulas say, to the last unit", () => {
  const seen = { surplus: 0, none: 0, both: 0 };
  fc.assert(
    fc.property(
      big(WEI, 5_000n * WEI),
      big(2_000n * WEI, 20_000_000n * WEI),
      big(500n, 1_099n),
      fc.oneof(big(0n, 3n * WEI), big(0n, 20_000_000n * WEI)),
      (coll, debt, permille, pool) => {
        const price = (debt * permille * WEI) / 1_000n / coll;
        const body = bodyOf([troveOf(coll, debt)], { branches: [branchOf({ pool })] });
        const text = `${price / WEI}.${(price % WEI).toString().padStart(18, "0")}`;
        const [step] = liquityV2Margin.liquidate(body, account, sceneOf({ WETH: text }), noMarket, "worst-for-owner");
        const usable = pool > WEI ? pool - WEI : 0n;
        const expected = naiveLiquidation(coll, debt, usable, price);
        expect(step!.taken[0]!.amount.digits).toBe(expected.taken);
        expect(step!.after.surplus[0]?.units ?? 0n).toBe(expected.surplus);
        expect(step!.fee).toHaveLength(expected.caller === 0n ? 1 : 2);
        expect(expected.taken + expected.surplus).toBe(coll);
        if (expected.surplus > 0n) seen.surplus++;
        else seen.none++;
        if (usable > 0n && usable < debt) seen.both++;
      },
    ),
    {
      numRuns: runs,
      // One of each kind to be seen, however few runs are asked for.
      examples: [
        [10n * WEI, 10_000n * WEI, 1_099n, 20_000_000n * WEI],
        [10n * WEI, 10_000n * WEI, 500n, 5_000n * WEI],
      ],
    },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
});

test("a redemption never lowers the ratio of a trove above one, and takes its debt at face value", () => {
  fc.assert(
    fc.property(big(1n, 20_000n), big(0n, WEI), big(1_000n, 5_000n), (dollars, fee, permille) => {
      const [coll, debt] = [10n * WEI, 20_000n * WEI];
      const price = (debt * permille * WEI) / 1_000n / coll;
      const text = `${price / WEI}.${(price % WEI).toString().padStart(18, "0")}`;
      const effect = { was: "redemption", body: { trove: "1", branch: "WETH", bold: dollars * WEI, fee } } as const;
      const done = liquityV2Margin.apply(bodyOf([troveOf(coll, debt)]), effect, sceneOf({ WETH: text }));
      if (!done.ok) throw new Error(done.failure.code);
      const left = done.value.troves[0]!;
      const owed = left.recorded.by === "owner" ? left.recorded.debt : -1n;
      expect(owed).toBe(debt - dollars * WEI);
      // the redeemer's collateral is cut down twice at most: never more than face value
      expect((coll - left.coll) * price <= (debt - owed) * WEI).toBe(true);
      expect(left.coll * debt >= coll * owed).toBe(true);
    }),
    { numRuns: runs },
  );
});

test("time only adds debt, and touching a trove on the way never makes it less than a unit cheaper", () => {
  fc.assert(
    fc.property(
      big(2_000n * WEI, 10n ** 25n),
      big(WEI / 200n, WEI),
      fc.nat({ max: 10_000_000 }),
      (debt, rate, seconds) => {
        const scene = sceneOf({ WETH: "1000000" });
        const body = bodyOf([troveOf(10n ** 24n, debt, rate)]);
        const at = (from: typeof body, s: number) =>
          liquityV2Margin.advance(from, (NOW + s * 1_000) as typeof NOW, scene);
        const owed = (of: typeof body) => liquityV2Margin.assess(of, account, scene).lines[0]!.required.digits;
        const half = Math.floor(seconds / 2);
        const touched = liquityV2Margin.apply(
          at(body, half),
          { do: "supply", asset: "WETH" as never, amount: { digits: 1n, scale: 18 } },
          scene,
        );
        if (!touched.ok) throw new Error(touched.failure.code);
        // simple interest on interest: never less, but for the two floors
        expect(owed(at(touched.value, seconds)) + (22n * WEI) / 10n >= owed(at(body, seconds))).toBe(true);
        expect(owed(at(body, seconds)) >= owed(body)).toBe(true);
      },
    ),
    { numRuns: runs },
  );
});
