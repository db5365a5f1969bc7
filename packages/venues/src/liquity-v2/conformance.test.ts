import { type MarginEngine, type Scene, bindEngine } from "@plimsoll/core/margin";
import { type Conformance, type State, type Subject, marginConformance } from "@plimsoll/core/margin/testing";
import { assetId, dec, exact, holdingId, maxOf, multiply } from "@plimsoll/core/units";
import * as fc from "fast-check";
import type { LiquityBody, Trove } from "./holding.ts";
import { liquityV2Margin } from "./margin.ts";
import { liquityV2Id, oracleQuote, rulesBold, troveAccount } from "./names.ts";
import { readLiquityEffect } from "./read-effect.ts";
import { readLiquityBody } from "./read-holding.ts";
import { readLiquityTerms } from "./read-terms.ts";
import type { LiquityTerms } from "./terms.ts";
import { ETHEREUM, NOW, THEN, WEI, batchOf, batchedOf, bodyOf, branchOf, sceneOf, troveOf } from "./testing.ts";
import type { LiquityVenueEffect } from "./venue-effect.ts";

type Engine = MarginEngine<LiquityBody, LiquityTerms, LiquityVenueEffect>;
const bound = (engine: Engine) => bindEngine(engine, readLiquityBody, readLiquityTerms, readLiquityEffect);
const holdingOf = (body: LiquityBody) => ({
  ...{ id: holdingId("mine"), venue: liquityV2Id, rules: rulesBold, market: ETHEREUM.market },
  asOf: NOW,
  body,
});
const bodyIn = ({ body }: { readonly body: unknown }) => body as LiquityBody;

const big = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const perStake = fc.record({ coll: big(0n, WEI / 10n), debt: big(0n, 50n * WEI) });
const BRANCHES = ["WETH", "rETH"] as const;

/** One trove of a branch, from far below its ratio to far above it at 3,000, with its branch and its batch. */
const part = (name: (typeof BRANCHES)[number]) =>
  fc
    .record({
      debt: fc.oneof(fc.constant(0n), big(1n, 3_000n * WEI), big(2_000n * WEI, 5_000_000n * WEI)),
      ratio: big(800n, 4_000n),
      rate: big(WEI / 200n, WEI / 2n),
      fee: big(0n, WEI / 20n),
      since: big(0n, 20_000_000n),
      batched: fc.boolean(),
      others: big(1n, 9n),
      took: perStake,
      zombie: fc.boolean(),
      pool: fc.oneof(fc.constant("unknown" as const), big(0n, 5_000_000n * WEI)),
      totals: fc.oneof(fc.constant(undefined), big(1_000n, 3_000n)),
      shut: fc.option(big(0n, 20_000_000n), { nil: undefined, freq: 6 }),
    })
    .map(({ debt, ratio, rate, fee, since, batched, others, took, zombie, pool, totals, shut }) => {
      const coll = (debt * ratio) / 1_000n / 3_000n;
      const lastUpdate = THEN - since;
      const more = {
        id: name,
        branch: name,
        status: zombie && debt < 2_000n * WEI ? ("zombie" as const) : ("active" as const),
      };
      const trove: Trove = batched
        ? batchedOf(coll, debt, more)
        : troveOf(coll, 0n, 0n, { ...more, recorded: { by: "owner", debt, rate, lastUpdate } });
      const all = debt * 3n + 10n ** 24n;
      // a branch holds at least what this trove has in it
      const own = trove.coll + (trove.stake * took.coll) / WEI;
      const branch = branchOf({
        ...{ branch: name, perStake: took, pool, shutdownTime: shut === undefined ? 0n : THEN - shut },
        totals: totals === undefined ? "unknown" : { coll: maxOf(own, (all * totals) / 3_000_000n), debt: all },
        stakes: { total: coll * 3n + WEI, snapshot: coll * 2n + WEI, collSnapshot: coll * 2n + 2n * WEI },
      });
      const batch = batchOf({ branch: name, debt: debt * others, shares: debt * others, lastUpdate, rate, fee });
      return { trove, branch, batches: batched ? [batch] : [] };
    });
const states: fc.Arbitrary<State> = fc
  .tuple(
    fc.subarray([...BRANCHES], { minLength: 1 }).chain((names) => fc.tuple(...names.map(part))),
    fc.record({ WETH: big(180_000n, 420_000n), rETH: big(180_000n, 420_000n) }),
    fc.oneof(fc.constant("unknown" as const), fc.constant([{ asset: "BOLD", units: 5_000n * WEI }])),
  )
  .map(([parts, prices, wallet]) => {
    const body = bodyOf(
      parts.map(({ trove }) => trove),
      { wallet, branches: parts.map(({ branch }) => branch), batches: parts.flatMap(({ batches }) => batches) },
    );
    const scene = sceneOf({ WETH: "1", rETH: "1" });
    const quotes = new Map(scene.quotes);
    for (const name of BRANCHES)
      quotes.set(oracleQuote(name), { ...quotes.get(oracleQuote(name))!, value: exact(prices[name], 2) });
    return { holding: holdingOf(body), scene: { ...scene, quotes } };
  });

const subject = (body: LiquityBody, price: string, line: Subject["line"] = "maintenance"): Subject => ({
  holding: holdingOf(body),
  scene: sceneOf({ WETH: price }),
  account: troveAccount("WETH", "1"),
  line,
});
const loan = bodyOf([troveOf(10n * WEI, 20_000n * WEI)]);
const managed = bodyOf([batchedOf(10n * WEI, WEI)], { batches: [batchOf({ debt: 40_000n * WEI, shares: 2n * WEI })] });

/** Mistakes of the trade. */
const compilingOf = (change: (body: LiquityBody) => LiquityBody): Engine => ({
  ...liquityV2Margin,
  compile: (body, ...rest) => liquityV2Margin.compile(change(body), ...rest),
});
const withTerms = (
  scene: Scene<LiquityTerms>,
  change: Partial<LiquityTerms["branches"][number]>,
): Scene<LiquityTerms> => {
  const branches = scene.terms.body.branches.map((each) => ({ ...each, ...change }));
  return { ...scene, terms: { ...scene.terms, body: { ...scene.terms.body, branches } } };
};
const oneRatio: Engine = {
  ...liquityV2Margin,
  compile: (body, account, scene, line) =>
    liquityV2Margin.compile(body, account, withTerms(scene, { mcr: (11n * WEI) / 10n }), line),
};
const noBuffer: Engine = {
  ...liquityV2Margin,
  compile: (body, account, scene, line) => liquityV2Margin.compile(body, account, withTerms(scene, { bcr: 0n }), line),
};
const dollarOff: Engine = {
  ...liquityV2Margin,
  assess: (body, account, scene) => {
    const quotes = new Map(
      [...scene.quotes].map(([key, quote]) => [key, { ...quote, value: multiply(quote.value, dec("1.001")) }]),
    );
    return liquityV2Margin.assess(body, account, { ...scene, quotes });
  },
};

const spec: Conformance = {
  name: "liquity-v2",
  engine: bound(liquityV2Margin),
  states,
  lines: ["maintenance", "borrow"],
  ties: [subject(loan, "2200"), subject(managed, "2200"), subject(managed, "2400", "borrow")],
  nulls: [
    { name: "collateral and no debt", expect: "no-debt", ...subject(bodyOf([troveOf(WEI, 0n)]), "2000") },
    { name: "a debt without collateral", expect: "no-boundary", ...subject(bodyOf([troveOf(0n, WEI)]), "2000") },
  ],
  scaled: (holding, times) => {
    const body = bodyIn(holding);
    const perStakeOf = (trove: Trove) => body.branches.find(({ branch }) => branch === trove.branch)!.perStake.coll;
    // what was taken over is made its own first: a share of it, rounded down, does not triple
    const troves = body.troves.map((each): Trove => ({
      ...each,
      coll: (each.coll + (each.stake * (perStakeOf(each) - each.snapshot.coll)) / WEI) * times,
      snapshot: { ...each.snapshot, coll: perStakeOf(each) },
      stake: each.stake * times,
      recorded: each.recorded.by === "owner" ? { ...each.recorded, debt: each.recorded.debt * times } : each.recorded,
    }));
    const batches = body.batches.map((each) => ({ ...each, debt: each.debt * times }));
    return { ...holding, body: { ...body, troves, batches } };
  },
  withCash: (holding, g) => {
    const body = bodyIn(holding);
    const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
    return { ...holding, body: { ...body, troves: body.troves.map((each) => ({ ...each, coll: each.coll + more })) } };
  },
  positions: {
    larger: { notHere: "no position has a margin of its own" },
    turned: { notHere: "nothing is short" },
    burdened: ({ holding, scene }, g) => {
      const body = bodyIn(holding);
      const more = g(fc.bigInt, { min: 0n, max: 10n ** 24n });
      const troves = body.troves.map((each): Trove =>
        each.recorded.by === "owner"
          ? { ...each, recorded: { ...each.recorded, debt: each.recorded.debt + more } }
          : each,
      );
      return { scene, holding: { ...holding, body: { ...body, troves } } };
    },
  },
  effects: ({ holding }) => {
    const { troves } = bodyIn(holding);
    const of = fc.constantFrom(...troves);
    const actions = of.chain(({ branch, id }) =>
      fc.record({
        do: fc.constantFrom("supply" as const, "repay" as const, "withdraw" as const),
        asset: fc.constantFrom(assetId("BOLD"), assetId(branch), assetId("DOGE")),
        amount: fc.oneof(
          fc.constant("all" as const),
          big(0n, 10n ** 22n).map((digits) => exact(digits, 18)),
        ),
        account: fc.constantFrom(troveAccount(branch, id), troveAccount("WETH", "9")),
      }),
    );
    const named = of.map(({ branch, id }) => ({ trove: id, branch }));
    const liquidations = named.map((body) => ({ was: "liquidation" as const, body }));
    const redemptions = fc
      .tuple(named, big(0n, 10n ** 22n), fc.constantFrom(0n, WEI / 100n, "urgent" as const))
      .map(([body, bold, fee]) => ({ was: "redemption" as const, body: { ...body, bold, fee } }));
    const interest = fc.constant({ was: "interest" as const, body: { until: THEN + 9_999n } });
    return fc.oneof(actions, liquidations, redemptions, interest, fc.constant({ do: "cancel" as const, order: "1" }));
  },
  // simple interest is a straight line of whole seconds: one of them apart, and each part of a debt floored then and now
  laterError: (form) => Math.abs(form.accrual?.constant ?? 0) / 86_400 + 12e-18 * 1.3,
  wrong: [
    { name: "one ratio for all branches", engine: bound(oneRatio) },
    { name: "another price than the feed's", engine: bound(dollarOff) },
    { name: "no buffer inside a batch", engine: bound(noBuffer) },
    {
      name: "what liquidations of others handed over forgotten",
      engine: bound(compilingOf((body) => ({ ...body, troves: body.troves.map((each) => ({ ...each, stake: 0n })) }))),
    },
    {
      name: "recorded debts without the interest since",
      engine: bound(
        compilingOf((body) => ({
          ...body,
          troves: body.troves.map((each): Trove =>
            each.recorded.by === "owner"
              ? { ...each, recorded: { ...each.recorded, lastUpdate: body.timestamp } }
              : each,
          ),
        })),
      ),
    },
    {
      name: "the management fee forgotten",
      engine: bound(compilingOf((body) => ({ ...body, batches: body.batches.map((each) => ({ ...each, fee: 0n })) }))),
    },
    { name: "time stands still", engine: bound({ ...liquityV2Margin, advance: (body) => body }) },
  ],
  isName: (path) => path.at(-1) === "id",
};

marginConformance(spec);
