import { decodeFunctionResult, encodeFunctionData } from "viem";
import { expect, test } from "vitest";
import { startChain } from "./chain.ts";
import { openMorpho } from "./morpho.ts";

test("a market of the real Morpho is created under the id that its parameters hash to", async () => {
  const chain = await startChain();
  if (!chain.ok) throw new Error(JSON.stringify(chain.failure));
  try {
    const opened = await openMorpho(chain.value);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const { morpho, createMarket } = opened.value;
    const market = await createMarket({
      loan: "USDC",
      collateral: "WETH",
      lltv: 860_000_000_000_000_000n,
      price: 2_400n * 10n ** 24n,
      irm: "utilisation",
      fee: 10n ** 17n,
    });
    const data = encodeFunctionData({ abi: morpho.abi, functionName: "market", args: [market.id] });
    const reply = await chain.value.rpc.request<`0x${string}`>("eth_call", [{ to: morpho.address, data }, "latest"]);
    const stored = decodeFunctionResult({ abi: morpho.abi, functionName: "market", data: reply }) as readonly bigint[];
    expect(stored.slice(0, 4)).toEqual([0n, 0n, 0n, 0n]);
    expect(stored[4]).toBeGreaterThan(0n);
    expect(stored[5]).toBe(10n ** 17n);
  } finally {
    await chain.value.stop();
  }
});
