import { dec } from "@plimsoll/core/units";
import type { Book } from "@plimsoll/server/contract";
import { type Chain, openDemoPosition, startChain } from "@plimsoll/sim/chain";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "./program.ts";

let chain: Chain;
beforeAll(async () => {
  const started = await startChain();
  if (!started.ok) throw new Error(started.failure.code);
  chain = started.value;
  const opened = await openDemoPosition(chain, {
    user: chain.accounts[1] ?? "0x",
    supply: [{ symbol: "WETH", amount: dec("10") }],
    borrow: [{ symbol: "USDC", amount: dec("12000") }],
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
});
/** The chain's last block is of this moment. */
const now = () => chain.mine(Math.floor(Date.now() / 1000));
afterAll(() => chain.stop());

async function check(user: string, ...more: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const { addresses, chainId, rpcUrl } = chain;
  const market = ["--market", addresses.provider, "--chain-id", String(chainId), "--multicall", addresses.multicall];
  const out = { line: (text: string) => lines.push(text), error: (text: string) => errors.push(text), colour: false };
  const code = await main(["check", user, "--rpc", rpcUrl, ...market, ...more], out);
  return { code, lines: lines.join("\n"), errors: errors.join("\n") };
}

test("a chain whose last block is years old is unknown, whatever its figures say", async () => {
  const { code, lines } = await check(chain.accounts[1] ?? "");
  expect([code, lines]).toEqual([20, expect.stringContaining("stale")]);
});

test("a borrower's address is read from the chain and assessed as the contract does", async () => {
  await now();
  const { code, lines, errors } = await check(chain.accounts[1] ?? "", "--json");
  expect(errors).toBe("");
  const [account] = (JSON.parse(lines) as Book).accounts;
  // source: the market's parameters: 10 WETH at 2,400 with a threshold of 83 % against 12,000 USDC at 1 is 1.66, before the interest of the years since
  expect(account?.health.is === "value" && Number(account.health.value)).toBeLessThan(1.66);
  expect(account?.health.is === "value" && Number(account.health.value)).toBeGreaterThan(1.5);
  // a fall of 36 %, where 45 % is watched for ETH
  expect([code, account?.danger]).toEqual([10, "watch"]);
});

test("an address without a position and a chain that is not the one expected are said plainly", async () => {
  const nobody = await check(chain.accounts[7] ?? "");
  expect([nobody.code, nobody.errors]).toEqual([2, expect.stringContaining("supplies and owes nothing there")]);
  const elsewhere = await check(chain.accounts[1] ?? "", "--chain-id", "1");
  expect([elsewhere.code, elsewhere.errors]).toEqual([20, expect.stringContaining("31337")]);
});
