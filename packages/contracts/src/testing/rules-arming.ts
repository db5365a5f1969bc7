import { strict as assert } from "node:assert";
import { testAccount } from "@plimsoll/sim/chain";
import { type Hex, decodeErrorResult, encodeFunctionData, hashTypedData, hexToString, trim, zeroAddress } from "viem";
import type { Policy } from "@plimsoll/contracts";
import { policyTypedData } from "@plimsoll/contracts";
import { type Bench, WAD, answerOf, ask, must, make, rearm, rescue, verdict } from "./bench.ts";
import type { Rule } from "./rules.ts";

/** A policy that was never armed. */
const fresh = ({ policy }: Bench, change: Partial<Policy> = {}): Policy => ({
  ...policy,
  ...change,
  terms: { ...policy.terms, nonce: 77n, ...change.terms },
});
type Change = (bench: Bench) => Partial<Policy>;

const asset =
  (change: (bench: Bench) => Partial<Policy["debts"][number]>): Change =>
  (bench) => ({
    collaterals: [{ ...bench.policy.collaterals[0]!, ...change(bench) }],
  });
const part =
  <K extends "health" | "cost" | "bounty" | "caps" | "terms">(name: K, change: Partial<Policy[K]>): Change =>
  ({ policy }) => ({ [name]: { ...policy[name], ...change } });

// oxfmt-ignore
const invalid: readonly (readonly [field: string, what: string, change: Change])[] = [
  ["provider", "another market", ({ stranger }) => ({ provider: stranger })],
  ["oracle", "another oracle", ({ stranger }) => ({ oracle: stranger })],
  ["revisions", "a revision that the pool does not have", () => ({ revisions: [9n, 11n] })],
  ["health", "urgent at 1", part("health", { urgent: WAD })],
  ["health", "urgent at the trigger", ({ policy: { health } }) => ({ health: { ...health, urgent: health.trigger } })],
  ["health", "a band at the trigger", ({ policy: { health } }) => ({ health: { ...health, targetLow: health.trigger } })],
  ["health", "a band without height", ({ policy: { health } }) => ({ health: { ...health, targetHigh: health.targetLow } })],
  ["cost", "a start above the ceiling", part("cost", { atTrigger: 501n })],
  ["cost", "a ceiling above everything", part("cost", { ceiling: 10_001n })],
  ["cost", "more than 60 % of the bonus", part("cost", { bonusShare: 6_001n })],
  ["cost", "a premium above everything", part("cost", { maxPremium: 10_001n })],
  ["bounty", "a bounty that falls with danger", part("bounty", { atTrigger: 51n })],
  ["bounty", "a bounty above everything", part("bounty", { atUrgent: 10_001n })],
  ["bounty", "more in a call than in a period", part("bounty", { perCall: 2_000n * 10n ** 8n + 1n })],
  ["bounty", "a period beyond counting", part("bounty", { perPeriod: 1n << 64n })],
  ["caps", "no cap", part("caps", { perCall: 0n })],
  ["caps", "more in a call than in a period", part("caps", { perCall: 1_000_000n * 10n ** 8n + 1n })],
  ["caps", "a period beyond counting", part("caps", { perPeriod: 1n << 64n })],
  ["caps", "a period of no length", part("caps", { period: 0n })],
  ["caps", "a period without end", part("caps", { period: 1n << 32n })],
  ["expiry", "a policy of yesterday", part("terms", { expiry: 1_483_000_000n, nonce: 77n })],
  ["cooldown", "a cool-down without end", part("terms", { cooldown: 1n << 32n, nonce: 77n })],
  ["debts", "nothing to repay", () => ({ debts: [] })],
  ["collaterals", "nothing to sell", () => ({ collaterals: [] })],
  ["collaterals", "one twice", ({ policy }) => ({ collaterals: [...policy.collaterals, ...policy.collaterals] })],
  ["debts", "one that is not listed", ({ policy, stranger }) => ({ debts: [{ ...policy.debts[0]!, asset: stranger }] })],
  ["source", "a source that the oracle does not use", asset(({ stranger }) => ({ source: stranger }))],
  ["second", "no second price", asset(() => ({ second: zeroAddress }))],
  ["second", "the venue's own price as the second", asset(({ policy }) => ({ second: policy.collaterals[0]!.source }))],
  ["close", "a stop-loss at the take-profit", asset(() => ({ stopLoss: 5n, takeProfit: 5n }))],
];

const fieldOf = async (bench: Bench, policy: Policy): Promise<string> => {
  const { guardian, owner } = bench;
  const data = encodeFunctionData({ abi: guardian.abi, functionName: "arm", args: [policy] });
  const { refusal, data: reason } = await ask(bench, guardian, data, owner);
  if (refusal !== "InvalidPolicy" || reason === undefined) return refusal ?? "done";
  const { args } = decodeErrorResult({ abi: guardian.abi, data: reason });
  return hexToString(trim(args?.[0] as Hex, { dir: "right" }));
};

const signed = (
  bench: Bench,
  policy: Policy,
  by = 1,
  chainId = bench.world.chain.chainId,
  at = bench.guardian.address,
) => testAccount(by).signTypedData(policyTypedData(chainId, at, policy));

const arming = (bench: Bench, policy: Policy, signature: Hex) =>
  verdict(bench, "armBySignature", [policy, signature], bench.stranger);

/** The same signature with the other s, which an unguarded recovery takes as well. */
const mirrored = (signature: Hex): Hex => {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith("1b") ? "1c" : "1b";
  return `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}` as Hex;
};

export const armingRules: readonly Rule[] = [
  ...invalid.map(([field, what, change]): Rule => ({
    name: `InvalidPolicy ${field}: ${what}`,
    run: async (bench) => {
      assert.equal(await fieldOf(bench, fresh(bench)), "done");
      assert.equal(await fieldOf(bench, fresh(bench, change(bench))), field);
    },
  })),
  {
    name: "NotOwner: a stranger arms in the owner's name",
    run: async (bench) => assert.equal(await verdict(bench, "arm", [fresh(bench)], bench.stranger), "NotOwner"),
  },
  {
    name: "InvalidSignature: of another key, chain, contract or policy, mirrored, or cut short",
    run: async (bench) => {
      const policy = fresh(bench);
      const good = await signed(bench, policy);
      assert.equal(await arming(bench, policy, good), "done");
      const bad = [
        await signed(bench, policy, 2),
        await signed(bench, policy, 1, 1),
        await signed(bench, policy, 1, undefined, bench.stranger),
        mirrored(good),
        good.slice(0, -2) as Hex,
        `${good}00` as Hex,
        "0x" as const,
      ];
      for (const signature of bad) assert.equal(await arming(bench, policy, signature), "InvalidSignature");
      const greedy = { ...policy, caps: { ...policy.caps, perCall: policy.caps.perPeriod } };
      assert.equal(await arming(bench, greedy, good), "InvalidSignature");
      const nobody = { ...policy, owner: zeroAddress };
      assert.equal(await arming(bench, nobody, `${good.slice(0, -2)}00` as Hex), "InvalidSignature");
    },
  },
  {
    name: "EIP-1271: a contract signs what it was told to, and nothing else",
    run: async (bench) => {
      const wallet = await make(bench, "testing/ContractOwner");
      const policy = fresh(bench, { owner: wallet.address });
      assert.equal(await arming(bench, policy, "0x1234"), "InvalidSignature");
      const digest = hashTypedData(policyTypedData(bench.world.chain.chainId, bench.guardian.address, policy));
      await must(bench, wallet, "sign", [digest], bench.stranger);
      assert.equal(await arming(bench, policy, "0x1234"), "done");
      assert.equal(
        await arming(bench, fresh(bench, { owner: wallet.address, executors: [wallet.address] }), "0x"),
        "InvalidSignature",
      );
    },
  },
  {
    name: "NonceUsed: a signature is good once, also after its policy was cancelled, and not at all after its nonce was",
    run: async (bench) => {
      const policy = fresh(bench);
      const signature = await signed(bench, policy);
      await must(bench, bench.guardian, "armBySignature", [policy, signature], bench.stranger);
      assert.equal(await arming(bench, policy, signature), "NonceUsed");
      const other = fresh(bench, { terms: { ...bench.policy.terms, nonce: 258n } });
      await must(bench, bench.guardian, "cancelNonces", [1n, 1n << 2n], bench.owner);
      assert.equal(await verdict(bench, "arm", [other], bench.owner), "NonceUsed");
      const beside = fresh(bench, { terms: { ...bench.policy.terms, nonce: 257n } });
      assert.equal(await verdict(bench, "arm", [beside], bench.owner), "done");
    },
  },
  {
    name: "WrongEpoch and EpochNotRaised: all policies of an epoch end together, armed or only signed",
    run: async (bench) => {
      const signature = await signed(bench, fresh(bench));
      assert.equal(await verdict(bench, "raiseEpoch", [0n], bench.owner), "EpochNotRaised");
      const args = await rescue(bench);
      await must(bench, bench.guardian, "cancelAll", [], bench.owner);
      assert.equal(await arming(bench, fresh(bench), signature), "WrongEpoch");
      assert.equal(await verdict(bench, "execute", args), "WrongEpoch");
      assert.equal(await verdict(bench, "raiseEpoch", [1n], bench.owner), "EpochNotRaised");
      const later = { ...bench.policy.terms, epoch: 1n };
      assert.equal(await verdict(bench, "arm", [fresh(bench, { terms: later })], bench.owner), "NonceUsed");
      await rearm(bench, { terms: later });
    },
  },
  {
    name: "NotArmed: cancelled, altered by one word, or never armed; nobody cancels for another",
    run: async (bench) => {
      const [policy, ...rest] = await rescue(bench);
      assert.equal(
        await verdict(bench, "execute", [{ ...(policy as Policy), executors: [bench.executor] }, ...rest]),
        "NotArmed",
      );
      const id = await answerOf<Hex>(bench, bench.guardian, "idOf", [policy]);
      assert.equal(await verdict(bench, "cancel", [id], bench.stranger), "NotArmed");
      await must(bench, bench.guardian, "cancel", [id], bench.owner);
      assert.equal(await verdict(bench, "execute", [policy, ...rest]), "NotArmed");
      assert.equal(await verdict(bench, "cancel", [id], bench.owner), "NotArmed");
    },
  },
];
