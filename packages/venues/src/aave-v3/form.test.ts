import { boundaries, evaluate, liquidationPrices, readQuotes, screen } from "@plimsoll/core/margin";
import { text, toNumber } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { type AaveLine, assessAave } from "./assess.ts";
import { compileAave } from "./form.ts";
import type { AaveBody } from "./holding.ts";
import { type AaveTerms, closeFactors } from "./terms.ts";
import { aaveAccount } from "./names.ts";
import { accountOf, ethereum, sceneOf } from "./testing/account.ts";

const wei = 10n ** 18n;
const digits = (value: number | undefined) => Number(value?.toPrecision(10));

function compiled(terms: AaveTerms, body: AaveBody, prices: Record<string, bigint>, name: AaveLine = "maintenance") {
  const scene = sceneOf(terms, prices);
  const answer = compileAave(body, scene, name);
  if (!("form" in answer)) throw new Error(JSON.stringify(answer));
  const quotes = readQuotes(answer.form, scene);
  if (!quotes.ok) throw new Error(quotes.failure.code);
  const at = (asset: string) => answer.form.quotes.findIndex((key) => key.endsWith(`:${asset}:oracle`));
  const assessment = assessAave(body, aaveAccount(body.market, body.user), scene);
  return { form: answer.form, quotes: quotes.value, at, line: assessment.lines.find((each) => each.name === name)! };
}

// The worked lending example: 10 ETH (83 %), 0.2 BTC (78 %), debt 20,000 USDC and 2 ETH, at 3,000, 100,000 and 1.
test("several collaterals and debts, one asset on both sides", () => {
  const body = accountOf(ethereum, [
    { asset: "WETH", supplied: 10n * wei, owed: 2n * wei },
    { asset: "WBTC", supplied: 20_000_000n },
    { asset: "USDC", owed: 20_000_000000n },
  ]);
  const prices = { WETH: 3_000_00000000n, WBTC: 100_000_00000000n, USDC: 1_00000000n };
  const { form, quotes, at, line } = compiled(ethereum, body, prices);
  const { have, need, health } = evaluate(form, quotes);
  expect(digits(have)).toBe(40_500);
  expect(digits(need)).toBe(26_000);
  expect(digits(health)).toBe(1.557692308);
  expect(text(line.health)).toBe("1.557692307692307692");
  expect(text(line.surplus)).toBe("14500.000000000000");
  expect(form.concave).toBe(true);
  expect(digits(liquidationPrices(form, quotes, at("WETH")).down)).toBe(698.4126984);
  expect(digits(liquidationPrices(form, quotes, at("WBTC")).down)).toBe(7_051.282051);
  expect(digits(liquidationPrices(form, quotes, at("USDC")).up)).toBe(1.725);
  expect(digits(boundaries(form, quotes, [at("WETH"), at("WBTC")]).down)).toBe(0.5797101449);
  expect(digits(liquidationPrices(form, quotes, at("WETH"), 1.1).down)).toBe(1_049.180328);
});

// The joint-move example: 10 A at 2,000 and 100 B at 150, both 80 %, against 20,000; its distance is the solver's own test.
test("two collaterals fall together", () => {
  const like = (asset: string) => (reserve: AaveTerms["reserves"][number]) =>
    reserve.asset === asset ? { ...reserve, liquidationThreshold: 8_000n } : reserve;
  const terms = { ...ethereum, reserves: ethereum.reserves.map(like("WETH")).map(like("LINK")) };
  const body = accountOf(terms, [
    { asset: "WETH", supplied: 10n * wei },
    { asset: "LINK", supplied: 100n * wei },
    { asset: "USDC", owed: 20_000_000000n },
  ]);
  const { form, quotes, at, line } = compiled(terms, body, {
    WETH: 2_000_00000000n,
    LINK: 150_00000000n,
    USDC: 1_00000000n,
  });
  expect(digits(evaluate(form, quotes).surplus())).toBe(8_000);
  expect(toNumber(line.surplus)).toBe(8_000);
  expect(digits(boundaries(form, quotes, [at("WETH"), at("LINK")]).down)).toBe(0.7142857143);
});

test("a debt of a few base units: the error bound is in units, and covers it", () => {
  const body = accountOf(ethereum, [
    { asset: "WETH", supplied: 16_500_000n },
    { asset: "WBTC", owed: 1n },
  ]);
  const { form, quotes, line } = compiled(ethereum, body, { WETH: 3_333_33333333n, WBTC: 3_33333333n });
  const float = evaluate(form, quotes).surplus();
  // The collateral is worth 5.5 units of 1e-8 and counts as 5, the debt 3.33 and counts as 4.
  expect(Math.abs(float - toNumber(line.surplus))).toBeLessThanOrEqual(form.error.absolute);
  expect(Math.abs(float - toNumber(line.surplus))).toBeGreaterThan(0.5 * form.error.absolute);
  expect(text(line.required)).toBe("0.00000004");
});

/*
 * By hand, from core-v3 1.19.3: 10 WETH at 1,000 with an LTV of 80.5 % and 1 WBTC with none, debt 4,000. With WBTC at 100,000
 * the average is floor(80,500,000 / 110,000) = 731 bps of 110,000: 8,041, not 8,050. From 80,490,001 on it is 0: nothing counts.
 */
test("release 3.0: collateral that only dilutes the average ends the form at ten times its price", () => {
  const reserves = ethereum.reserves.map((each) => (each.asset === "WBTC" ? { ...each, ltv: 0n } : each));
  const terms: AaveTerms = { ...ethereum, reserves, rules: "v3.0", closeFactor: closeFactors["v3.0"] };
  const body = accountOf(terms, [
    { asset: "WETH", supplied: 10n * wei },
    { asset: "WBTC", supplied: 1_00000000n },
    { asset: "USDC", owed: 4_000_000000n },
  ]);
  const withWbtcAt = (price: bigint, rules = terms) =>
    compiled(rules, body, { WETH: 1_000_00000000n, WBTC: price * 1_00000000n, USDC: 1_00000000n }, "borrow");
  const { form, quotes, at } = withWbtcAt(10_000n);
  const top = withWbtcAt(100_000n);
  expect(text(top.line.surplus)).toBe("4041.000000000000");
  expect(evaluate(form, top.quotes).surplus() - 4_041).toBeCloseTo(9, 9);
  const { gross } = evaluate(form, top.quotes);
  expect(form.error.absolute + form.error.relative * gross).toBeGreaterThan(9);
  expect(screen(form, top.quotes)).toBe("above");

  const { up, searched } = liquidationPrices(form, quotes, at("WBTC"));
  expect([up, digits(searched.high)]).toEqual([undefined, 100_000]);
  const beyond = withWbtcAt(81_000_000n);
  expect(beyond.line.crossed).toBe(true);
  expect(screen(form, beyond.quotes)).toBe("undecided");

  // Later releases divide the sum itself: there such collateral costs nothing at any price.
  const later = withWbtcAt(81_000_000n, { ...terms, rules: "r10" });
  expect(text(later.line.surplus)).toBe("4050.000000000000");
  expect(later.form.concave).toBe(true);
});

test("lines that Aave does not have, and accounts without debt, have no form", () => {
  const scene = sceneOf(ethereum, { WETH: 1_00000000n });
  const body = accountOf(ethereum, [{ asset: "WETH", supplied: wei }]);
  expect(compileAave(body, scene, "maintenance")).toEqual({ none: "no-debt" });
  expect(compileAave(body, scene, "warn")).toEqual({
    unknown: 'aave-v3 has no line "warn": it has maintenance and borrow',
  });
});
