import { dec, exact, ms } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import type { Account, Held } from "./account.ts";
import type { Policy } from "./policy.ts";
import { type Moment, rehearsePolicy } from "./rehearse-policy.ts";

const RAY = 10n ** 27n;
const [weth, usdc] = [`0x${"4".repeat(40)}`, `0x${"5".repeat(40)}`] as const;
const plain = { scaledSupply: 0n, scaledDebt: 0n, supplyIndex: RAY, debtIndex: RAY, threshold: 0n, bonus: 0n };
const usd = (dollars: bigint) => dollars * 10n ** 8n;
const held = (of: Partial<Held> & Pick<Held, "asset" | "unit" | "price">): Held => ({ ...plain, ...of });
/** 100 WETH at 2,000 with a threshold of 80 % against 120,000 USDC: health 1.3333. */
const account: Account = [
  held({ asset: weth, unit: 10n ** 18n, price: usd(2_000n), scaledSupply: 100n * 10n ** 18n, threshold: 8_000n }),
  held({ asset: usdc, unit: 10n ** 6n, price: usd(1n), scaledDebt: 120_000n * 10n ** 6n }),
];
const asset = {
  source: weth,
  heartbeat: weth,
  second: weth,
  sourceMaxAge: 1n,
  secondMaxAge: 1n,
  maxDisagreement: 1n,
  stopLoss: 0n,
  takeProfit: 0n,
};
const policy: Policy = {
  ...{ owner: weth, provider: weth, oracle: weth, revisions: [10n], executors: [] },
  ...{ debts: [{ asset: usdc, ...asset }], collaterals: [{ asset: weth, ...asset }] },
  health: {
    trigger: 12n * 10n ** 17n,
    urgent: 108n * 10n ** 16n,
    targetLow: 14n * 10n ** 17n,
    targetHigh: 15n * 10n ** 17n,
  },
  cost: { atTrigger: 50n, bonusShare: 6_000n, ceiling: 300n, maxPremium: 0n },
  bounty: { atTrigger: 0n, atUrgent: 0n, perCall: 0n, perPeriod: 0n },
  caps: { perCall: usd(60_000n), perPeriod: usd(120_000n), period: 86_400n },
  terms: { expiry: 0n, cooldown: 600n, reserveRepay: false, nonce: 0n, epoch: 0n },
};
const course = (...shares: readonly string[]): readonly Moment[] =>
  shares.map((share, hour) => ({ at: ms(hour * 3_600_000), stays: new Map([[weth, dec(share)]]) }));
const much = exact(usd(200_000n), 8);

test("above the trigger nothing is done", () => {
  expect(rehearsePolicy(policy, account, course("1", "0.95"), much)).toMatchObject({ is: "survives", calls: 0 });
});

// By hand, at 0.85: health (170,000 x 0.8) / 120,000 = 1.1333; (1.4 - 1.13333) x 120,000 / (1.4 - 0.8 x 1.03) = 55,555.56.
test("below it so much is repaid as brings health to the band, at the largest cost", () => {
  const rehearsed = rehearsePolicy(policy, account, course("1", "0.85", "0.84"), much);
  expect(rehearsed).toMatchObject({ is: "survives", calls: 1, least: 1_133_333_333_333_333_333n });
  expect(rehearsed.repaid.digits / 10n ** 6n).toBe(5_555_555n);
});

// oxfmt-ignore
test.each([
  ["too-fast",              {},                                                                        much,                   ["1", "0.70"]],
  ["caps",                  { caps: { ...policy.caps, perCall: usd(500n), perPeriod: usd(1_000n) } },  much,                   ["1", "0.85", "0.78", "0.70"]],
  ["allowance",             {},                                                                        exact(usd(1_000n), 8),  ["1", "0.85", "0.78", "0.70"]],
  ["selling-lowers-health", { cost: { ...policy.cost, ceiling: 5_000n } },                             much,                   ["1", "0.85", "0.70"]],
] as const)("it dies, and says of what: %s", (reason, change, allowed, shares) => {
  expect(rehearsePolicy({ ...policy, ...change }, account, course(...shares), allowed)).toMatchObject({ is: "dies", for: reason });
});
