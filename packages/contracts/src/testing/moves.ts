import { strict as assert } from "node:assert";
import type { Contract } from "@plimsoll/sim/chain";
import { maxUint256 } from "viem";
import type { Policy } from "@plimsoll/contracts";
import { type Bench, type RescueOptions, WAD, mint, must, rearm, rescue, verdict } from "./bench.ts";

export const configurator = ({ world: { chain } }: Pick<Bench, "world">): Contract =>
  chain.contract("PoolConfiguratorInstance", chain.addresses.configurator);
export const pool = ({ world: { chain } }: Pick<Bench, "world">): Contract =>
  chain.contract("PoolInstance", chain.addresses.pool);

/** Supplies as `who`, who then borrows where an amount is given. */
export async function supply(bench: Bench, who: Bench["owner"], symbol: string, amount: bigint) {
  await mint(bench.world.chain, symbol, who, amount);
  await must(bench, bench.token(symbol), "approve", [pool(bench).address, amount], who);
  await must(bench, pool(bench), "supply", [bench.token(symbol).address, amount, who, 0], who);
}
export const borrow = (bench: Bench, who: Bench["owner"], symbol: string, amount: bigint) =>
  must(bench, pool(bench), "borrow", [bench.token(symbol).address, amount, 2n, 0, who], who);

/** A second collateral of the owner's, allowed to the guardian, and a policy that may sell both. */
export async function withSecondCollateral(bench: Bench, amount = 10n * WAD): Promise<Policy> {
  await supply(bench, bench.owner, "wstETH", amount);
  await must(bench, bench.aToken("wstETH"), "approve", [bench.guardian.address, maxUint256], bench.owner);
  const { collaterals, health } = bench.policy;
  const { chain, second } = bench.world;
  const other = {
    ...collaterals[0]!,
    asset: bench.token("wstETH").address,
    source: chain.addresses.feeds["wstETH"]!,
    second: second["wstETH"]!.address,
  };
  return rearm(bench, { collaterals: [...collaterals, other], health: { ...health, trigger: 135n * 10n ** 16n } });
}

/** The pool lends no dollars for the length of a call. */
export const flashOff = (bench: Bench) =>
  must(bench, configurator(bench), "setReserveFlashLoaning", [bench.token("USDC").address, false], bench.admin);

/** What a rescue is told. */
export const refusalOf = async (bench: Bench, refusal: string, how: RescueOptions = {}) =>
  assert.equal(await verdict(bench, "execute", await rescue(bench, how)), refusal);
