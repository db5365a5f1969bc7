import { evaluate, readQuotes } from "@plimsoll/core/margin";
import { canonical, exact, text, toNumber } from "@plimsoll/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assessAave } from "./assess.ts";
import { compileAave } from "./form.ts";
import { aaveAccount } from "./names.ts";
import { readPositions } from "./position.ts";
import { pricePositions } from "./prices.ts";
import { readAaveTerms } from "./read-terms.ts";
import type { PriceCap } from "./terms.ts";
import { accountOf, ethereum, now, sceneOf } from "./testing/account.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const wei = 10n ** 18n;
/** 1.15 a hundred days ago, and at most 9.68 % of it more a year: by now 1.1805. */
const growth: PriceCap = {
  kind: "ratio",
  base: "WETH",
  ratio: 1_150000000000000000n,
  growthPerSecond: 3_529934000n,
  since: now - 8_640_000n,
  ratioDecimals: 18,
};
const caps: Readonly<Record<string, PriceCap>> = { wstETH: growth, USDC: { kind: "stable", most: 1_04000000n } };
const terms = {
  ...ethereum,
  reserves: ethereum.reserves.map((reserve) => ({ ...reserve, priceCap: caps[reserve.asset] ?? ("none" as const) })),
};
const body = accountOf(terms, [
  { asset: "wstETH", supplied: 10n * wei },
  { asset: "USDC", supplied: 1_000_000000n, owed: 20_000_000000n },
]);

const pricesAt = (quotes: Record<string, bigint>) => {
  const positions = readPositions(body, terms);
  const priced = positions.ok ? pricePositions(positions.value, sceneOf(terms, quotes)) : positions;
  if (!priced.ok) return priced.failure.facts["quote"];
  return priced.value.map(({ price }) => price).toReversed();
};

// source: formulas of aave-capo PriceCapAdapterBase.sol and PriceCapAdapterStable.sol, figures worked by hand:
// 1.15 + 8,640,000 s * 3.529934e-9 = 1.18049862976; times 3,000 is 3,541.49588928
// oxfmt-ignore
test.each([
  // case                                WETH             wstETH           USDC           counted: USDC, wstETH
  ["below both caps",                    3_000_00000000n, 3_500_00000000n, 1_00000000n,   [1_00000000n, 3_500_00000000n]],
  ["a spot above the grown ratio",       3_000_00000000n, 3_600_00000000n, 1_00000000n,   [1_00000000n, 3_541_49588928n]],
  ["the cap falls with the base",        2_000_00000000n, 3_500_00000000n, 1_00000000n,   [1_00000000n, 2_360_99725952n]],
  ["a dollar above its fixed cap",       3_000_00000000n, 3_500_00000000n, 1_10000000n,   [1_04000000n, 3_500_00000000n]],
  ["a dollar below it",                  3_000_00000000n, 3_500_00000000n, 97000000n,   [97000000n, 3_500_00000000n]],
] as const)("%s", (_case, WETH, wstETH, USDC, counted) => {
  expect(pricesAt({ WETH, wstETH, USDC })).toEqual(counted);
});

test("a cap that needs the base's price is unknown without it, not absent", () => {
  expect(pricesAt({ wstETH: 3_500_00000000n, USDC: 1_00000000n })).toBe("aave-v3:ethereum:WETH:oracle");
});

test("an override with more digits passes through the same cap", () => {
  const scene = sceneOf(terms, { WETH: 3_000_00000000n, wstETH: exact(3_600_0000000001n, 10), USDC: 1_00000000n });
  const line = assessAave(body, aaveAccount(body.market, body.user), scene).lines[0];
  const plain = sceneOf(terms, { WETH: 3_000_00000000n, wstETH: 3_541_49588928n, USDC: 1_00000000n });
  const same = assessAave(body, aaveAccount(body.market, body.user), plain).lines[0];
  expect(line && text(line.health)).toBe(same && text(same.health));
});

test("the form is the engine at any prices, on both sides of both caps", () => {
  const share = fc.bigInt({ min: 5_000n, max: 20_000n });
  const start = sceneOf(terms, { WETH: 3_000_00000000n, wstETH: 3_500_00000000n, USDC: 1_00000000n });
  const compiled = compileAave(body, start, "maintenance");
  if (!("form" in compiled)) throw new Error(JSON.stringify(compiled));
  const { form } = compiled;
  let capped = 0;
  fc.assert(
    fc.property(share, share, share, (eth, lst, usd) => {
      const quotes = { WETH: 300_000000n * eth, wstETH: 350_000000n * lst, USDC: usd * 10_000n };
      if (quotes.USDC > 1_04000000n || quotes.wstETH > (quotes.WETH * 118n) / 100n) capped++;
      const scene = sceneOf(terms, quotes);
      const line = assessAave(body, aaveAccount(body.market, body.user), scene).lines[0];
      const read = readQuotes(form, scene);
      if (line === undefined || !read.ok) throw new Error("no line");
      const { have, need, gross } = evaluate(form, read.value);
      const allowed = form.error.absolute + form.error.relative * gross;
      expect(Math.abs(have - need - toNumber(line.surplus))).toBeLessThanOrEqual(allowed);
    }),
    { numRuns: runs },
  );
  expect(capped).toBeGreaterThan(0);
});

test("caps survive the journal", () => {
  expect(readAaveTerms(JSON.parse(canonical(terms)))).toEqual({ ok: true, value: terms });
});
