// The actor on our own core in Solidity: the real contracts' names and formulas on an EVM, not Sky's contracts.
import type { Action, Actor, Holding } from "@plimsoll/core/book";
import { type Exact, assetId, canonical, dec, exact, holdingId, ms, text } from "@plimsoll/core/units";
import { testAccount, transact } from "@plimsoll/sim/chain";
import { mainUrl, rpcClient } from "@plimsoll/venues/chain";
import { type FaultyRpc, actThrough, faultyRpc, prepareBy, settledBy } from "@plimsoll/venues/chain/testing";
import { type Hex, parseAbi } from "viem";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { skyActor } from "./act.ts";
import { type SkySource, discover, ilkWord } from "./discover.ts";
import { eventsOf, sceneOf } from "./events.ts";
import { RAY, WAD } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { skyMargin } from "./margin.ts";
import { readSnapshot } from "./snapshot.ts";
import { RAD, ilkTerms } from "./testing.ts";
import { type LocalCore, openLocalCore } from "./testing/local-core.ts";
import { walletOf } from "./wallet.ts";

// A vault of the wallet's own address: 10 WETH at 2,500 against about 11,000, dust 7,500.
const wallet = 13;
const owner = testAccount(wallet).address.toLowerCase() as Hex;
const word = ilkWord({ ilk: "ETH-A" });
const { mat, chop, hole, auction } = ilkTerms("ETH-A");
const dust = 7_500n * RAD;
const duty = RAY + 1_547_125_957_863_212_448n;
const ART = 10_000n * WAD;
let core: LocalCore;
let rpc: FaultyRpc;
let source: SkySource;
let actor: Actor;
let attempt = 0;
const nextKey = () => `intent-${(attempt += 1)}`;

beforeAll(async () => {
  core = await openLocalCore();
  rpc = await faultyRpc(core.chain.rpcUrl);
  source = { ...core.sourceOf({ urn: owner, user: owner }), rpcUrls: [rpc.url], singleOperator: true, payer: owner };
  actor = skyActor(source, testAccount(wallet), { holdMs: 0 });
  // what vaults before this one put in
  for (const symbol of ["WETH", "DAI"]) await mint(symbol, core.part("SkyGemJoin").address, 100n * WAD);
}, 120_000);
afterAll(async () => {
  await rpc?.stop();
  await core?.chain.stop();
});
beforeEach(async () => {
  rpc.fault = () => "none";
  await core.send("SkyVat", "setIlk", word, RAY + RAY / 10n + 1n, 1n, dust);
  await core.send("SkyVat", "setUrn", word, owner, 10n * WAD, ART, 0n);
  await core.send("SkyJug", "set", word, duty, 7n);
  await core.send("SkySpotter", "set", word, core.part("SkyQueue").address, mat, RAY);
  await core.send("SkyQueue", "set", 2_500n * WAD, true, 2_500n * WAD, true);
  await core.send("SkySpotter", "poke", word);
  const { buf, tail, cusp, chip, tip } = auction;
  await core.send("SkyClip", "set", buf, tail, cusp, chip, tip, core.part("SkyStairs").address);
  await core.send("SkyDog", "set", word, [core.part("SkyClip").address, chop, hole, 0n], hole, 0n);
  for (const [symbol, units] of [
    ["WETH", 20n * WAD],
    ["DAI", 20_000n * WAD],
  ] as const)
    await setBalance(symbol, units);
});

const tokenAt = (symbol: string) => core.chain.addresses.tokens[symbol]!;
const mint = async (symbol: string, to: Hex, units: bigint) => {
  const contract = core.chain.contract("FaucetToken", tokenAt(symbol));
  await transact(core.chain.rpc, core.chain.accounts[0]!, contract, "mint", [to, units]);
};
const balanceOf = (symbol: string) =>
  rpcClient(core.chain.rpcUrl).readContract({
    ...{ address: tokenAt(symbol), abi: parseAbi(["function balanceOf(address) view returns (uint256)"]) },
    ...{ functionName: "balanceOf", args: [owner] },
  });
const setBalance = async (symbol: string, units: bigint) => {
  const contract = core.chain.contract("FaucetToken", tokenAt(symbol));
  await transact(core.chain.rpc, owner, contract, "transfer", [core.chain.accounts[9]!, await balanceOf(symbol)]);
  await mint(symbol, owner, units);
};
const read = async () => {
  const client = rpcClient(mainUrl(source));
  const known = await discover(client, source);
  const found = known.ok ? await readSnapshot(client, source, known.value) : known;
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  return found.value;
};
const holdingOf = async (): Promise<Holding> => {
  const event = eventsOf(await read(), holdingId("mine"), source).at(-1);
  if (event?.type !== "holding") throw new Error("no holding");
  return event.holding;
};
const of = (
  asset: string,
  amount: string,
): { readonly asset: ReturnType<typeof assetId>; readonly amount: Exact | "all" } => ({
  asset: assetId(asset),
  amount: amount === "all" ? amount : dec(amount),
});

/** Acts, and compares vault and vault type with what the engine said when it was prepared, and interest with what it says of the block. */
async function act(action: Action) {
  const before = await read();
  const scene = sceneOf(before, source);
  const predicted = skyMargin.apply(before.body, action, scene);
  const reply = await actThrough(actor, nextKey(), await holdingOf(), action);
  expect([action, reply]).toMatchObject([action, { is: "done" }]);
  const after = (await read()).body;
  expect(predicted.ok && predicted.value.vaults).toEqual(after.vaults);
  const later = skyMargin.apply(
    skyMargin.advance(before.body, ms(Number(after.ilks[0]!.rho) * 1_000), scene),
    action,
    scene,
  );
  expect(later.ok && later.value.ilks).toEqual(after.ilks);
  return { before: before.body, after, reply, predicted: predicted.ok ? predicted.value : before.body };
}
const spent = ({ before, after }: { before: SkyBody; after: SkyBody }, asset: string): bigint => {
  const [had, has] = [walletOf(before, asset), walletOf(after, asset)];
  if (had === "unknown" || has === "unknown") throw new Error("the wallet was read");
  return had - has;
};
const inCore = async (name: "dai" | "gem") => {
  const client = rpcClient(core.chain.rpcUrl);
  const address = core.part("SkyVat").address;
  const abi = parseAbi([
    "function dai(address) view returns (uint256)",
    "function gem(bytes32, address) view returns (uint256)",
  ]);
  return name === "dai"
    ? client.readContract({ address, abi, functionName: "dai", args: [owner] })
    : client.readContract({ address, abi, functionName: "gem", args: [word, owner] });
};

test("a part repaid: the vault as the engine said; what an hour of interest did not need stays the wallet's and is used first", async () => {
  const first = await act({ do: "repay", ...of("DAI", "2000.000000000000000001") });
  const paid = spent(first, "DAI");
  const floor = 2_000n * WAD;
  expect(paid >= floor && paid < floor + WAD / 10n).toBe(true);
  const rate = first.after.ilks[0]!.rate;
  const dart = ART - first.after.vaults[0]!.art;
  expect(await inCore("dai")).toBe(paid * RAY - dart * rate);
  expect(first.reply).toMatchObject({ flows: [{ asset: "DAI", amount: exact((dart * rate + RAY - 1n) / RAY, 18) }] });
  const credit = await inCore("dai");
  const second = await act({ do: "repay", ...of("DAI", "100") });
  const again = ART - dart - second.after.vaults[0]!.art;
  expect(await inCore("dai")).toBe(credit + spent(second, "DAI") * RAY - again * second.after.ilks[0]!.rate);
  expect(spent(second, "DAI") < 100n * WAD + WAD / 10n).toBe(true);
});

test("all is repaid without dust; an amount that was all when it was decided is all", async () => {
  const action: Action = { do: "repay", ...of("DAI", "all") };
  const all = await act(action);
  expect(all.after.vaults[0]!.art).toBe(0n);
  await core.send("SkyVat", "setUrn", word, owner, 10n * WAD, ART, 0n);
  await setBalance("DAI", 20_000n * WAD);
  const levers = skyMargin.levers!(
    (await read()).body,
    skyMargin.accounts((await read()).body)[0]!,
    sceneOf(await read(), source),
  );
  const whole = levers.filter(({ use }) => use === "repay").at(-1)!;
  await core.chain.mine(Number((await read()).body.timestamp) + 900);
  const late = await actThrough(actor, nextKey(), await holdingOf(), whole.act(whole.most, dec("0")));
  expect([text(whole.step), late.is]).toEqual([text(whole.most), "done"]);
  expect((await read()).body.vaults[0]!.art).toBe(0n);
});

test("collateral in and out: to the wei, and out to the wallet itself", async () => {
  const added = await act({ do: "supply", ...of("WETH", "1.5") });
  expect(spent(added, "WETH")).toBe((3n * WAD) / 2n);
  const taken = await act({ do: "withdraw", ...of("WETH", "0.500000000000000001") });
  expect([spent(taken, "WETH"), taken.reply]).toMatchObject([-(WAD / 2n + 1n), { flows: [{ asset: "WETH" }] }]);
  await act({ do: "repay", ...of("DAI", "all") });
  const out = await act({ do: "withdraw", ...of("WETH", "all") });
  expect([out.after.vaults[0]!.ink, await inCore("gem")]).toEqual([0n, 0n]);
});

test("collateral that entered while its vault's change failed is used first", async () => {
  await core.send("SkyVat", "slip", word, owner, WAD);
  const before = await balanceOf("WETH");
  expect(await actThrough(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") })).toMatchObject({
    is: "done",
  });
  expect((await read()).body.vaults[0]!.ink).toBe(11n * WAD);
  expect([await balanceOf("WETH"), await inCore("gem")]).toEqual([before, 0n]);
});

test("a stranger's wallet repays a vault and adds to it; taking out needs the vault's own wallet, and its leave", async () => {
  const behind = `0x${"cd".repeat(20)}` as const;
  const proxied: SkySource = { ...source, urn: behind };
  await core.send("SkyVat", "setUrn", word, behind, 10n * WAD, ART, 0n);
  const mine = skyActor(proxied, testAccount(wallet), { holdMs: 0 });
  const known = await discover(rpcClient(mainUrl(proxied)), proxied);
  const found = known.ok ? await readSnapshot(rpcClient(mainUrl(proxied)), proxied, known.value) : known;
  if (!found.ok) throw new Error(JSON.stringify(found.failure));
  const event = eventsOf(found.value, holdingId("mine"), proxied).at(-1);
  if (event?.type !== "holding") throw new Error("no holding");
  const refused = await mine.prepare(nextKey(), event.holding, { do: "withdraw", ...of("WETH", "1") });
  expect(refused).toMatchObject({ ok: false, failure: { code: "sky/vault-of-another" } });
  expect(await actThrough(mine, nextKey(), event.holding, { do: "repay", ...of("DAI", "500") })).toMatchObject({
    is: "done",
  });
  const stranger = skyActor({ ...proxied, user: core.chain.accounts[5]! }, testAccount(wallet), { holdMs: 0 });
  const other = { ...event.holding, body: { ...(event.holding.body as SkyBody), owner: core.chain.accounts[5]! } };
  expect(await stranger.prepare(nextKey(), other, { do: "withdraw", ...of("WETH", "1") })).toMatchObject({
    ok: false,
    failure: { code: "chain/not-the-owners-wallet" },
  });
});

test("lost replies are ambiguous, the query says what happened, and sending again changes nothing", async () => {
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  for (const raw of (JSON.parse(prepared.wire) as { signed: Hex[] }).signed) {
    rpc.fault = ({ params }) => (params?.[0] === raw ? "lose-reply" : "none");
    expect(await actor.send(prepared)).toMatchObject({ is: "ambiguous" });
  }
  rpc.fault = () => "none";
  expect(await settledBy(actor, prepared)).toEqual({ is: "done", flows: [{ asset: "WETH", amount: exact(WAD, 18) }] });
  expect(await actor.send(prepared)).toMatchObject({ is: "done" });
  expect((await read()).body.vaults[0]!.ink).toBe(11n * WAD);
});

test("a nonce that another transaction took: refused for good, nothing done; the core's own word for what it refuses by then", async () => {
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "withdraw", ...of("WETH", "1") });
  for (let taken = 0; taken < 3; taken++)
    await core.chain.rpc.send({ from: owner, to: owner, data: "0x", gas: 50_000n });
  for (const reply of [await actor.send(prepared), await actor.query(prepared)])
    expect(reply).toMatchObject({ is: "refused", why: { code: "chain/nonce-taken" } });
  expect((await read()).body.vaults[0]!.ink).toBe(10n * WAD);
  const repay = await prepareBy(actor, nextKey(), await holdingOf(), { do: "repay", ...of("DAI", "1000") });
  await core.send("SkyVat", "setUrn", word, owner, 10n * WAD, 7_000n * WAD, 0n);
  await actor.send(repay);
  expect(await settledBy(actor, repay)).toMatchObject({ is: "refused", why: { facts: { reason: "Vat/dust" } } });
});

test.for([
  ["another kind", { do: "cancel", order: "1" }, "sky/action-not-offered"],
  ["a wallet too small", { do: "supply", ...of("WETH", "1000") }, "sky/wallet-too-small"],
  ["a rest below the least debt", { do: "repay", ...of("DAI", "5000") }, "sky/vat-dust"],
  ["too much out of a loan", { do: "withdraw", ...of("WETH", "9") }, "sky/vat-not-safe"],
  ["own supply", { do: "repay", ...of("DAI", "1"), from: "own-supply" }, "sky/own-supply-cannot-repay"],
  ["a supply of all", { do: "supply", ...of("WETH", "all") }, "sky/supply-needs-an-amount"],
] as const)("refused before anything is signed: %s", async ([, action, code]) => {
  const prepared = await actor.prepare(nextKey(), await holdingOf(), action as Action);
  expect(prepared).toMatchObject({ ok: false, failure: { code } });
});

test("the private key is in nothing that is journaled or said", async () => {
  const key = Buffer.from(testAccount(wallet).getHdKey().privateKey ?? []).toString("hex");
  expect(key).toHaveLength(64);
  const prepared = await prepareBy(actor, nextKey(), await holdingOf(), { do: "supply", ...of("WETH", "1") });
  expect(canonical([prepared, rpc.seen])).not.toContain(key);
});
