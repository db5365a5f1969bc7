// Price caps read from adapters that stand before the pool's feeds: our own in Solidity, with the published formulas and function names.
import { exact, text } from "@plimsoll/core/units";
import { openDouble, transact } from "@plimsoll/sim/chain";
import type { Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { discover } from "./discover.ts";
import { aaveV3Margin as margin } from "./margin.ts";
import { aaveAccount, oracleQuote } from "./names.ts";
import { capPrice } from "./price-cap.ts";
import { selfCheck, sceneOf } from "./self-check.ts";
import { readSnapshot } from "./snapshot.ts";
import type { PriceCap } from "./terms.ts";
import { type World, openWorld, sure } from "./testing/world.ts";

const WAD = 10n ** 18n;
const RATIO = (115n * WAD) / 100n;
const YEARLY = 968n;
let world: World;
let user: Hex;
let since: bigint;
const adapters = new Map<string, Hex>();

const admin = () => world.chain.accounts[0]!;
const feedOf = (symbol: string) => world.chain.addresses.feeds[symbol]!;
const setSource = async (symbol: string, source: Hex) => {
  const oracle = world.chain.contract("AaveOracle", sure(await discover(world.client, world.sourceOf(user))).oracle);
  const token = world.chain.addresses.tokens[symbol]!;
  const { status } = await transact(world.chain.rpc, admin(), oracle, "setAssetSources", [[token], [source]]);
  expect(status).toBe("0x1");
};
const read = async () => {
  const source = world.sourceOf(user);
  return sure(await readSnapshot(world.client, source, sure(await discover(world.client, source))));
};
const capOf = async (symbol: string): Promise<PriceCap> =>
  (await read()).terms.reserves.find(({ asset }) => asset === symbol)!.priceCap;

beforeAll(async () => {
  world = await openWorld();
  user = world.borrowers[0]!;
  const contracts = ["RatioCap", "StableCap", "OpaqueAdapter"];
  const deploy = sure(await openDouble(world.chain, { folder: "solidity-capo", file: "PriceCaps", contracts }));
  since = (await world.client.getBlock()).timestamp - 8_640_000n;
  const [LINK, USDC, DAI] = [
    await deploy("RatioCap", feedOf("WETH"), RATIO, since, YEARLY),
    await deploy("StableCap", feedOf("USDC"), 104_000_000n),
    await deploy("OpaqueAdapter", feedOf("DAI")),
  ];
  for (const [symbol, made] of Object.entries({ LINK, USDC, DAI })) {
    adapters.set(symbol, sure(made).address);
    await setSource(symbol, sure(made).address);
  }
  const { tokens } = world.chain.addresses;
  const act = async (method: string, ...args: readonly unknown[]) =>
    expect((await transact(world.chain.rpc, user, world.pool, method, args)).status).toBe("0x1");
  await act("supply", tokens["LINK"], 1_000n * WAD, user, 0);
  await act("borrow", tokens["USDC"], 500_000n * 10n ** 6n, 2n, 0, user);
});
afterAll(() => world?.stop());

const setRatio = async (ratio: bigint) => {
  const contract = { address: adapters.get("LINK")!, abi: ratioAbi };
  expect((await transact(world.chain.rpc, admin(), contract, "set", [ratio])).status).toBe("0x1");
};
const ratioAbi = [
  { type: "function", name: "set", inputs: [{ type: "int256" }], outputs: [], stateMutability: "nonpayable" },
] as const;

test("adapters that tell their cap are read, feeds have none, and an adapter that tells nothing is unknown, never none", async () => {
  // source: formula of aave-capo: 1.15 a snapshot ago, growing 9.68 % of it a year, floored to a second
  expect(await capOf("LINK")).toEqual({
    ...{ kind: "ratio", base: "WETH", ratio: RATIO, ratioDecimals: 18, since },
    growthPerSecond: (RATIO * YEARLY) / 10_000n / 31_536_000n,
  });
  expect(await capOf("USDC")).toEqual({ kind: "stable", most: 104_000_000n });
  expect([await capOf("DAI"), await capOf("WETH"), await capOf("WBTC")]).toEqual(["unknown", "none", "none"]);
  expect(sure(selfCheck(await read(), world.sourceOf(user)))).toBe(undefined);
});

test("a capped adapter's answer is our cap to the last digit at any moment and base price", async () => {
  await setRatio(2n * WAD);
  for (const [wait, price] of [
    [1, 240_000_000_000n],
    [86_400, 190_123_456_789n],
    [31_536_000, 333_333_333_333n],
  ] as const) {
    await world.chain.setPrice("WETH", price);
    await world.chain.mine(Number((await world.client.getBlock()).timestamp) + wait);
    const { body, prices, terms } = await read();
    const cap = terms.reserves.find(({ asset }) => asset === "LINK")!.priceCap;
    if (cap === "none" || cap === "unknown") throw new Error("no cap");
    expect(capPrice(cap, body.timestamp, prices.get("WETH"), 0)).toBe(prices.get("LINK"));
  }
});

test("a what-if above the caps counts what the pool would see", async () => {
  await setRatio(RATIO);
  const snapshot = await read();
  const scene = sceneOf(snapshot, world.sourceOf(user));
  const account = aaveAccount("local", user);
  const at = (asset: string, times: bigint) => {
    const key = oracleQuote("local", asset);
    const quote = scene.quotes.get(key)!;
    const quotes = new Map(scene.quotes).set(key, {
      ...quote,
      value: exact(quote.value.digits * times, quote.value.scale),
    });
    const line = margin.assess(snapshot.body, account, { ...scene, quotes }).lines[0]!;
    return text(line.health);
  };
  // the debt's dollar at two dollars is counted at 1.04, and the collateral at ten times its price at its cap
  expect(Number(at("USDC", 2n)) / Number(at("USDC", 1n))).toBeCloseTo(1 / 1.04, 6);
  expect(Number(at("LINK", 10n)) / Number(at("LINK", 1n))).toBeLessThan(1.4);
});

test("a source that was replaced is discovered anew; one whose answer is above the cap that it tells is not believed", async () => {
  const source = world.sourceOf(user);
  const known = sure(await discover(world.client, source));
  await setSource("USDC", feedOf("USDC"));
  expect(await readSnapshot(world.client, source, known)).toMatchObject({
    failure: { code: "aave-v3/discovery-outdated" },
  });
  expect(await capOf("USDC")).toBe("none");
  await setSource("USDC", adapters.get("USDC")!);
  const fresh = sure(await discover(world.client, source));
  const reserves = fresh.reserves.map((each) =>
    each.asset === "LINK" ? { ...each, cap: { kind: "ratio", base: "USDC", ratioDecimals: 18 } as const } : each,
  );
  const { terms } = sure(await readSnapshot(world.client, source, { ...fresh, reserves }));
  expect(terms.reserves.find(({ asset }) => asset === "LINK")!.priceCap).toBe("unknown");
});
