import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import { assetId, exact, holdingId, multiply, dec } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { RAY } from "./fixed-point.ts";
import type { SkyBody, Vault } from "./holding.ts";
import { skyMargin } from "./margin.ts";
import { currentQuote, nextQuote, rulesDss, skyAccount, skyId } from "./names.ts";
import { readSkyEffect } from "./read-effect.ts";
import { readSkyBody } from "./read-holding.ts";
import { readSkyTerms } from "./read-terms.ts";
import type { SkyTerms } from "./terms.ts";
import { ETHEREUM, NOW, THEN, WEI, bodyOf, sceneOf, vaultOf, withIlk } from "./testing.ts";
import type { SkyVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<SkyBody, SkyTerms, SkyVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readSkyBody, readSkyTerms, readSkyEffect);
const holdingOf = (body: SkyBody) => ({
  ...{ id: holdingId("mine"), venue: skyId, rules: rulesDss, market: ETHEREUM.market },
  asOf: NOW,
  body,
});
const bodyIn = ({ body }: { readonly body: unknown }) => body as SkyBody;

const PRICES = { "ETH-A": 3_000n, "ETH-C": 3_000n, "WBTC-A": 60_000n } as const;
const TYPES = Object.keys(PRICES) as readonly (keyof typeof PRICES)[];
/** 1 billionth a second are 3.2 % a year; up to three times that. */
const feeMax = RAY + 3n * 10n ** 18n;

/** Vaults from far below their ratio to far above it, with debts around the least, and none. */
const vaults: fc.Arbitrary<readonly Vault[]> = fc
  .uniqueArray(fc.constantFrom(...TYPES), { minLength: 1 })
  .chain((types) =>
    fc.tuple(
      ...types.map((ilk) =>
        fc
          .record({
            debt: fc.oneof(fc.constant(0n), fc.bigInt({ min: WEI, max: 50_000n * WEI })),
            ratio: fc.bigInt({ min: 900n, max: 4_000n }),
            gem: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: WEI })),
          })
          .map(({ debt, ratio, gem }) => {
            const ink = (debt * ratio) / 1_000n / PRICES[ilk];
            return vaultOf({ id: `${ilk.length}`, ilk, art: debt, ink: (ink / 10n ** 10n) * 10n ** 10n, gem });
          }),
      ),
    ),
  );
const price = (usual: bigint) => fc.bigInt({ min: usual * 60n, max: usual * 140n }).map((cents) => exact(cents, 2));
const states: fc.Arbitrary<State> = fc
  .record({
    held: vaults,
    rate: fc.bigInt({ min: RAY, max: 2n * RAY }),
    fee: fc.bigInt({ min: RAY, max: feeMax }),
    since: fc.bigInt({ min: 0n, max: 5_000_000n }),
    now: fc.record({ ETH: price(3_000n), WBTC: price(60_000n) }),
    next: fc.record({ ETH: price(3_000n), WBTC: price(60_000n) }),
    wallet: fc.oneof(fc.constant("unknown" as const), fc.constant([{ asset: "DAI", units: 9_000n * WEI }])),
  })
  .map(({ held, rate, fee, since, now, next, wallet }) => {
    const scene = sceneOf({ ETH: "1", WBTC: "1" });
    const quotes = new Map(scene.quotes);
    for (const asset of ["ETH", "WBTC"] as const) {
      quotes.set(currentQuote(asset), { ...quotes.get(currentQuote(asset))!, value: now[asset] });
      quotes.set(nextQuote(asset), { ...quotes.get(nextQuote(asset))!, value: next[asset] });
    }
    const body = bodyOf(held, { wallet }, { rate, fee, rho: THEN - since });
    return { holding: holdingOf(body), scene: { ...scene, quotes } };
  });

const subject = (
  vault: Vault,
  prices: Parameters<typeof sceneOf>[0],
  line: Subject["line"] = "maintenance",
): Subject => ({
  holding: holdingOf(bodyOf([vault])),
  scene: sceneOf(prices),
  account: skyAccount(vault.ilk, vault.id),
  line,
});
const onTheLine = vaultOf({ ink: 10n * WEI, art: 20_000n * WEI });

/** Mistakes of the trade. */
const inScene =
  (change: (scene: Scene<SkyTerms>) => Scene<SkyTerms>): Engine["compile"] =>
  (body, account, scene, line) =>
    skyMargin.compile(body, account, change(scene), line);
const swapped = (scene: Scene<SkyTerms>): Scene<SkyTerms> => {
  const quotes = new Map(scene.quotes);
  for (const asset of ["ETH", "WBTC"]) {
    quotes.set(currentQuote(asset), scene.quotes.get(nextQuote(asset))!);
    quotes.set(nextQuote(asset), scene.quotes.get(currentQuote(asset))!);
  }
  return { ...scene, quotes };
};
const frozenRatio: Engine = {
  ...skyMargin,
  compile: inScene((scene) => ({
    ...scene,
    terms: { ...scene.terms, body: withIlk("ETH-A", { mat: RAY + RAY / 2n }) },
  })),
};
const queuedForCurrent: Engine = {
  ...skyMargin,
  assess: (body, account, scene) => skyMargin.assess(body, account, swapped(scene)),
};
const staleRate: Engine = {
  ...skyMargin,
  compile: (body, ...rest) =>
    skyMargin.compile({ ...body, ilks: body.ilks.map((ilk) => ({ ...ilk, rho: body.timestamp })) }, ...rest),
};
const scaledCollateral: Engine = {
  ...skyMargin,
  compile: (body, ...rest) =>
    skyMargin.compile({ ...body, vaults: body.vaults.map((each) => ({ ...each, ink: each.ink + each.gem })) }, ...rest),
};
const dollarOff: Engine = {
  ...skyMargin,
  assess: (body, account, scene) => {
    const quotes = new Map(
      [...scene.quotes].map(([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }]),
    );
    return skyMargin.assess(body, account, { ...scene, quotes });
  },
};

const spec: Conformance = {
  name: "sky",
  engine: bound(skyMargin),
  states,
  lines: ["maintenance", "warn"],
  ties: [
    // 10 * 2,900 / 1.45 = 20,000
    subject(onTheLine, { ETH: "2900" }),
    subject(onTheLine, { ETH: ["3000", "2900"] }, "warn"),
    subject(vaultOf({ ilk: "WBTC-A", ink: WEI, art: 40_000n * WEI }), { WBTC: "60000" }),
  ],
  nulls: [
    { name: "collateral and no debt", expect: "no-debt", ...subject(vaultOf({ ink: WEI }), { ETH: "3000" }) },
    { name: "an empty vault", expect: "no-debt", ...subject(vaultOf(), { ETH: "3000" }, "warn") },
    { name: "a debt without collateral", expect: "no-boundary", ...subject(vaultOf({ art: WEI }), { ETH: "3000" }) },
  ],
  scaled: (holding, times) => {
    const body = bodyIn(holding);
    const larger = body.vaults.map((each) => ({ ...each, ink: each.ink * times, art: each.art * times }));
    return { ...holding, body: { ...body, vaults: larger } };
  },
  withCash: (holding, g) => {
    const body = bodyIn(holding);
    const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
    return { ...holding, body: { ...body, vaults: body.vaults.map((each) => ({ ...each, ink: each.ink + more })) } };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "nothing is short" },
    burdened: ({ holding, scene }, g) => {
      const body = bodyIn(holding);
      const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
      const vaults = body.vaults.map((each) => ({ ...each, art: each.art + more }));
      return { scene, holding: { ...holding, body: { ...body, vaults } } };
    },
  },
  effects: ({ holding }) => {
    const body = bodyIn(holding);
    const actions = body.vaults.map(({ ilk, id }) =>
      fc.record({
        do: fc.constantFrom("supply" as const, "repay" as const, "withdraw" as const),
        asset: fc.constantFrom(assetId("DAI"), assetId("ETH"), assetId("WBTC"), assetId("DOGE")),
        amount: fc.oneof(
          fc.constant("all" as const),
          fc.bigInt({ min: 0n, max: 10n ** 12n }).map((digits) => exact(digits, 8)),
        ),
        account: fc.constantFrom(skyAccount(ilk, id), skyAccount("ETH-B", "1")),
      }),
    );
    const of = fc.constantFrom(...body.vaults.map(({ ilk, id }) => ({ vault: id, ilk })));
    const barks = of.map((vault) => ({ was: "liquidation" as const, body: { step: "bark", ...vault } }));
    const interest = fc.constant({ was: "interest" as const, body: { until: THEN + 9_999n } });
    return fc.oneof(...actions, barks, interest, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  /**
   * Interest compounds, its accrual is the tangent: e^x - 1 - x of the debt, less than half the square of rate times time with
   * the terms after it. The core counts whole seconds: at most two of them apart. A rate is rounded some thirty times.
   */
  laterError: (form, byMs) => {
    const x = ((-(form.accrual?.constant ?? 0) / form.need.constant) * byMs) / 86_400_000;
    const second = Number(feeMax - RAY) / 1e27;
    return form.need.constant * (Math.expm1(x) - x + 2 * second + 1e-15);
  },
  wrong: [
    { name: "a frozen liquidation ratio", engine: bound(frozenRatio) },
    { name: "the queued price for the one in force", engine: bound(queuedForCurrent) },
    { name: "another price than the oracle's", engine: bound(dollarOff) },
    { name: "the stored rate, stale until somebody drips", engine: bound(staleRate) },
    { name: "collateral that an auction gave back counted as cover", engine: bound(scaledCollateral) },
    { name: "time stands still", engine: bound({ ...skyMargin, advance: (body) => body }) },
  ],
  isName: (path) => path.at(-1) === "id" || path.at(-1) === "vault",
};

marginConformance(spec);
