import { canonical, dec } from "@plimsoll/core/units";
import { openDemoPosition, testAccount, transact } from "@plimsoll/sim/chain";
import { type Hex, decodeEventLog, keccak256, zeroAddress } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { guardianAbi, pairRouteAbi } from "./bindings/index.ts";
import { checkGuardian } from "./deploy.ts";
import type { Outcome, Policy } from "./policy.ts";
import { type Rescue, type Site, proposeRescue } from "./propose-rescue.ts";
import { proposeReserveRepay } from "./propose-reserve.ts";
import { readPolicy } from "./read-policy.ts";
import { readGuardian } from "./reader.ts";
import { readPairRoute } from "./routes.ts";
import {
  type GuardianChain,
  aTokenOf,
  health,
  mint,
  movePair,
  openPosition,
  startGuardianChain,
  unwrap,
  usd,
} from "./testing/guardian-chain.ts";
import { policyId, policyTypedData } from "./typed-data.ts";

let world: GuardianChain;
let snapshot: Hex;
beforeAll(async () => {
  world = await startGuardianChain();
  snapshot = await world.chain.rpc.request<Hex>("evm_snapshot", []);
});
afterAll(() => world.chain.stop());

/** Back to the untouched market: every transaction has its receipt by then. */
async function fresh(): Promise<GuardianChain> {
  await world.chain.rpc.request("evm_revert", [snapshot]);
  snapshot = await world.chain.rpc.request<Hex>("evm_snapshot", []);
  return world;
}

test("the guardian stands where its code says, and anything else is refused", async () => {
  const { guardian, chain } = world;
  const code = await chain.rpc.request<Hex>("eth_getCode", [guardian.address, "latest"]);
  const found = { code, provider: chain.addresses.provider, morpho: zeroAddress };
  expect(checkGuardian(guardian.address, found)).toEqual({ ok: true, value: undefined });
  const refusedAs = (...[address, other, bad]: Parameters<typeof checkGuardian>) => {
    const checked = checkGuardian(address, other, bad);
    return checked.ok ? "accepted" : checked.failure.code;
  };
  const changed: Hex = `${code.slice(0, 200) as Hex}00${code.slice(202)}`;
  expect(refusedAs(guardian.address, { ...found, code: changed })).toBe("guardian/unknown-code");
  expect(refusedAs(guardian.address, { ...found, code: "0x" })).toBe("guardian/unknown-code");
  expect(refusedAs(guardian.address, { ...found, provider: chain.addresses.pool })).toBe("guardian/unknown-code");
  const bad = { hash: keccak256(code), immutables: [], reason: "an example" };
  expect(refusedAs(guardian.address, found, [bad])).toBe("guardian/known-bad");
});

test("a policy that went through JSON and was signed as typed data is armed by a stranger", async () => {
  const { guardian, chain, reader } = await fresh();
  const owner = testAccount(1);
  const policy = unwrap(readPolicy(JSON.parse(canonical(world.policy(owner.address.toLowerCase() as Hex)))));
  const signature = await owner.signTypedData(policyTypedData(chain.chainId, guardian.address, policy));
  const { status } = await transact(chain.rpc, chain.accounts[5]!, guardian, "armBySignature", [policy, signature]);
  expect(status).toBe("0x1");
  expect(unwrap(await readGuardian(reader(), { to: guardian.address }, "stateOf", [policy]))[0]).toBe(true);
  expect(unwrap(await readGuardian(reader(), { to: guardian.address }, "idOf", [policy]))).toBe(policyId(policy));
});

test("the real pair pays what the curve says for any amount, and not a unit more", async () => {
  const { chain, route, reader } = await fresh();
  const { WETH, USDC } = chain.addresses.tokens as Record<"WETH" | "USDC", Hex>;
  const [seller = "0x" as Hex] = chain.accounts;
  for (const [sell, buy, amount, data] of [
    ["WETH", USDC, 3n * 10n ** 18n, "none"],
    ["WETH", USDC, 1_234_567_890_123_456_789n, "wanted"],
    ["USDC", WETH, 999_999_999n, "none"],
  ] as const) {
    const { curve, data: dataOf } = unwrap(
      await readPairRoute(reader(), { name: "pair", address: route }, chain.addresses.tokens[sell]!, buy),
    );
    const out = curve(amount);
    const bought = balanceOf(chain, buy, seller);
    await mint(chain, sell, route, amount);
    const before = await bought;
    const asked = data === "none" ? "0x" : dataOf(out);
    const { status } = await transact(chain.rpc, seller, { address: route, abi: pairRouteAbi }, "swap", [
      chain.addresses.tokens[sell],
      buy,
      amount,
      out,
      asked,
    ]);
    expect(status).toBe("0x1");
    expect((await balanceOf(chain, buy, seller)) - before).toBe(out);
    expect(await balanceOf(chain, chain.addresses.tokens[sell]!, route)).toBe(0n);
  }
});

const balanceOf = async ({ rpc }: GuardianChain["chain"], token: Hex, of: Hex): Promise<bigint> =>
  BigInt(
    await rpc.request<Hex>("eth_call", [{ to: token, data: `0x70a08231${of.slice(2).padStart(64, "0")}` }, "latest"]),
  );

/** Where an executor looks: at the block that is about to be made. */
const siteOf = ({ reader, guardian, chain }: GuardianChain, routesBetween: Site["routesBetween"]): Site => ({
  reader: reader("pending"),
  guardian: guardian.address,
  executor: chain.accounts[6]!,
  routesBetween,
});
const throughPair =
  ({ route, reader }: GuardianChain): Site["routesBetween"] =>
  async (sell, buy) => [unwrap(await readPairRoute(reader("pending"), { name: "pair", address: route }, sell, buy))];

/** Mines the proposed call as the executor and reads what the contract says of it. */
async function execute(
  { chain, guardian }: GuardianChain,
  policy: Policy,
  { debt, repay, sales }: Rescue,
): Promise<Outcome> {
  const { status, logs } = await transact(chain.rpc, chain.accounts[6]!, guardian, "execute", [
    policy,
    debt,
    repay,
    sales,
  ]);
  expect(status).toBe("0x1");
  const log = logs.findLast(({ address }) => address === guardian.address)!;
  const event = decodeEventLog({ abi: guardianAbi, data: log.data, topics: log.topics });
  if (event.eventName !== "Rescued") throw new Error(event.eventName);
  return event.args.outcome;
}

async function armed(
  world: GuardianChain,
  price: bigint,
  change: Partial<Policy> = {},
  debt = "160000",
): Promise<Policy> {
  const [, owner = "0x" as Hex] = world.chain.accounts;
  await openPosition(world, owner, { debt });
  const policy = world.policy(owner, change);
  await transact(world.chain.rpc, owner, world.guardian, "arm", [policy]);
  await world.setPrice("WETH", price);
  return policy;
}

test.for([
  ["between trigger and urgent, through the pair", usd(2_280), {}],
  ["far below urgent", usd(1_990), {}],
  [
    "with a cap that ends before the band",
    usd(2_100),
    { caps: { perCall: usd(9_000), perPeriod: usd(9_000), period: 86_400n } },
  ],
] as const)("the preview is what the contract does, to the wei: %s", async ([, price, change]) => {
  const world = await fresh();
  const policy = await armed(world, price, change);
  await movePair(world, price);
  const proposed = unwrap(await proposeRescue(siteOf(world, throughPair(world)), policy, policy.debts[0]!.asset));
  const did = await execute(world, policy, proposed);
  expect(did).toEqual(proposed.outcome);
  expect(did.healthAfter > did.healthBefore).toBe(true);
  expect(proposed.cost.digits > 0n).toBe(true);
});

test("two collaterals of an e-mode, the second through a venue that sells all it gets: to the wei as well", async () => {
  const world = await fresh();
  const { chain, guardian, venue } = world;
  const [, owner = "0x" as Hex] = chain.accounts;
  const { WETH, wstETH } = chain.addresses.tokens as Record<"WETH" | "wstETH", Hex>;
  const debt = [{ symbol: "WETH", amount: dec("85") }];
  const supply = ["WETH", "wstETH"].map((symbol, place) => ({ symbol, amount: dec(["30", "60"][place]!) }));
  unwrap(await openDemoPosition(chain, { user: owner, supply, borrow: debt, eMode: 1 }));
  for (const symbol of ["WETH", "wstETH"]) {
    const token = chain.contract("FaucetToken", await aTokenOf(chain, symbol));
    await transact(chain.rpc, owner, token, "approve", [
      guardian.address,
      4n * 10n ** 18n * (symbol === "WETH" ? 1n : 10n),
    ]);
  }
  const pinned = (symbol: string) => ({
    ...world.policy(owner).debts[0]!,
    asset: chain.addresses.tokens[symbol]!,
    source: chain.addresses.feeds[symbol]!,
    second: world.second[symbol]!.address,
  });
  const policy = world.policy(owner, {
    ...{ debts: [pinned("WETH")], collaterals: [pinned("WETH"), pinned("wstETH")] },
    health: { trigger: health("1.10"), urgent: health("1.04"), targetLow: health("1.17"), targetHigh: health("1.25") },
  });
  await transact(chain.rpc, owner, guardian, "arm", [policy]);
  await world.setPrice("wstETH", usd(2_700));
  await transact(chain.rpc, owner, venue, "setSlippage", [12n]);
  // what the venue pays: the oracle's price less 12 bps, whatever is wanted
  const curve = (amount: bigint) => (amount * usd(2_700) * 9_988n) / (usd(2_400) * 10_000n);
  const routesBetween: Site["routesBetween"] = async (sell) =>
    sell === wstETH ? [{ name: "venue", address: venue.address, curve, data: () => "0x" }] : [];
  const proposed = unwrap(await proposeRescue(siteOf(world, routesBetween), policy, WETH));
  expect(proposed.outcome.sold.every((sold) => sold > 0n)).toBe(true);
  expect(await execute(world, policy, proposed)).toEqual(proposed.outcome);
});

test("from the wallet's reserve as much is repaid as brings health into the band, and nothing is sold", async () => {
  const world = await fresh();
  const { chain, guardian } = world;
  const policy = await armed(world, usd(2_100));
  const [debt] = policy.debts;
  const site = siteOf(world, throughPair(world));
  expect(await proposeReserveRepay(site, policy, debt!.asset)).toMatchObject({
    failure: { facts: { reason: "ReserveEmpty" } },
  });
  await mint(chain, "USDC", policy.owner, 50_000n * 10n ** 6n);
  const token = chain.contract("FaucetToken", debt!.asset);
  await transact(chain.rpc, policy.owner, token, "approve", [guardian.address, 40_000n * 10n ** 6n]);
  const { outcome, repay, by } = unwrap(await proposeReserveRepay(site, policy, debt!.asset));
  expect(outcome).toMatchObject({ repaid: repay, premium: 0n, returned: 0n });
  expect(outcome.healthAfter).toBeGreaterThan(policy.health.targetLow);
  expect(outcome.healthAfter).toBeLessThan(policy.health.targetHigh);
  const { status } = await transact(chain.rpc, chain.accounts[6]!, guardian, by, [policy, debt!.asset, repay]);
  expect(status).toBe("0x1");
  expect(await balanceOf(chain, debt!.asset, policy.owner)).toBe(debtOwnersRest(outcome));
});

/** Of what the test's owner borrowed and was given, after repayment and bounty. */
const debtOwnersRest = ({ repaid, bounty }: Outcome): bigint => 210_000n * 10n ** 6n - repaid - bounty;
