import { type MarginEngine, bindEngine } from "@plimsoll/core/margin";
import { marginConformance } from "@plimsoll/core/margin/testing";
import { dec, minOf, multiply, toNumber } from "@plimsoll/core/units";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AaveBody, ReserveHeld } from "./holding.ts";
import { type AaveTerms, type Rules, allRules, closeFactors } from "./terms.ts";
import type { AaveVenueEffect } from "./venue-effect.ts";
import { readAaveEffect } from "./read-effect.ts";
import { readAaveBody } from "./read-holding.ts";
import { readAaveTerms } from "./read-terms.ts";
import { aaveV3Margin } from "./margin.ts";
import { accountData } from "./account-data.ts";
import { aaveAccount } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { accountOf, ethereum, reserveOf, sceneOf } from "./testing/account.ts";
import { accountsUnder, actions, holdingOf, rateMax, statesUnder, usual } from "./testing/states.ts";
import { RAY } from "./wad-ray-math.ts";

const wei = 10n ** 18n;
const bind = (engine: MarginEngine<AaveBody, AaveTerms, AaveVenueEffect>) =>
  bindEngine(engine, readAaveBody, readAaveTerms, readAaveEffect);
const bodyOf = ({ body }: { readonly body: unknown }) => body as AaveBody;
const subjectUnder = (rules: Rules) => (body: AaveBody, prices: Record<string, bigint>) => ({
  holding: holdingOf(body),
  scene: sceneOf({ ...ethereum, rules, closeFactor: closeFactors[rules] }, prices),
  account: aaveAccount(body.market, body.user),
  line: "maintenance" as const,
});

type Subject = ReturnType<typeof subjectUnder>;

/** 10 WETH at 1,000 with 83 % against 8,300 USDC: exactly on the line. */
const onTheLine = (subject: Subject) =>
  subject(
    accountOf(ethereum, [
      { asset: "WETH", supplied: 10n * wei },
      { asset: "USDC", owed: 8_300_000000n },
    ]),
    { WETH: 1_000_00000000n, USDC: 1_00000000n },
  );
const twoDebtsOnTheLine = (subject: Subject) =>
  subject(
    accountOf(ethereum, [
      { asset: "WBTC", supplied: 10_0000000n },
      { asset: "USDC", owed: 700_000000n },
      { asset: "DAI", owed: 80n * wei },
    ]),
    { WBTC: 1_000_00000000n, USDC: 1_00000000n, DAI: 1_00000000n },
  );

/** The engine with forms of slightly other accounts or terms. */
const compiling = (
  change: Partial<AaveTerms> | ((body: AaveBody) => AaveBody),
): MarginEngine<AaveBody, AaveTerms, AaveVenueEffect> => ({
  ...aaveV3Margin,
  compile: (body, account, scene, line) => {
    if (typeof change === "function") return aaveV3Margin.compile(change(body), account, scene, line);
    const terms = { ...scene.terms, body: { ...scene.terms.body, ...change } };
    return aaveV3Margin.compile(body, account, { ...scene, terms }, line);
  },
});

const marketPrice: MarginEngine<AaveBody, AaveTerms, AaveVenueEffect> = {
  ...aaveV3Margin,
  assess: (body, account, scene) => {
    const quotes = [...scene.quotes].map(
      ([key, quote]) =>
        [key, key.includes(":WETH:") ? { ...quote, value: multiply(quote.value, dec("1.001")) } : quote] as const,
    );
    return aaveV3Margin.assess(body, account, { ...scene, quotes: new Map(quotes) });
  },
};
/** The share that can be borrowed taken for the one that is liquidated at. */
const frozenThresholds: MarginEngine<AaveBody, AaveTerms, AaveVenueEffect> = {
  ...aaveV3Margin,
  compile: (body, account, scene, line) => {
    const reserves = scene.terms.body.reserves.map((each) => ({ ...each, liquidationThreshold: each.ltv }));
    const terms = { ...scene.terms, body: { ...scene.terms.body, reserves } };
    return aaveV3Margin.compile(body, account, { ...scene, terms }, line);
  },
};

const supplyingMore = (held: ReserveHeld, more: bigint): ReserveHeld => ({
  ...held,
  scaledSupply: held.scaledSupply + (held.scaledSupply > 0n ? more : 0n),
});
/** Release 3.0 cuts the average threshold to whole basis points, so more collateral may cost one: there only less debt can only help. */
const owingLess = (held: ReserveHeld, less: bigint): ReserveHeld => ({
  ...held,
  scaledDebt: held.scaledDebt > less ? held.scaledDebt - less : minOf(held.scaledDebt, 1n),
});

for (const rules of allRules) {
  const subject = subjectUnder(rules);
  marginConformance({
    name: `aave-v3 ${rules}`,
    engine: bind(aaveV3Margin),
    states: statesUnder(rules),
    lines: ["maintenance", "borrow"],
    ties: [onTheLine(subject), twoDebtsOnTheLine(subject)],
    nulls: [
      {
        ...subject(accountOf(ethereum, [{ asset: "WETH", supplied: wei }]), { WETH: 1_000_00000000n }),
        name: "supplied, nothing owed",
        expect: "no-debt",
      },
      { ...subject(accountOf(ethereum, []), {}), name: "an empty account", expect: "no-debt" },
      {
        ...subject(accountOf(ethereum, [{ asset: "USDC", supplied: 1_000_000000n, owed: 100_000000n }]), {
          USDC: 1_00000000n,
        }),
        name: "the same asset on both sides, more than covered",
        expect: "no-boundary",
      },
    ],
    scaled: {
      notProportional: "a balance is a whole number of units: three times the scaled tokens may be two units more",
    },
    withCash: (holding, g) => {
      const body = bodyOf(holding);
      const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
      const reserves = body.reserves.map((held) =>
        rules === "v3.0" ? owingLess(held, more) : supplyingMore(held, more),
      );
      return { ...holding, body: { ...body, reserves } };
    },
    positions: {
      larger: { notHere: "no position has a margin of its own" },
      turned: { notHere: "nothing is short" },
      burdened: ({ holding, scene }, g) => {
        const body = bodyOf(holding);
        const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
        const reserves = body.reserves.map((held) => ({
          ...held,
          scaledDebt: held.scaledDebt + (held.scaledDebt > 0n ? more : 0n),
        }));
        return { scene, holding: { ...holding, body: { ...body, reserves } } };
      },
    },
    effects: ({ scene }) => actions(scene as Parameters<typeof actions>[0]),
    /**
     * Interest on debts is compound, its accrual straight: less than half the square of rate times time, a little more for the
     * terms after it. The chain counts whole seconds. Both balances are whole units then and now: one unit of each, twice rounded.
     */
    laterError: (form, byMs) => {
      const days = byMs / 86_400_000;
      const x = (Number(rateMax) / Number(RAY)) * (days / 365);
      const second = Number(rateMax) / Number(RAY) / (365 * 86_400);
      const legs = [form.have, form.need].flatMap((sum) => sum.legs);
      return legs.reduce((sum, { factor, curve }) => {
        const asset = form.quotes[factor]!.split(":")[2]!;
        const price = 2 * Number(usual[asset]);
        // A sampled curve is where the form ends: it is worth nothing.
        const slope = curve.kind === "line" ? Math.abs(curve.slope) : curve.kind === "sampled" ? 0 : Number.NaN;
        const unit = 10 ** -reserveOf(ethereum, asset).decimals;
        return sum + price * (slope * (x * x + second) + 2 * unit);
      }, 0);
    },
    wrong: [
      { name: "e-mode forgotten in the form", engine: bind(compiling({ eModes: [] })) },
      {
        name: "stored indices instead of projected ones",
        engine: bind(
          compiling((body) => ({
            ...body,
            reserves: body.reserves.map((held) =>
              held.pool === "not-read" ? held : { ...held, pool: { ...held.pool, lastUpdate: body.timestamp } },
            ),
          })),
        ),
      },
      {
        name: "supplies that are not collateral count all the same",
        engine: bind(
          compiling((body) => ({
            ...body,
            config: body.reserves.reduce(
              (config, held) => config | (held.scaledSupply > 0n ? 2n << BigInt(2 * held.id) : 0n),
              body.config,
            ),
          })),
        ),
      },
      { name: "another price than the oracle's", engine: bind(marketPrice) },
      { name: "thresholds frozen at what can be borrowed", engine: bind(frozenThresholds) },
      { name: "time stands still", engine: bind({ ...aaveV3Margin, advance: (body) => body }) },
      {
        name: "liquidated at the line, not below",
        engine: bind({
          ...aaveV3Margin,
          assess: (...all) => {
            const assessment = aaveV3Margin.assess(...all);
            return {
              ...assessment,
              lines: assessment.lines.map((line) => ({ ...line, crossed: toNumber(line.health) <= 1 })),
            };
          },
        }),
      },
    ],
  });
}

test("release 3.0: more collateral costs at most a basis point of all of it", () => {
  fc.assert(
    fc.property(accountsUnder("v3.0"), fc.bigInt({ min: 1n, max: 10n ** 24n }), ({ body, scene }, more) => {
      const richer = { ...body, reserves: body.reserves.map((held) => supplyingMore(held, more)) };
      const surplus = (of: AaveBody) =>
        aaveV3Margin.assess(of, aaveAccount(of.market, of.user), scene).lines[0]?.surplus;
      const collateral = (of: AaveBody) => {
        const positions = readPositions(of, scene.terms.body);
        const priced = positions.ok ? pricePositions(positions.value, scene) : positions;
        return priced.ok ? accountData(priced.value, revisionOf(scene.terms.body)).collateral : 0n;
      };
      const [before, after] = [surplus(body), surplus(richer)];
      if (before === undefined || after === undefined) return;
      // The surplus is counted with four decimals more than values: a basis point of them is themselves, and one unit of rounding.
      expect(after.digits >= before.digits - collateral(richer) - 10_000n).toBe(true);
    }),
  );
});
