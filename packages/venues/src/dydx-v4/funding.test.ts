import { accountKey, dec, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { indexStep, nextTick } from "./funding.ts";
import type { Body } from "./holding.ts";
import { margin } from "./margin.ts";
import { MAINNET, NOW, bodyOf, sceneOf } from "./testing.ts";
import { rateCap } from "./worst-rates.ts";

const HOUR = 3_600_000;
const COIN = 10_000_000_000n;
const scene = sceneOf({ "BTC-USD": "100000" });
const btc = MAINNET.markets["BTC-USD"]!;
const crossedAfter = (body: Body, hours: number) => {
  const to = ms(NOW + hours * HOUR);
  return margin
    .assess(margin.advance(body, to, scene), accountKey("subaccount:0"), { ...scene, now: to })
    .lines.find(({ name }) => name === "maintenance")?.crossed;
};
const withRate = (body: Body, ratePpm: bigint): Body => ({
  ...body,
  markets: body.markets.map((state) => ({ ...state, funding: { ratePpm, next: nextTick(NOW) } })),
});
/** 100,000 at oracle price less 90,000 owed: 10,000, of which 1,200 are required. */
const long = bodyOf(-90_000n, { "BTC-USD": COIN });
const short = bodyOf(110_000n, { "BTC-USD": -COIN });

// 10 quote quantums a base quantum: 100 ppm x 10 / 8 = 125; 1 ppm gives 1.25, cut to 1 and to -1
test("an hour moves the index by an eighth of the rate at the oracle price, cut toward zero", () => {
  const steps = [100n, 1n, -1n].map((rate) => indexStep(rate, dec("100000"), btc));
  expect(steps).toEqual([125n, 1n, -1n]);
  expect(indexStep(7n, dec("131.25"), MAINNET.markets["SOL-USD"]!)).toBe(11n);
});

test("time moves the index on full hours alone, and only where the rate, the price and the market are known", () => {
  const known = withRate(long, 100n);
  const after = (body: Body, byMs: number, at = scene) => margin.advance(body, ms(NOW + byMs), at).markets[0];
  expect(after(known, HOUR - 1)).toEqual(known.markets[0]);
  expect(after(known, HOUR)).toMatchObject({ fundingIndex: 125n, funding: { next: NOW + 2 * HOUR } });
  expect(after(known, 3.5 * HOUR)).toMatchObject({ fundingIndex: 375n, funding: { next: NOW + 4 * HOUR } });
  expect(after(long, 9 * HOUR)).toEqual(long.markets[0]);
  expect(after(known, 9 * HOUR, sceneOf({}))).toEqual(known.markets[0]);
});

// 1 BTC pays 1.25 USDC an hour at 100 ppm: after 7,040 hours exactly the 1,200 are left
test("a long at 0.01 % for eight hours is liquidated in the 7,041st hour; a short is paid", () => {
  expect([7_040, 7_041].map((hours) => crossedAfter(withRate(long, 100n), hours))).toEqual([false, true]);
  expect([7_040, 7_041].map((hours) => crossedAfter(withRate(short, -100n), hours))).toEqual([false, true]);
  expect(crossedAfter(withRate(short, 100n), 100_000)).toBe(false);
});

// 6 x (2 % - 1.2 %) = 4.8 % for eight hours, 600 USDC an hour: 14 leave 1,600, 15 leave 1,000
test.each([
  ["a long", long],
  ["a short", short],
])("at the worst rate %s is liquidated in the 15th hour, whatever the rate is now", (_side, body) => {
  expect(rateCap(btc, MAINNET.fundingClampPpm!)).toBe(48_000n);
  const worst = margin.atWorstRates!(withRate(body, 1n), scene);
  if (!worst.ok) throw new Error(worst.failure.code);
  expect([14, 15].map((hours) => crossedAfter(worst.value, hours))).toEqual([false, true]);
  const unread = margin.atWorstRates!(body, scene);
  expect(unread).toEqual(worst);
});

test("without a clamp in the terms there is no bound, and none is needed where nothing is held", () => {
  const { fundingClampPpm: _gone, ...terms } = MAINNET;
  const blind = sceneOf({ "BTC-USD": "100000" }, terms);
  expect(margin.atWorstRates!(long, blind)).toMatchObject({ failure: { code: "dydx-v4/no-rate-cap" } });
  const none = bodyOf(1n, {});
  expect(margin.atWorstRates!(none, blind)).toEqual({ ok: true, value: none });
});

test("an index that the chain told has its hour in it: the next step is the next full hour", () => {
  const at = { ...scene, now: ms(NOW + 5.5 * HOUR) };
  const told = margin.apply(
    withRate(long, 100n),
    { was: "funding", body: { ticker: "BTC-USD", fundingIndex: 625n } },
    at,
  );
  expect(told.ok && margin.advance(told.value, ms(NOW + 6 * HOUR), at).markets[0]?.fundingIndex).toBe(750n);
});
