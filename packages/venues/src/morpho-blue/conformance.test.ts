import { type MarginEngine, type MarginForm, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import { type Ms, accountKey, assetId, exact, holdingId, ms, multiply, dec } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { VIRTUAL_ASSETS, VIRTUAL_SHARES, WAD } from "./constants.ts";
import type { MarketHeld, MorphoBody } from "./holding.ts";
import { morphoBlueMargin } from "./margin.ts";
import { morphoAccount, morphoBlueId, rulesV1 } from "./names.ts";
import { readMorphoEffect } from "./read-effect.ts";
import { readMorphoBody } from "./read-holding.ts";
import { readMorphoTerms } from "./read-terms.ts";
import type { MorphoTerms } from "./terms.ts";
import { NOW, bodyOf, heldIn, marketNamed, priceOf, sceneOf, totalsOf } from "./testing/builders.ts";
import type { MorphoVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<MorphoBody, MorphoTerms, MorphoVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readMorphoBody, readMorphoTerms, readMorphoEffect);
const holdingOf = (body: MorphoBody) => ({
  id: holdingId("mine"),
  venue: morphoBlueId,
  rules: rulesV1,
  market: "test/mine",
  asOf: ms(Number(NOW) * 1000),
  body,
});

/** Prices in millionths of a loan token, collateral in units of 10^-8 tokens. */
const PRICES = { "wstETH-USDC": 4_000_000000n, "WBTC-DAI": 95_000_000000n, "wstETH-WETH": 1_190000n } as const;
type Name = keyof typeof PRICES;
const NAMES = Object.keys(PRICES) as readonly Name[];

/** A market of any size, with rates up to 100 % a year and interest up to a month old. */
const totals = fc
  .record({
    lent: fc.bigInt({ min: 10n ** 6n, max: 10n ** 27n }),
    used: fc.bigInt({ min: 1n, max: 1_000n }),
    worth: fc.bigInt({ min: 1_000_000n, max: 1_300_000n }),
    age: fc.bigInt({ min: 0n, max: 2_592_000n }),
    borrowRate: fc.bigInt({ min: 0n, max: 31_709_791_983n }),
  })
  .map(({ lent, used, worth, age, borrowRate }) => {
    const borrowAssets = (lent * used) / 1_000n + 1n;
    return totalsOf({
      supplyAssets: lent + 1n,
      supplyShares: (lent * 10n ** 12n) / worth,
      borrowAssets,
      borrowShares: (borrowAssets * 10n ** 12n) / worth,
      lastUpdate: NOW - age,
      borrowRate,
    });
  });

/** A loan of 1 to 130 % of what its collateral allows at today's price. */
const held = (name: Name): fc.Arbitrary<MarketHeld> =>
  fc
    .record({
      totals,
      collateral: fc.bigInt({ min: 1n, max: 10n ** 12n }),
      use: fc.bigInt({ min: 0n, max: 1_300n }),
      lent: fc.bigInt({ min: 0n, max: 1_000n }),
    })
    .map(({ totals: all, collateral, use, lent }) => {
      const { loan, collateral: token, lltv } = marketNamed(name);
      const units = collateral * 10n ** BigInt(token.decimals - 8);
      const worth = (collateral * PRICES[name] * 10n ** BigInt(loan.decimals)) / 10n ** 14n;
      const debt = (worth * lltv * use) / (WAD * 1_000n);
      const own = (debt * (all.borrowShares + 1n)) / (all.borrowAssets + 1n);
      const borrowShares = own;
      const grown = {
        ...all,
        borrowAssets: all.borrowAssets + debt,
        borrowShares: all.borrowShares + own,
        supplyAssets: all.supplyAssets + debt,
      };
      return heldIn(name, {
        totals: grown,
        borrowShares,
        collateral: units,
        supplyShares: (all.supplyShares * lent) / 100_000n,
      });
    });

const bodies = fc
  .subarray([...NAMES], { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(held)))
  .chain((markets) =>
    fc.bigInt({ min: 0n, max: 10n ** 24n }).map((balance) =>
      bodyOf(markets, {
        purses: ["USDC", "DAI", "WETH", "wstETH", "WBTC"].map((asset) => ({ asset, balance, allowance: "unknown" })),
      }),
    ),
  );

const states: fc.Arbitrary<State> = fc
  .tuple(bodies, fc.record({ move: fc.bigInt({ min: 700n, max: 1_300n }) }))
  .map(([body, { move }]) => ({
    holding: holdingOf(body),
    scene: sceneOf(Object.fromEntries(NAMES.map((name) => [name, priceOf((PRICES[name] * move) / 1_000n)]))),
  }));

const key = (name: Name) => morphoAccount("test", "me", name);
const world = sceneOf(Object.fromEntries(NAMES.map((name) => [name, priceOf(PRICES[name])])));
const subject = (market: MarketHeld, line: Subject["line"] = "maintenance"): Subject => ({
  holding: holdingOf(bodyOf([market])),
  scene: world,
  account: key(market.market as Name),
  line,
});
/** A market with one borrower and no interest: a million shares a unit. */
const alone = (debt: bigint) => ({
  totals: totalsOf({
    borrowAssets: debt,
    borrowShares: debt * 1_000_000n,
    supplyAssets: debt,
    supplyShares: debt * 1_000_000n,
    lastUpdate: NOW,
    borrowRate: 0n,
  }),
  borrowShares: debt * 1_000_000n,
});

/** Mistakes of the trade. */
const withTerms =
  (change: (terms: MorphoTerms) => MorphoTerms): Engine["assess"] =>
  (body, account, scene) =>
    morphoBlueMargin.assess(body, account, {
      ...scene,
      terms: { ...scene.terms, body: change(scene.terms.body) },
    });
const gapBelowLine: Engine = {
  ...morphoBlueMargin,
  assess: withTerms((terms) => ({
    ...terms,
    markets: terms.markets.map((each) => ({ ...each, lltv: each.lltv - WAD / 100n })),
  })),
};
const storedDebt: Engine = {
  ...morphoBlueMargin,
  assess: (body, account, scene) =>
    morphoBlueMargin.assess(
      { ...body, markets: body.markets.map((each) => ({ ...each, totals: { ...each.totals, borrowRate: 0n } })) },
      account,
      scene,
    ),
};
const spotForOracle: Engine = {
  ...morphoBlueMargin,
  assess: (body, account, scene) => {
    const quotes = new Map(
      [...scene.quotes].map(
        ([quote, each]) => [quote, { ...each, value: multiply(each.value, dec("1.001")) }] as const,
      ),
    );
    return morphoBlueMargin.assess(body, account, { ...scene, quotes });
  },
};
const lentIsMargin: Engine = {
  ...morphoBlueMargin,
  assess: (body, account, scene) =>
    morphoBlueMargin.assess(
      {
        ...body,
        markets: body.markets.map((each) => ({ ...each, collateral: each.collateral + each.supplyShares })),
      },
      account,
      scene,
    ),
};

/** What interest adds beyond its first order, the second that has not passed yet, and the unit that it is rounded by. */
const secondOrder = ({ accrual, need, error }: MarginForm, byMs: Ms): number => {
  const first = (Math.abs(accrual?.constant ?? 0) * byMs) / 86_400_000;
  const perSecond = Math.abs(accrual?.constant ?? 0) / 86_400;
  const share = first / need.constant;
  return need.constant * (Math.expm1(share) - share) * 1.2 + perSecond + error.absolute;
};

/** A market and its borrower after another loan: shares rounded down, so that none of the old ones gets cheaper. */
function borrowing({ totals: before, borrowShares }: MarketHeld, assets: bigint): Partial<MarketHeld> {
  const shares = (assets * (before.borrowShares + VIRTUAL_SHARES)) / (before.borrowAssets + VIRTUAL_ASSETS);
  const after = {
    ...before,
    borrowAssets: before.borrowAssets + assets,
    borrowShares: before.borrowShares + shares,
    supplyAssets: before.supplyAssets + assets,
  };
  return { totals: after, borrowShares: borrowShares + shares };
}

const spec: Conformance = {
  name: "morpho-blue",
  engine: bound(morphoBlueMargin),
  states,
  lines: ["maintenance", "borrow"],
  ties: [
    // 10 tokens at 4,000 and 86 %; 2 at 95,000 and 77 %
    subject(heldIn("wstETH-USDC", { ...alone(34_400_000000n), collateral: 10n * WAD })),
    subject(heldIn("wstETH-USDC", { ...alone(34_400_000000n), collateral: 10n * WAD }), "borrow"),
    subject(heldIn("WBTC-DAI", { ...alone(146_300n * WAD), collateral: 2_00000000n })),
  ],
  nulls: [
    { name: "no debt", expect: "no-debt", ...subject(heldIn("wstETH-USDC", { collateral: WAD })) },
    { name: "nothing at all", expect: "no-debt", ...subject(heldIn("WBTC-DAI")) },
    { name: "debt without collateral", expect: "no-boundary", ...subject(heldIn("wstETH-USDC", alone(5n))) },
  ],
  scaled: (holding, times) => {
    const body = holding.body as MorphoBody;
    const markets = body.markets.map((each) => ({
      ...each,
      collateral: each.collateral * times,
      borrowShares: each.borrowShares * times,
      totals: {
        ...each.totals,
        borrowShares: each.totals.borrowShares * times,
        borrowAssets: each.totals.borrowAssets * times,
        supplyAssets: each.totals.supplyAssets * times,
      },
    }));
    return { ...holding, body: { ...body, markets } };
  },
  withCash: (holding, g) => {
    const body = holding.body as MorphoBody;
    const more = g(fc.bigInt, { min: 0n, max: 10n ** 20n });
    return {
      ...holding,
      body: { ...body, markets: body.markets.map((each) => ({ ...each, collateral: each.collateral + more })) },
    };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "nothing is short" },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as MorphoBody;
      const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
      const markets = body.markets.map((each) => ({ ...each, ...borrowing(each, more) }));
      return { scene, holding: { ...holding, body: { ...body, markets } } };
    },
  },
  effects: ({ holding }) => {
    const { markets } = holding.body as MorphoBody;
    const transfers = markets.flatMap(({ market }) => {
      const { loan, collateral } = marketNamed(market);
      return [loan, collateral].map(({ asset, decimals }) =>
        fc.record({
          do: fc.constantFrom("supply" as const, "repay" as const, "withdraw" as const),
          asset: fc.constant(assetId(asset)),
          amount: fc.oneof(
            fc.constant("all" as const),
            fc.bigInt({ min: 0n, max: 10n ** 20n }).map((digits) => exact(digits, decimals)),
          ),
          account: fc.constantFrom(key(market as Name), accountKey("another")),
        }),
      );
    });
    const liquidations = markets.map(({ market, borrowShares, collateral }) =>
      fc.tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 100n })).map(([seize, percent]) => ({
        was: "liquidation" as const,
        body: {
          market,
          seizedAssets: seize ? (collateral * percent) / 100n : 0n,
          repaidShares: seize ? 0n : (borrowShares * percent) / 100n,
        },
      })),
    );
    const interest = fc
      .bigInt({ min: NOW - 10n, max: NOW + 10n ** 7n })
      .map((until) => ({ was: "interest" as const, body: { until } }));
    return fc.oneof(...transfers, ...liquidations, interest, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  laterError: secondOrder,
  wrong: [
    { name: "a gap between borrowing and liquidation", engine: bound(gapBelowLine) },
    { name: "debt as stored, without interest", engine: bound(storedDebt) },
    { name: "another price than the oracle's", engine: bound(spotForOracle) },
    { name: "lent tokens as margin", engine: bound(lentIsMargin) },
  ],
  isName: (path) => path.at(-1) === "market" || path.at(-1) === "owner",
};

marginConformance(spec);
