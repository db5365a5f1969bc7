import { dec, exact, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { checkPolicy } from "./check-policy.ts";
import type { Policy } from "./policy.ts";
import { acknowledgement, checkAcknowledged, worstCase } from "./worst-case.ts";

const address = (digit: string) => `0x${digit.repeat(40)}` as const;
const asset = (digit: string) => ({
  ...{ asset: address(digit), source: address("a"), heartbeat: address("0"), second: address("b") },
  ...{ sourceMaxAge: 3_960n, secondMaxAge: 3_960n, maxDisagreement: 100n, stopLoss: 0n, takeProfit: 0n },
});
const usd = (dollars: bigint) => dollars * 10n ** 8n;
const good: Policy = {
  ...{ owner: address("1"), provider: address("2"), oracle: address("3"), revisions: [10n] },
  ...{ debts: [asset("4")], collaterals: [asset("5")] },
  health: {
    trigger: 12n * 10n ** 17n,
    urgent: 108n * 10n ** 16n,
    targetLow: 14n * 10n ** 17n,
    targetHigh: 15n * 10n ** 17n,
  },
  cost: { atTrigger: 50n, bonusShare: 6_000n, ceiling: 400n, maxPremium: 10n },
  bounty: { atTrigger: 5n, atUrgent: 50n, perCall: usd(100n), perPeriod: usd(300n) },
  caps: { perCall: usd(10_000n), perPeriod: usd(20_000n), period: 86_400n },
  terms: { expiry: 1_800_000_000n, cooldown: 600n, reserveRepay: true, nonce: 0n, epoch: 0n },
  executors: [],
};
const now = ms(1_790_000_000_000);

test("a sound policy passes", () => {
  expect(checkPolicy(good, now)).toEqual({ ok: true, value: good });
});

// oxfmt-ignore
test.each([
  ["health.urgent",       { health: { ...good.health, urgent: 10n ** 18n } }],
  ["health.trigger",      { health: { ...good.health, trigger: good.health.urgent } }],
  ["health.targetLow",    { health: { ...good.health, targetLow: good.health.trigger } }],
  ["health.targetHigh",   { health: { ...good.health, targetHigh: good.health.targetLow } }],
  ["cost.atTrigger",      { cost: { ...good.cost, atTrigger: 401n } }],
  ["cost.bonusShare",     { cost: { ...good.cost, bonusShare: 6_001n } }],
  ["cost.ceiling",        { cost: { ...good.cost, ceiling: 10_001n } }],
  ["bounty.atTrigger",    { bounty: { ...good.bounty, atTrigger: 51n } }],
  ["caps.perCall",        { caps: { ...good.caps, perCall: 0n } }],
  ["caps.perPeriod",      { caps: { ...good.caps, perPeriod: usd(9_999n) } }],
  ["caps.period",         { caps: { ...good.caps, period: 0n } }],
  ["terms.expiry",        { terms: { ...good.terms, expiry: 1_790_000_000n } }],
  ["debts",               { debts: [] }],
  ["revisions",           { revisions: [] }],
  ["owner",               { owner: address("0") }],
  ["collaterals.1.asset", { collaterals: [asset("5"), asset("5")] }],
  ["collaterals.0.second", { collaterals: [{ ...asset("5"), second: address("a") }] }],
  ["collaterals.0.maxAge", { collaterals: [{ ...asset("5"), sourceMaxAge: 0n }] }],
  ["collaterals.0.maxDisagreement", { collaterals: [{ ...asset("5"), maxDisagreement: 0n }] }],
  ["collaterals.0.takeProfit", { collaterals: [{ ...asset("5"), stopLoss: 2n, takeProfit: 1n }] }],
] as const)("%s is refused by name", (field, change) => {
  expect(checkPolicy({ ...good, ...change }, now)).toMatchObject({ ok: false, failure: { facts: { field, others: "0" } } });
});

// Worked by hand: 10,000 and a premium of 10 are paid with a bounty of 100 by selling at 4 %: (10,110 x 1.04) - 10,000.
test("the worst of a call, a period and a year", () => {
  const worst = worstCase(good, exact(usd(1_000_000n), 8), now);
  expect(worst).toMatchObject({
    perCall: exact(51_440_000_000n, 8),
    perPeriod: exact(113_280_000_000n, 8),
    periods: 116n,
  });
  expect(worst.perYear).toEqual(exact(113_280_000_000n * 116n, 8));
  expect(worstCase(good, exact(usd(200n), 8), now).perYear).toEqual(exact(usd(200n), 8));
});

test("more than 10,000 USD is allowed only to whoever typed that it is unaudited, for that very amount", () => {
  expect(checkAcknowledged(dec("10000.00000000"), undefined).ok).toBe(true);
  expect(checkAcknowledged(dec("10000.00000001"), undefined).ok).toBe(false);
  expect(checkAcknowledged(dec("25000"), acknowledgement(dec("24000"))).ok).toBe(false);
  expect(checkAcknowledged(dec("25000"), acknowledgement(dec("25000"))).ok).toBe(true);
});
