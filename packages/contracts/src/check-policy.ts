import { type Ms, type Result, type Why, brief, exact, fail, ok, why } from "@plimsoll/core/units";
import { zeroAddress } from "viem";
import { type Policy, type PolicyAsset, scales } from "./policy.ts";

const WAD = 10n ** 18n;
const BPS = 10_000n;
const bits = (count: number) => 2n ** BigInt(count) - 1n;
const mostAssets = 8;
const mostBonusShare = 6_000n;

type Complaint = readonly [field: string, found: string, next: string];

const health = (value: bigint) => brief(exact(value, scales.health), 4);
const dollars = (value: bigint) => `${brief(exact(value, scales.value), 2)} USD`;
const percent = (bps: bigint) => `${brief(exact(bps, 2), 2)}%`;

/**
 * Refuses what the contract would refuse when the policy is armed, and what could never act, in words: which field, what it says, what
 * to write instead. What only the chain knows (its oracle, its revision, its nonces) the contract looks at itself.
 */
export function checkPolicy(policy: Policy, now: Ms): Result<Policy, Why> {
  const found = [
    ...ofBand(policy),
    ...ofCost(policy),
    ...ofBounty(policy),
    ...ofCaps(policy),
    ...ofTerms(policy, now),
    ...ofAssets("debts", policy.debts),
    ...ofAssets("collaterals", policy.collaterals),
  ];
  const [first] = found;
  if (first === undefined) return ok(policy);
  const [field, said, next] = first;
  return fail(why("guardian/policy-invalid", { field, found: said, next, others: `${found.length - 1}` }));
}

function* ofBand({ health: { trigger, urgent, targetLow, targetHigh } }: Policy): Iterable<Complaint> {
  if (urgent <= WAD)
    yield ["health.urgent", health(urgent), "write a health above 1: at 1 the market itself liquidates"];
  if (trigger <= urgent)
    yield ["health.trigger", health(trigger), `write a health above urgent, which is ${health(urgent)}`];
  if (targetLow <= trigger)
    yield ["health.targetLow", health(targetLow), `begin the band above the trigger, which is ${health(trigger)}`];
  if (targetHigh <= targetLow)
    yield ["health.targetHigh", health(targetHigh), `end the band above its beginning, which is ${health(targetLow)}`];
}

function* ofCost({ cost: { atTrigger, bonusShare, ceiling, maxPremium } }: Policy): Iterable<Complaint> {
  if (ceiling > BPS) yield ["cost.ceiling", percent(ceiling), "write at most 100%"];
  if (atTrigger > ceiling)
    yield ["cost.atTrigger", percent(atTrigger), `write at most the ceiling, which is ${percent(ceiling)}`];
  if (bonusShare > mostBonusShare)
    yield [
      "cost.bonusShare",
      percent(bonusShare),
      `write at most ${percent(mostBonusShare)}: above it a liquidation is hardly dearer`,
    ];
  if (maxPremium > BPS) yield ["cost.maxPremium", percent(maxPremium), "write at most 100%"];
}

function* ofBounty({ bounty: { atTrigger, atUrgent, perPeriod } }: Policy): Iterable<Complaint> {
  if (atUrgent > BPS) yield ["bounty.atUrgent", percent(atUrgent), "write at most 100%"];
  if (atTrigger > atUrgent)
    yield [
      "bounty.atTrigger",
      percent(atTrigger),
      `write at most what it rises to, ${percent(atUrgent)}: whoever waits must not gain`,
    ];
  if (perPeriod > bits(80)) yield ["bounty.perPeriod", dollars(perPeriod), `write at most ${dollars(bits(80))}`];
}

function* ofCaps({ caps: { perCall, perPeriod, period } }: Policy): Iterable<Complaint> {
  if (perCall === 0n) yield ["caps.perCall", dollars(perCall), "write an amount above 0: nothing could be repaid"];
  if (perCall > perPeriod)
    yield ["caps.perPeriod", dollars(perPeriod), `write at least what one call may repay, ${dollars(perCall)}`];
  if (perPeriod > bits(80)) yield ["caps.perPeriod", dollars(perPeriod), `write at most ${dollars(bits(80))}`];
  if (period === 0n || period > bits(40)) yield ["caps.period", `${period} s`, "write a period such as 1d"];
}

function* ofTerms(
  { owner, provider, oracle, revisions, terms: { expiry, cooldown } }: Policy,
  now: Ms,
): Iterable<Complaint> {
  for (const [field, address] of Object.entries({ owner, provider, oracle }))
    if (address === zeroAddress) yield [field, address, "write its address"];
  if (revisions.length === 0) yield ["revisions", "none", "name the pool revisions that you accept"];
  if (expiry * 1_000n <= BigInt(now)) yield ["terms.expiry", `${expiry}`, "write a moment to come"];
  if (cooldown > bits(40)) yield ["terms.cooldown", `${cooldown} s`, "write a duration such as 10m"];
}

function* ofAssets(field: string, assets: readonly PolicyAsset[]): Iterable<Complaint> {
  if (assets.length === 0 || assets.length > mostAssets)
    yield [field, `${assets.length} assets`, `name between 1 and ${mostAssets}`];
  for (const [place, pinned] of assets.entries()) {
    const at = `${field}.${place}`;
    if (assets.findIndex(({ asset }) => asset === pinned.asset) < place)
      yield [`${at}.asset`, pinned.asset, "name each asset once"];
    if (pinned.second === zeroAddress || pinned.second === pinned.source)
      yield [
        `${at}.second`,
        pinned.second,
        "name a price source that is not the venue's own: two references that are one protect nothing",
      ];
    if (pinned.sourceMaxAge === 0n || pinned.secondMaxAge === 0n)
      yield [`${at}.maxAge`, "0 s", "write how old a price may be: 1.1 times its heartbeat"];
    if (pinned.maxDisagreement === 0n || pinned.maxDisagreement > BPS)
      yield [
        `${at}.maxDisagreement`,
        percent(pinned.maxDisagreement),
        "write by how much both prices may differ, for example 1%",
      ];
    if (pinned.takeProfit !== 0n && pinned.stopLoss >= pinned.takeProfit)
      yield [
        `${at}.takeProfit`,
        dollars(pinned.takeProfit),
        `write a price above the stop-loss, ${dollars(pinned.stopLoss)}`,
      ];
  }
}
