import type { Listed, Policy } from "@plimsoll/contracts";
import { type Exact, type Ms, type Result, type Why, fail, ok, rescale, why } from "@plimsoll/core/units";
import { checkSource, readSourceFile } from "@plimsoll/lab";
import { addressField } from "@plimsoll/venues/wire";
import * as z from "zod";
import { amount, duration, moment, positive, share, whole } from "./units.ts";

const usd = amount.refine(({ asset }) => asset === "USD", "write an amount of USD, for example 500 USD");
const age = duration.prefault("66m").describe("how old the price may be: 1.1 times its heartbeat");

const asset = z.strictObject({
  asset: z.string().describe("its symbol in the market, or its address"),
  second: addressField.describe("an independent price source, with Chainlink's functions"),
  heartbeat: addressField.optional().describe("who tells the age of the venue's price, where its source cannot"),
  maxAge: age,
  secondMaxAge: age,
  maxDisagreement: share.prefault("1%").describe("beyond it only repayment from the wallet is allowed"),
  stopLoss: usd.optional(),
  takeProfit: usd.optional(),
  allow: positive
    .optional()
    .describe("whole tokens that may be taken: of the aToken for a collateral, of the wallet for a debt"),
});

/** A guardian policy as a person writes it; the defaults are those of a volatile loan. */
const WrittenPolicy = z.strictObject({
  plimsoll: z.literal("guardian-policy/1"),
  guardian: addressField,
  owner: addressField,
  revisions: z.array(whole).min(1).prefault(["10", "11"]),
  debts: z.array(asset).min(1),
  collaterals: z.array(asset).min(1),
  trigger: positive.prefault("1.20"),
  urgent: positive.prefault("1.08"),
  target: z.tuple([positive, positive]).prefault(["1.40", "1.50"]),
  cost: z
    .strictObject({
      atTrigger: share.prefault("0.5%"),
      bonusShare: share.prefault("60%"),
      ceiling: share.prefault("5%"),
      maxPremium: share.prefault("0.1%"),
    })
    .prefault({}),
  bounty: z.strictObject({
    atTrigger: share.prefault("0.05%"),
    atUrgent: share.prefault("0.5%"),
    perCall: usd,
    perPeriod: usd,
  }),
  caps: z.strictObject({ perCall: usd, perPeriod: usd, period: duration.prefault("24h") }),
  expires: moment,
  cooldown: duration.prefault("10m"),
  fromWallet: z.boolean().prefault(false),
  nonce: whole.prefault("0"),
  epoch: whole.prefault("0"),
  executors: z.array(addressField).prefault([]),
});
type Written = z.output<typeof WrittenPolicy>;

/** A policy file with what it says of allowances, before the market was asked. */
export interface PolicyFile {
  readonly name: string;
  readonly written: Written;
}

export function readPolicyFile(name: string): Result<PolicyFile, Why> {
  const file = readSourceFile(name);
  if (!file.ok) return file;
  const written = checkSource(file.value, WrittenPolicy, file.value.value);
  return written.ok ? ok({ name, written: written.value }) : written;
}

/** What the market itself says of a policy: its addresses and tokens. */
export interface PinnedMarket {
  readonly provider: `0x${string}`;
  readonly oracle: `0x${string}`;
  readonly listed: readonly Listed[];
}

/** A policy in the contract's words, and which tokens it wants allowed, in their own units. */
export interface PinnedPolicy {
  readonly policy: Policy;
  readonly allow: readonly { readonly listed: Listed; readonly of: "aToken" | "asset"; readonly amount: bigint }[];
}

const bps = (value: Exact): bigint => rescale(value, 4, "down").digits;
const dollars = ({ amount: value }: { readonly amount: Exact }): bigint => rescale(value, 8, "down").digits;
const wad = (value: Exact): bigint => rescale(value, 18, "down").digits;
const seconds = (value: Ms): bigint => BigInt(value) / 1_000n;
const nobody = "0x0000000000000000000000000000000000000000";

/** Pins a written policy to the market as it is now; rounding is always toward allowing less. */
export function pinPolicy(
  { written }: PolicyFile,
  { provider, oracle, listed }: PinnedMarket,
): Result<PinnedPolicy, Why> {
  const find = (name: string) =>
    listed.find((each) => each.symbol === name || each.asset.toLowerCase() === name.toLowerCase());
  const unknown = [...written.debts, ...written.collaterals].find(({ asset: name }) => find(name) === undefined);
  if (unknown !== undefined) {
    const next = `write one of ${listed.map(({ symbol }) => symbol).join(", ")}, or an address`;
    return fail(why("guardian/unknown-asset", { value: unknown.asset, next }));
  }
  const pin = ({
    asset: name,
    second,
    heartbeat,
    maxAge,
    secondMaxAge,
    maxDisagreement,
    stopLoss,
    takeProfit,
  }: Written["debts"][number]) => ({
    ...({ asset: find(name)!.asset, source: nobody, heartbeat: heartbeat ?? nobody, second } as const),
    ...{ sourceMaxAge: seconds(maxAge), secondMaxAge: seconds(secondMaxAge), maxDisagreement: bps(maxDisagreement) },
    ...{
      stopLoss: stopLoss === undefined ? 0n : dollars(stopLoss),
      takeProfit: takeProfit === undefined ? 0n : dollars(takeProfit),
    },
  });
  const wanted = (assets: Written["debts"], of: "aToken" | "asset") =>
    assets.flatMap(({ asset: name, allow }) => {
      const token = find(name)!;
      return allow === undefined ? [] : [{ listed: token, of, amount: rescale(allow, token.decimals, "down").digits }];
    });
  const { trigger, urgent, target, cost, bounty, caps } = written;
  const policy: Policy = {
    ...{ owner: written.owner, provider, oracle, revisions: written.revisions.map(BigInt) },
    debts: written.debts.map(pin),
    collaterals: written.collaterals.map(pin),
    health: { trigger: wad(trigger), urgent: wad(urgent), targetLow: wad(target[0]), targetHigh: wad(target[1]) },
    cost: {
      atTrigger: bps(cost.atTrigger),
      bonusShare: bps(cost.bonusShare),
      ceiling: bps(cost.ceiling),
      maxPremium: bps(cost.maxPremium),
    },
    bounty: {
      atTrigger: bps(bounty.atTrigger),
      atUrgent: bps(bounty.atUrgent),
      perCall: dollars(bounty.perCall),
      perPeriod: dollars(bounty.perPeriod),
    },
    caps: { perCall: dollars(caps.perCall), perPeriod: dollars(caps.perPeriod), period: seconds(caps.period) },
    terms: {
      ...{ expiry: seconds(written.expires), cooldown: seconds(written.cooldown), reserveRepay: written.fromWallet },
      ...{ nonce: BigInt(written.nonce), epoch: BigInt(written.epoch) },
    },
    executors: written.executors,
  };
  return ok({
    policy,
    allow: [...wanted(written.collaterals, "aToken"), ...wanted(written.fromWallet ? written.debts : [], "asset")],
  });
}
