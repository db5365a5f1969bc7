import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import { assetId, dec, exact, holdingId, multiply } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { CometBody } from "./holding.ts";
import { compoundV3Margin as margin } from "./margin.ts";
import { compoundV3Id, cometAccount, oracleQuote, rulesWhole } from "./names.ts";
import { readCometEffect } from "./read-effect.ts";
import { readCometBody } from "./read-holding.ts";
import { readCometTerms } from "./read-terms.ts";
import type { AssetTerms, CometTerms } from "./terms.ts";
import { NOW, bodyOf, nowMs, sceneOf, tokens, totals, usdcMarket } from "./testing.ts";
import type { CometVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<CometBody, CometTerms, CometVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readCometBody, readCometTerms, readCometEffect);
const holdingOf = (body: CometBody) => ({
  id: holdingId("mine"),
  venue: compoundV3Id,
  rules: rulesWhole,
  market: body.market,
  asOf: nowMs,
  body,
});

/** Dollars, and the smallest units that one dollar buys, about. */
const ASSETS = {
  WBTC: [100_000n, 1_000n],
  WETH: [3_000n, 333_333_333_333_333n],
  LINK: [15n, 66_666_666_666_666_666n],
} as const;
type Asset = keyof typeof ASSETS;
const NAMES = Object.keys(ASSETS) as readonly Asset[];
const liquidateFactor = (asset: Asset) => usdcMarket.assets.find((each) => each.asset === asset)!.liquidateFactor;

/** Debts from half of what is safe to half more than that; supplies without debt; a market touched up to a month ago. */
const states: fc.Arbitrary<State> = fc
  .record({
    dollars: fc.record({ WBTC: dollars(), WETH: dollars(), LINK: dollars() }),
    share: fc.integer({ min: 500, max: 1_500 }),
    lends: fc.boolean(),
    since: fc.bigInt({ min: 0n, max: 2_592_000n }),
    cents: fc.tuple(...NAMES.map(() => fc.bigInt({ min: 70n, max: 130n }))),
    base: fc.bigInt({ min: 98_000_000n, max: 102_000_000n }),
  })
  .map(({ dollars, share, lends, since, cents, base }) => {
    const held = Object.fromEntries(NAMES.map((asset) => [asset, dollars[asset] * ASSETS[asset][1]]));
    const safe = NAMES.reduce((sum, asset) => sum + dollars[asset] * liquidateFactor(asset), 0n) / 10n ** 12n;
    const owed = ((safe + 1_000_000n) * BigInt(share)) / 1_000n;
    const prices = Object.fromEntries(NAMES.map((asset, i) => [asset, ASSETS[asset][0] * cents[i]! * 1_000_000n]));
    const body = bodyOf(held, lends && share > 1_400 ? owed : -owed, {
      totals: { ...totals, lastAccrual: NOW - since },
    });
    return { holding: holdingOf(body), scene: sceneOf({ ...prices, USDC: base }) };
  });

function dollars() {
  return fc.oneof(fc.constant(0n), fc.bigInt({ min: 100n, max: 10_000_000n }));
}

const oneDollar = { WBTC: 100_000_00000000n, WETH: 2_000_00000000n, USDC: 1_00000000n };
const subject = (
  body: CometBody,
  line: Subject["line"] = "maintenance",
  prices: Parameters<typeof sceneOf>[0] = oneDollar,
): Subject => ({
  holding: holdingOf(body),
  scene: sceneOf(prices),
  account: cometAccount(body.market, body.user),
  line,
});

const changed = (change: (asset: AssetTerms) => AssetTerms, scene: Scene<CometTerms>): Scene<CometTerms> => {
  const body = { ...scene.terms.body, assets: scene.terms.body.assets.map(change) };
  return { ...scene, terms: { ...scene.terms, body } };
};
/** Mistakes of the trade. */
const storedIndices: Engine = {
  ...margin,
  compile: (body, account, scene, line) => {
    const still = body.totals === "not-read" ? body : { ...body, timestamp: body.totals.lastAccrual };
    return margin.compile(still, account, scene, line);
  },
};
const oneFactor: Engine = {
  ...margin,
  compile: (body, account, scene, line) =>
    margin.compile(
      body,
      account,
      changed((asset) => ({ ...asset, liquidateFactor: asset.borrowFactor }), scene),
      line,
    ),
};
const dexPrice: Engine = {
  ...margin,
  assess: (body, account, scene) => {
    const base = oracleQuote(body.market, "USDC");
    const quotes = [...scene.quotes].map(
      ([key, quote]) => [key, key === base ? quote : { ...quote, value: multiply(quote.value, dec("1.001")) }] as const,
    );
    return margin.assess(body, account, { ...scene, quotes: new Map(quotes) });
  },
};
const compounding: Engine = {
  ...margin,
  advance: (body, to, scene) => {
    const later = margin.advance(body, to, scene);
    if (later.totals === "not-read") return later;
    const { borrowIndex } = later.totals;
    return { ...later, totals: { ...later.totals, borrowIndex: borrowIndex + borrowIndex / 1_000n } };
  },
};

const spec: Conformance = {
  name: "compound-v3",
  engine: bound(margin),
  states,
  lines: ["maintenance", "borrow"],
  ties: [
    // 10 WETH at 2,000: 89.5 % is 17,900 and 82.5 % is 16,500
    subject(bodyOf({ WETH: tokens("WETH", 10n) }, -17_900_000000n)),
    subject(bodyOf({ WETH: tokens("WETH", 10n) }, -16_500_000000n), "borrow"),
  ],
  nulls: [
    { name: "collateral without debt", expect: "no-debt", ...subject(bodyOf({ WETH: 5n }, 0n)) },
    { name: "a lender", expect: "no-debt", ...subject(bodyOf({ WETH: 5n }, 7_000000n)) },
    {
      name: "a debt whose value is cut to 0",
      expect: "no-debt",
      ...subject(bodyOf({}, -99n), "maintenance", { USDC: exact(1n, 8) }),
    },
  ],
  scaled: (holding, times) => {
    const body = holding.body as CometBody;
    const collateral = body.collateral.map((each) => ({
      ...each,
      balance: each.balance * times,
      supplied: each.balance * times,
    }));
    return { ...holding, body: { ...body, principal: body.principal * times, collateral } };
  },
  withCash: (holding, g) => {
    const body = holding.body as CometBody;
    const more = g(fc.bigInt, { min: 0n, max: 10n ** 12n });
    const collateral = body.collateral.map((each) => ({
      ...each,
      balance: each.balance + more,
      supplied: "unknown" as const,
    }));
    return { ...holding, body: { ...body, collateral } };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "nothing is short" },
    burdened: ({ holding, scene }, g) => {
      const body = holding.body as CometBody;
      const more = g(fc.bigInt, { min: 0n, max: 10n ** 13n });
      return { scene, holding: { ...holding, body: { ...body, principal: body.principal - more } } };
    },
  },
  effects: () =>
    fc.oneof(
      fc.record({
        do: fc.constantFrom("supply" as const, "repay" as const, "withdraw" as const),
        asset: fc.constantFrom(...NAMES, "USDC", "DOGE").map(assetId),
        amount: fc.oneof(
          fc.constant("all" as const),
          fc.bigInt({ min: 0n, max: 10n ** 9n }).map((cents) => exact(cents, 2)),
        ),
      }),
      fc.constant({ was: "liquidation" as const, body: {} }),
      fc
        .bigInt({ min: 0n, max: 10_000_000n })
        .map((more) => ({ was: "interest" as const, body: { until: NOW + more } })),
    ),
  // at a base price of at most 1.02: one second that the clock's milliseconds cut off, one unit of the index and one of the balance on either side
  laterError: (form) => {
    const perDay = Math.abs(form.accrual?.legs[0]?.curve.kind === "line" ? form.accrual.legs[0].curve.slope : 0);
    const owed = form.need.legs.reduce((sum, { curve }) => sum + (curve.kind === "line" ? curve.slope : 0), 0);
    return 1.02 * ((perDay / 86_400) * 1.001 + owed * 2e-15 + 2e-6);
  },
  wrong: [
    { name: "indices as stored", engine: bound(storedIndices) },
    { name: "borrow factor for liquidation", engine: bound(oneFactor) },
    { name: "a market price instead of the feed's", engine: bound(dexPrice) },
    { name: "interest on interest", engine: bound(compounding) },
  ],
  isName: (path) => ["market", "user", "payer"].includes(path.at(-1) ?? ""),
};

marginConformance(spec);
