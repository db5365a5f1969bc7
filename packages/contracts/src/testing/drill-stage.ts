import { type Policy, type Rescue, type Site, healthOf, readAccount } from "@plimsoll/contracts";
import { type Result, type Why, dec } from "@plimsoll/core/units";
import { type Contract, openDemoPosition } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { WAD, must } from "./bench.ts";
import { type GuardianChain, aTokenOf, health, mint, unwrap, usd } from "./guardian-chain.ts";

export const token = (world: GuardianChain, symbol: string): Hex => world.chain.addresses.tokens[symbol]!;
export const sendAs = (world: GuardianChain, from: Hex, to: Contract, name: string, args: readonly unknown[]) =>
  must({ world }, to, name, args, from);
export const faucet = (world: GuardianChain, address: Hex) => world.chain.contract("FaucetToken", address);
export const accountOf = async (world: GuardianChain, owner: Hex) =>
  unwrap(await readAccount(world.reader(), world.chain.addresses.provider, owner));
export const healthNow = async (world: GuardianChain, owner: Hex): Promise<bigint> =>
  healthOf(await accountOf(world, owner)) ?? 0n;
export const reasonOf = (result: Result<unknown, Why>) =>
  result.ok ? "done" : (result.failure.facts["reason"] ?? result.failure.code);
/** Seconds that pass, with a block at their end. */
export const pass = async (world: GuardianChain, seconds: number) => {
  const { timestamp } = await world.chain.rpc.request<{ timestamp: Hex }>("eth_getBlockByNumber", ["latest", false]);
  await world.chain.mine(Number(timestamp) + seconds);
};

/** A position whose collateral the guardian may take. */
export async function guarded(
  world: GuardianChain,
  owner: Hex,
  supply: readonly [string, string],
  borrow: readonly [string, string],
  eMode?: number,
) {
  const amountOf = ([symbol, amount]: readonly [string, string]) => ({ symbol, amount: dec(amount) });
  const position = { user: owner, supply: [amountOf(supply)], borrow: [amountOf(borrow)] };
  unwrap(await openDemoPosition(world.chain, { ...position, ...(eMode !== undefined && { eMode }) }));
  const aToken = faucet(world, await aTokenOf(world.chain, supply[0]));
  await sendAs(world, owner, aToken, "approve", [world.guardian.address, 10_000n * WAD]);
}
export const arm = async (world: GuardianChain, owner: Hex, change: Partial<Policy>): Promise<Policy> => {
  const policy = world.policy(owner, change);
  await sendAs(world, owner, world.guardian, "arm", [policy]);
  return policy;
};

/** Loops of wstETH against WETH. */
export const loopPolicy = (
  world: GuardianChain,
  trigger: string,
  urgent: string,
  band: readonly [string, string],
): Partial<Policy> => {
  const pinned = (symbol: string) => ({
    ...world.policy(world.chain.accounts[0]!).debts[0]!,
    ...{
      asset: token(world, symbol),
      source: world.chain.addresses.feeds[symbol]!,
      second: world.second[symbol]!.address,
    },
  });
  return {
    ...{ debts: [pinned("WETH")], collaterals: [pinned("wstETH")] },
    health: {
      ...{ trigger: health(trigger), urgent: health(urgent) },
      ...{ targetLow: health(band[0]), targetHigh: health(band[1]) },
    },
    caps: { perCall: usd(3_000_000), perPeriod: usd(6_000_000), period: 86_400n },
  };
};
/** Sells at the oracle's price less what the venue was told. */
export const siteAt = (world: GuardianChain, price: number, per: number, slippage: bigint): Site => ({
  ...{ reader: world.reader(), guardian: world.guardian.address, executor: world.chain.accounts[6]! },
  routesBetween: async () => [
    {
      ...{ name: "venue", address: world.venue.address, data: () => "0x" as const },
      curve: (amount) => (amount * usd(price) * (10_000n - slippage)) / (usd(per) * 10_000n),
    },
  ],
});
export const carryOut = (world: GuardianChain, policy: Policy, { by, debt, repay, sales }: Rescue) =>
  sendAs(world, world.chain.accounts[6]!, world.guardian, by, [
    policy,
    debt,
    repay,
    ...(by === "execute" ? [sales] : []),
  ]);
/** WETH in the owner's wallet, which the guardian may take. */
export async function reserve(world: GuardianChain, owner: Hex, amount: bigint) {
  await mint(world.chain, "WETH", owner, amount);
  await sendAs(world, owner, faucet(world, token(world, "WETH")), "approve", [world.guardian.address, amount]);
}
export const supplied = async (world: GuardianChain, owner: Hex): Promise<bigint> =>
  (await accountOf(world, owner)).find(({ asset }) => asset.toLowerCase() === token(world, "wstETH").toLowerCase())!
    .scaledSupply;
