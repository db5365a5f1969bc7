import { MarketUtils, getChainAddresses } from "@morpho-org/blue-sdk";
import { exact } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WAD } from "./constants.ts";
import { morphoOf } from "./discover.ts";
import { ADAPTIVE_CURVE_IRMS } from "./worst-rates.ts";
import { collateralValue, incentiveFactor, lowestHealthyPrice, maxBorrow } from "./health.ts";
import { accrue, borrowSide } from "./interest.ts";
import { exchange } from "./liquidation-call.ts";
import { positionIn } from "./position.ts";
import { readPrice } from "./price.ts";
import { toAssetsUp } from "./shares.ts";
import { TERMS, bodyOf, heldIn, sceneOf, totalsOf } from "./testing/builders.ts";

const runs = { numRuns: Number(process.env["PLIMSOLL_RUNS"] ?? 100) };
const [terms] = TERMS.markets;
const market = terms!;

const amounts = fc.bigInt({ min: 1n, max: 10n ** 27n });
const markets = fc.record({
  totalSupplyAssets: amounts,
  totalSupplyShares: amounts,
  totalBorrowAssets: amounts,
  totalBorrowShares: amounts,
  fee: fc.bigInt({ min: 0n, max: WAD / 4n }),
  /** As the oracle of a 6-decimal loan token answers for an 18-decimal collateral. */
  price: fc.bigInt({ min: 1n, max: 10n ** 30n }),
});
const totalsOfMarket = (each: typeof markets extends fc.Arbitrary<infer T> ? T : never) =>
  totalsOf({
    supplyAssets: each.totalSupplyAssets,
    supplyShares: each.totalSupplyShares,
    borrowAssets: each.totalBorrowAssets,
    borrowShares: each.totalBorrowShares,
    lastUpdate: 0n,
  });
const priceOf = (digits: bigint) => {
  const price = readPrice(TERMS, market, sceneOf({ [market.market]: exact(digits, 24) }));
  if (!price.ok) throw new Error(price.failure.code);
  return price.value;
};

test("the SDK accrues the same interest and fee", () => {
  const rates = fc.bigInt({ min: 0n, max: 253_678_335_870n });
  fc.assert(
    fc.property(markets, rates, fc.bigInt({ min: 1n, max: 40_000_000n }), (each, borrowRate, seconds) => {
      const before = { ...totalsOfMarket(each), borrowRate };
      const ours = accrue(before, each.fee, seconds);
      const { interest, feeShares } = MarketUtils.getAccruedInterest(borrowRate, each, seconds);
      expect(ours.borrowAssets - before.borrowAssets).toBe(interest);
      expect(ours.supplyShares - before.supplyShares).toBe(feeShares);
    }),
    runs,
  );
});

test("the SDK has the same debt, health, incentive and both sides of a liquidation", () => {
  const lltvs = fc.bigInt({ min: 1n, max: 999n }).map((thousandths) => (thousandths * WAD) / 1_000n);
  fc.assert(
    fc.property(markets, lltvs, amounts, amounts, (each, lltv, collateral, borrowShares) => {
      const config = { ...market, lltv };
      const totals = totalsOfMarket(each);
      const price = priceOf(each.price);
      expect(toAssetsUp(borrowShares, borrowSide(totals))).toBe(MarketUtils.toBorrowAssets(borrowShares, each));
      expect(collateralValue(collateral, price)).toBe(MarketUtils.getCollateralValue(collateral, each));
      expect(maxBorrow(collateral, price, config)).toBe(MarketUtils.getMaxBorrowAssets(collateral, each, config));
      expect(incentiveFactor(config)).toBe(MarketUtils.getLiquidationIncentiveFactor(config));
      const held = heldIn(market.market, { totals: { ...totals, borrowRate: 0n } });
      const position = positionIn(bodyOf([held]), held, { ...TERMS, markets: [config] });
      if (!position.ok) throw new Error(position.failure.code);
      const call = { market: market.market, seizedAssets: 0n, repaidShares: 0n };
      expect(exchange(position.value, price, { ...call, seizedAssets: collateral }).shares).toBe(
        MarketUtils.getLiquidationRepaidShares(collateral, { ...each }, config),
      );
      expect(exchange(position.value, price, { ...call, repaidShares: borrowShares }).seized).toBe(
        MarketUtils.getLiquidationSeizedAssets(borrowShares, { ...each }, config),
      );
    }),
    runs,
  );
});

test("the SDK's liquidation price floors the collateral's weight instead of its value: of dust it names a price that liquidates", () => {
  // 3 units at 86 % against 1: the SDK divides by 2 units, a price of 0.5; there they are worth 1, which allows a debt of 0.
  const totals = { totalBorrowAssets: 0n, totalBorrowShares: 1n };
  const position = { collateral: 3n, borrowShares: 1_000_000n };
  const debt = MarketUtils.toBorrowAssets(position.borrowShares, totals);
  const theirs = MarketUtils.getLiquidationPrice(position, totals, market);
  const ours = lowestHealthyPrice(position.collateral, debt, market)!.digits;
  const healthyAt = (price: bigint) => maxBorrow(position.collateral, priceOf(price), market) >= debt;
  expect([healthyAt(theirs!), healthyAt(ours), healthyAt(ours - 1n)]).toEqual([false, true, false]);
});

test.each([1, 8453])(
  "the contract that a source means by default, and the adaptive rate model, are those on chain %d",
  (chainId) => {
    const source = { rpcUrls: [""], chainId, deployment: "test", owner: "0x", markets: [] } as const;
    const { morpho, adaptiveCurveIrm } = getChainAddresses(chainId);
    expect(morphoOf(source)).toBe(morpho);
    expect(ADAPTIVE_CURVE_IRMS).toContain(adaptiveCurveIrm.toLowerCase());
  },
);
