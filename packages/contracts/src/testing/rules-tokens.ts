import { strict as assert } from "node:assert";
import { type Hex, maxUint256 } from "viem";
import { type Bench, USDC, make, mint, must, rearm, rescue, verdict } from "./bench.ts";
import { configurator, supply } from "./moves.ts";
import type { Rule } from "./rules.ts";

/** In the order of the contract's own list. */
const odd = { Fee: 0, Rebase: 1, Quirk: 2, Refuse: 3, Lie: 4, Toll: 5 } as const;
/** The issuer of a token changes its rules: same place, same balances, other code. */
const replace = async (bench: Bench, symbol: "WETH" | "USDC", rule: keyof typeof odd) => {
  const made = await make(bench, "testing/OddToken", odd[rule], symbol === "WETH" ? 18 : 6);
  const { rpc } = bench.world.chain;
  const code = await rpc.request<Hex>("eth_getCode", [made.address, "latest"]);
  await rpc.request("anvil_setCode", [bench.token(symbol).address, code]);
};

export const tokenRules: readonly Rule[] = [
  {
    name: "InexactToken: fee on transfer and rebasing, in the collateral or in the debt, refused by what they do",
    run: async (bench) => {
      const args = await rescue(bench);
      await mint(bench.world.chain, "USDC", bench.owner, 40_000n * USDC);
      await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, 40_000n * USDC], bench.owner);
      await replace(bench, "WETH", "Fee");
      assert.equal(await verdict(bench, "execute", args), "InexactToken");
      await replace(bench, "WETH", "Rebase");
      assert.equal(await verdict(bench, "execute", args), "InexactToken");
      await replace(bench, "WETH", "Quirk");
      await replace(bench, "USDC", "Fee");
      assert.equal(await verdict(bench, "execute", args), "InexactToken");
      assert.equal(await verdict(bench, "repayFromReserve", [args[0], args[1], 35_000n * USDC]), "InexactToken");
    },
  },
  {
    name: "InexactToken: a toll on top is not paid out of what lies in the guardian",
    run: async (bench) => {
      for (const holder of [bench.owner, bench.guardian.address])
        await mint(bench.world.chain, "USDC", holder, 40_000n * USDC);
      await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, 40_000n * USDC], bench.owner);
      await replace(bench, "USDC", "Toll");
      const args = [bench.policy, bench.token("USDC").address, 35_000n * USDC];
      assert.equal(await verdict(bench, "repayFromReserve", args), "InexactToken");
    },
  },
  {
    name: "InexactToken: a fee on the debt asset where it is the collateral too, without a loan",
    run: async (bench) => {
      await supply(bench, bench.owner, "USDC", 40_000n * USDC);
      await must(bench, bench.aToken("USDC"), "approve", [bench.guardian.address, maxUint256], bench.owner);
      const flash = [bench.token("USDC").address, false];
      await must(bench, configurator(bench), "setReserveFlashLoaning", flash, bench.admin);
      const health = { ...bench.policy.health, trigger: 135n * 10n ** 16n };
      const policy = await rearm(bench, { collaterals: bench.policy.debts, health });
      const sales = [{ amount: 22_000n * USDC, route: bench.stranger, data: "0x" }];
      const args = [policy, bench.token("USDC").address, 22_000n * USDC, sales];
      await replace(bench, "USDC", "Fee");
      assert.equal(await verdict(bench, "execute", args), "InexactToken");
    },
  },
  {
    name: "TokenFailed: a token that answers no; one that says yes and does nothing is seen by its balances",
    run: async (bench) => {
      await mint(bench.world.chain, "USDC", bench.owner, 40_000n * USDC);
      await must(bench, bench.token("USDC"), "approve", [bench.guardian.address, 40_000n * USDC], bench.owner);
      const args = [bench.policy, bench.token("USDC").address, 35_000n * USDC];
      await replace(bench, "USDC", "Refuse");
      assert.equal(await verdict(bench, "repayFromReserve", args), "TokenFailed");
      await replace(bench, "USDC", "Lie");
      assert.equal(await verdict(bench, "repayFromReserve", args), "InexactToken");
    },
  },
  {
    name: "USDT's approval: no answer, and no change from one allowance to another",
    run: async (bench) => {
      const args = await rescue(bench);
      await replace(bench, "USDC", "Quirk");
      assert.equal(await verdict(bench, "execute", args), "done");
      const { rpc, addresses } = bench.world.chain;
      await rpc.request("anvil_impersonateAccount", [bench.guardian.address]);
      await rpc.request("anvil_setBalance", [bench.guardian.address, "0xde0b6b3a7640000"]);
      await must(bench, bench.token("USDC"), "approve", [addresses.pool, 5n], bench.guardian.address);
      assert.equal(await verdict(bench, "execute", args), "done");
    },
  },
];
